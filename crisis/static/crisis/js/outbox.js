// A press that finds no network is kept, told of, and sent again with the same key until it is answered.
import { release } from "./forms.js";

const KEPT = "codered-unsent";
const AGAIN = 3000;
const PATIENCE = 10000;
const LONGEST = 12 * 3600 * 1000;
const notice = document.getElementById("unsent");
let memory = null;
let timer, isSending;

// One at a time: the last press is what somebody means.
function kept() {
  try {
    memory = JSON.parse(localStorage.getItem(KEPT));
  } catch {
    // A browser that keeps nothing keeps it as long as the page stays.
  }
  return memory && Date.now() - memory.at < LONGEST ? memory : null;
}

function keep(press) {
  memory = press;
  try {
    if (press) localStorage.setItem(KEPT, JSON.stringify(press));
    else localStorage.removeItem(KEPT);
  } catch {
    // As above.
  }
}

function tell(press) {
  notice.dataset.keeps = Boolean(press);
  notice.querySelector("[data-what]").textContent = press?.says;
  if (!notice.hidden) return;
  notice.hidden = false;
  notice.focus();
}

const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function pressOf(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const { action } = form;
  const same = kept();
  const words = body.toString();
  if (same?.action === action && same.words === words) return same;
  body.set("key", newKey());
  return { action, words, body: body.toString(), says: button.textContent.trim(), at: Date.now() };
}

// What came back is no redirect: nothing was done, and its page says why. It is asked for once more.
function show(press) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: press.action, hidden: true });
  for (const [name, value] of new URLSearchParams(press.body)) {
    const field = document.createElement("textarea");
    Object.assign(field, { name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

async function send() {
  clearTimeout(timer);
  const press = kept();
  if (!press || isSending) return;
  isSending = true;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const answer = await fetch(press.action, { method: "POST", body: press.body, headers, signal });
    if (answer.status === 503) throw new Error("later");
    keep(null);
    if (answer.redirected) location.assign(answer.url);
    else show(press);
  } catch {
    release();
    tell(press);
    timer = setTimeout(send, AGAIN);
  }
  isSending = false;
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented) return;
  if (submitter?.matches("[data-keeps]")) {
    event.preventDefault();
    keep(pressOf(form, submitter));
    send();
  } else if (navigator.onLine === false) {
    event.preventDefault();
    release();
    tell(kept());
  }
});

notice.addEventListener("click", ({ target }) => {
  if (target.closest("[data-do=send]")) send();
  if (!target.closest("[data-do=drop]")) return;
  keep(null);
  notice.hidden = true;
});

addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
if (kept()) {
  tell(kept());
  send();
}
