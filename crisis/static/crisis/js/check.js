// While somebody writes: the count at once, the checks as soon as they pause. The server checks alone.
import { count, networkLimit } from "./count.js";

const PAUSE = 500;
const PATIENCE = 5000;
const SETTLES = 700;
const form = document.querySelector("form[data-checks]");
const text = form.querySelector("textarea[data-counts]");
const rules = fetch(form.dataset.counting).then((answer) => answer.json());
let timer, isAsking, hasChanged;

async function recount() {
  const { networks, tlds } = await rules;
  const { network, limit, isReply, says, near } = JSON.parse(text.dataset.counts);
  const net = networks[network];
  const used = count(text.value, net, new Set(tlds), isReply);
  const most = Math.min(limit, networkLimit(text.value, net));
  const shown = document.getElementById(text.dataset.countId);
  const over = used - most;
  const words = { used, limit: most, over };
  const state = over > 0 ? "over" : used * 100 >= most * near ? "near" : "";
  const said = says[over > 0 ? "over" : "fits"].replace(/%\((\w+)\)d/g, (_, name) => words[name]);
  shown.textContent = said;
  if (state) shown.dataset.state = state;
  else delete shown.dataset.state;
}

// A button that turned under a thumb is not pressed by it.
function settle(part) {
  if (!part.querySelector("button")) return;
  part.inert = true;
  setTimeout(() => (part.inert = false), SETTLES);
}

function swap(fresh) {
  for (const part of document.querySelectorAll("[data-checked]")) {
    const next = fresh.getElementById(part.id);
    // What somebody has their hands on stays as it is.
    if (!next || part.isEqualNode(next) || part.contains(document.activeElement)) continue;
    part.replaceWith(next);
    settle(next);
  }
}

// A statement whose blanks were filled in beside it: its words come with them.
function refill(fresh, sent) {
  const next = fresh.getElementById(text.id);
  const isMine = document.activeElement === text || text.value !== sent;
  if (!next || isMine) return;
  text.value = next.value;
  const [mine, theirs] = [form, fresh].map((page) => page.querySelector("[name=shown]"));
  if (mine && theirs) mine.value = theirs.value;
  recount();
}

async function ask() {
  clearTimeout(timer);
  if (isAsking) return (hasChanged = true);
  [isAsking, hasChanged] = [true, false];
  const sent = text.value;
  const body = new FormData(form);
  body.set("do", "check");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status >= 500) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!hasChanged && fresh.getElementById(form.id)) {
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
  if (target === text) recount();
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});
// Typed before this was here, or back in the browser: words stand there that were never checked.
const isTouched = ({ value, defaultValue = value }) => value !== defaultValue;
addEventListener("pageshow", () => [...form.elements].some(isTouched) && ask());
