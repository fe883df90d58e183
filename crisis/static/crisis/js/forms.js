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

// Whoever goes back and presses again presses the same once more: its number stays with the page.
const once = document.querySelector("[data-once]");
if (once && history.state?.once) once.value = history.state.once;

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  if (once?.form === form) history.replaceState({ once: once.value }, "");
  undo.push(() => delete form.dataset.sent);
  if (!submitter) return;
  const timer = setTimeout(busy, 300, submitter);
  undo.push(() => clearTimeout(timer));
});

// Back from the next page, or without a network: press again, with the words still there.
export const release = () => undo.splice(0).forEach((f) => f());
addEventListener("pageshow", (event) => event.persisted && release());
