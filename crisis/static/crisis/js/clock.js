// Countdowns: the server's clock counts, not this device's. Words come from the server.
const all = (css, within = document) => [...within.querySelectorAll(css)];
const at = (iso) => Date.parse(iso);
const [load] = performance.getEntriesByType("navigation");
const arrived = performance.timeOrigin + (load?.responseStart || 0);
const ALOUD = [120, 60, 30, 0];
const told = new Map();
const TOO_FAR = 2000;
let ahead;

// How far the server's clock is ahead of this one: by the first clock that is shown, and for good, as
// later ones come more or less late. But a device may have been set right, or have slept, meanwhile.
export function sync(part, since) {
  for (const clock of all(".countdown[data-now]", part)) {
    const found = at(clock.dataset.now) - since;
    if (ahead === undefined || Math.abs(found - ahead) > TOO_FAR) ahead = found;
  }
}

function tick(clock) {
  const { due, soon } = clock.dataset;
  const moment = Date.now() + ahead;
  const left = (at(due) - moment) / 1000;
  const next = left <= 0 ? "over" : moment >= at(soon) ? "soon" : "ok";
  const state = clock.querySelector(`[data-when=${next}]`) ? next : clock.dataset.state;
  const shown = left > 0 ? Math.ceil(left) : Math.floor(-left);
  all(".track[data-due]").forEach((track) => track.dataset.due === due && grow(track, moment, state));
  const before = told.get(due) || { state: clock.dataset.state, shown };
  told.set(due, { state, shown });
  const digits = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
  const time = clock.querySelector(".countdown__time");
  // A tick that comes late passes over a second, and must not pass over what is said at it.
  const hasPassed = left > 0 && ALOUD.some((second) => before.shown > second && shown <= second);
  const isNews = state !== before.state || hasPassed;
  if (time.textContent === digits && clock.dataset.state === state && !isNews) return;
  const word = () => clock.querySelector(".countdown__word:not([hidden])");
  const says = () => `${time.textContent} ${word().textContent.trim()}`;
  const said = says();
  time.textContent = digits;
  clock.dataset.state = state;
  for (const part of all("[data-when]", clock)) part.hidden = part.dataset.when !== state;
  clock.setAttribute("aria-label", word().dataset.label);
  document.title = document.title.replace(said, says());
  if (isNews) document.getElementById("say").textContent = `${word().dataset.label} ${digits}`;
}

function grow(track, moment, state) {
  const [start, due, end] = ["start", "due", "end"].map((key) => at(track.dataset[key]));
  const set = (css, names, ms) =>
    names.forEach((name) =>
      track.querySelector(css)?.setAttribute(name, `${((Math.min(ms, end) - start) / (end - start)) * 100}%`));
  set(".track__fill", ["width"], Math.min(moment, due));
  set("rect.track__over", ["width"], Math.max(Math.min(moment, end) - due, 0) + start);
  set("[data-now]", ["x1", "x2"], moment);
  track.dataset.state = state;
}

// Clocks come and go with what is read anew.
export const tickAll = () => all(".countdown[data-due]").forEach(tick);
// What is shown from this device, without a network, is from another moment: its own clock has to do.
if ("offline" in document.documentElement.dataset) ahead = 0;
else sync(document, arrived);
tickAll();
setInterval(tickAll, 200);
