// While somebody writes: the count at once, the checks as soon as they pause. The server checks alone.
import { count, networkLimit } from "./count.js";
import { up } from "./hands.js";

const PAUSE = 500;
const PATIENCE = 5000;
const SETTLES = 700;
const form = document.querySelector("form[data-checks]");
const text = form.querySelector("textarea[data-counts]");
const rules = fetch(form.dataset.counting).then((answer) => answer.json());
const counter = () => document.getElementById(text.dataset.countId);
const say = (words) => (document.getElementById("say").textContent = words);
const verdict = () => document.getElementById("before")?.lastElementChild.textContent.trim();
let timer, isAsking, hasChanged;
let typed = 0;
let wasOver = counter().dataset.state === "over";

async function recount() {
  const { networks, tlds } = await rules;
  const { network, limit, isReply, says, near } = JSON.parse(text.dataset.counts);
  const net = networks[network];
  const used = count(text.value, net, new Set(tlds), isReply);
  const most = Math.min(limit, networkLimit(text.value, net));
  const shown = counter();
  const over = used - most;
  const words = { used, limit: most, over };
  const state = over > 0 ? "over" : used * 100 >= most * near ? "near" : "";
  const said = says[over > 0 ? "over" : "fits"].replace(/%\((\w+)\)d/g, (_, name) => words[name]);
  shown.textContent = said;
  if (state) shown.dataset.state = state;
  else delete shown.dataset.state;
  // Whoever hears the page is told of the limit, not of each letter.
  if (wasOver !== over > 0) say(said);
  wasOver = over > 0;
}

// A button that turned under a thumb is not pressed by it; one that stayed as it was is.
function settle(part, before) {
  const button = part.querySelector(".btn");
  if (!button || button.isEqualNode(before.querySelector(".btn"))) return;
  part.inert = true;
  setTimeout(() => (part.inert = false), SETTLES);
}

function swap(fresh) {
  const was = verdict();
  for (const part of document.querySelectorAll("[data-checked]")) {
    const next = fresh.getElementById(part.id);
    // What somebody has their hands on stays as it is.
    if (!next || part.isEqualNode(next) || part.contains(document.activeElement)) continue;
    part.replaceWith(next);
    settle(next, part);
  }
  const is = verdict();
  if (is && is !== was) say(is);
}

// A statement whose blanks were filled in beside it: its words come with them. In words of their own
// the blank stays, as half a name would stand there for good; the press fills it.
function refill(fresh, sent) {
  const next = fresh.getElementById(text.id);
  const [mine, theirs] = [form, fresh].map((page) => page.querySelector("[name=shown]"));
  const isMine = document.activeElement === text || text.value !== sent;
  if (!next || !mine || !theirs?.value || isMine) return;
  text.value = next.value;
  mine.value = theirs.value;
  recount();
}

async function ask() {
  clearTimeout(timer);
  if (isAsking) return (hasChanged = true);
  [isAsking, hasChanged] = [true, false];
  const [sent, when] = [text.value, typed];
  const body = new FormData(form);
  body.set("do", "check");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status >= 500) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    await up();
    // A reply to older words is none to these: they are asked about as soon as their writer pauses.
    if (when === typed && fresh.getElementById(form.id)) {
      swap(fresh);
      refill(fresh, sent);
    }
  } catch {
    // The press that sends it makes the checks again; what stands beside the words should be true before.
    timer = setTimeout(ask, PATIENCE);
  }
  isAsking = false;
  if (hasChanged) ask();
}

form.addEventListener("input", ({ target }) => {
  if (!target.form || target.type === "search") return;
  typed += 1;
  if (target === text) recount();
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});
// Typed before this was here, or back in the browser: words stand there that were never checked.
const isTouched = ({ type, checked, defaultChecked, value, defaultValue = value }) =>
  type === "checkbox" ? checked !== defaultChecked : value !== defaultValue;
addEventListener("pageshow", () => [...form.elements].some(isTouched) && ask());
