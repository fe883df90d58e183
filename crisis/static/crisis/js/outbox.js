// A press that finds no network is kept, told of, and sent again with the same key until it is answered.
import { release } from "./forms.js";

const KEPT = "codered-unsent";
const AGAIN = 3000;
const PATIENCE = 10000;
const MINUTE = 60000;
// Later the night may be another one: whoever pressed is asked before it goes.
const BY_ITSELF = 5 * MINUTE;
const LONGEST = 60 * MINUTE;
const { who, signIn } = document.documentElement.dataset;
const notice = document.getElementById("unsent");
// What must not be written down, and what a browser would not: it stays as long as the page.
let here = [];
const pressedHere = new Set();
let timer, isSending, isThere;

const isLiving = ({ at }) => Date.now() - at < LONGEST;
const isLate = ({ at }) => Date.now() - at > BY_ITSELF;

function stored() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function store(presses) {
  try {
    if (presses.length) localStorage.setItem(KEPT, JSON.stringify(presses));
    else localStorage.removeItem(KEPT);
    return true;
  } catch {
    return false;
  }
}

function forget(isDone) {
  const before = stored();
  const left = before.filter((press) => !isDone(press));
  if (left.length < before.length) store(left);
  here = here.filter((press) => !isDone(press));
}

// Theirs whose page this is: a telephone may have several people, and each only their own presses.
function kept() {
  forget((press) => !isLiving(press));
  return [...stored(), ...here].filter((press) => press.who === who);
}

// At one place the last press is what somebody means.
function keep(press) {
  forget((one) => one.who === who && one.action === press.action);
  if (press.staysHere || !store([...stored(), press])) here.push(press);
}

const timeOf = ({ at }) => new Date(at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });

function show(state, said = "") {
  const isNew = notice.hidden || notice.dataset.keeps !== state;
  notice.dataset.keeps = state;
  for (const part of notice.querySelectorAll("[data-what]")) part.textContent = said;
  notice.hidden = false;
  if (isNew) notice.focus();
}

function tell() {
  const presses = kept();
  if (!presses.length) return (notice.hidden = true);
  const says = presses.map((press) => (isLate(press) ? `${press.says}, ${timeOf(press)}` : press.says));
  show(presses.every(isLate) ? "late" : "soon", says.join("; "));
}

const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function pressOf(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.set(button.name, button.value);
  const { action } = form;
  const words = body.toString();
  const same = kept().find((one) => one.action === action && one.words === words);
  const key = same?.key || newKey();
  body.set("key", key);
  if (who) body.set("who", who);
  const [says, staysHere] = [button.textContent.trim(), button.dataset.keeps === "here"];
  return { who, key, action, words, body: body.toString(), says, staysHere, at: Date.now() };
}

// Whoever has signed in since has another token.
function bodyOf(press) {
  const body = new URLSearchParams(press.body);
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (token) body.set("csrfmiddlewaretoken", token);
  return body;
}

// What came back is no redirect: nothing was done, and its page says why. It is asked for once more.
function ask(press) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: press.action, hidden: true });
  for (const [name, value] of bodyOf(press)) {
    const field = document.createElement("textarea");
    Object.assign(field, { name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function settle(press, answer) {
  const asksWho = answer.redirected && new URL(answer.url).pathname === signIn;
  if (!asksWho) forget((one) => one.key === press.key);
  if (answer.redirected) location.assign(answer.url);
  else ask(press);
}

// A page on which somebody writes is not left for a press that was made on another.
const mayLeave = (press) => pressedHere.has(press.key) || !document.querySelector("main textarea");

async function send(isAsked) {
  clearTimeout(timer);
  const press = kept().find((one) => isAsked || (!isLate(one) && mayLeave(one)));
  if (!press || isSending) return;
  isSending = true;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  try {
    const signal = AbortSignal.timeout?.(PATIENCE);
    const answer = await fetch(press.action, { method: "POST", body: bodyOf(press), headers, signal });
    // A proxy answers so while what is behind it starts anew.
    if (answer.status > 501) throw new Error(answer.status);
    settle(press, answer);
  } catch {
    release();
    tell();
    timer = setTimeout(send, AGAIN);
  }
  isSending = false;
}

// A machine without a network may be the site itself.
async function tryAgain(form, submitter) {
  isThere = await fetch(location.href, { method: "HEAD", cache: "no-store" }).then(() => true, () => false);
  release();
  if (isThere) form.requestSubmit(submitter);
  else show("no");
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented) return;
  if (submitter?.matches("[data-keeps]")) {
    event.preventDefault();
    const press = pressOf(form, submitter);
    pressedHere.add(press.key);
    keep(press);
    send();
  } else if (navigator.onLine === false && !isThere) {
    event.preventDefault();
    tryAgain(form, submitter);
  }
});

notice.addEventListener("click", ({ target }) => {
  if (target.closest("[data-do=send]")) send(true);
  if (!target.closest("[data-do=drop]")) return;
  forget((press) => press.who === who);
  notice.hidden = true;
});

addEventListener("online", () => send());
// Another page of this browser has sent it.
addEventListener("storage", ({ key }) => key === KEPT && !notice.hidden && tell());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
if (kept().length) {
  tell();
  send();
}
