// Forms: one press is one post.
const undo = [];

function reword(button, words) {
  const text = [...button.childNodes].findLast((n) => n.nodeType === 3 && n.data.trim());
  if (words && text) text.data = words;
}

function busy(button) {
  const before = button.cloneNode(true);
  undo.push(() => button.replaceWith(before));
  button.setAttribute("aria-busy", "true");
  const use = button.querySelector("use");
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#i-loader"));
  reword(button, button.dataset.busy);
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  undo.push(() => delete form.dataset.sent);
  if (submitter) setTimeout(busy, 300, submitter);
});

// Back from the next page: press again, with the words still there.
addEventListener("pageshow", (event) => event.persisted && undo.splice(0).forEach((f) => f()));
