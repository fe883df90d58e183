// A convenience: without it digits stand still beside the time of day. Words come from the server.
const $ = (id) => document.getElementById(id);
const all = (css, within = document) => [...within.querySelectorAll(css)];
const at = (iso) => Date.parse(iso);

// Countdowns: the server's clock counts, not this device's.
const [load] = performance.getEntriesByType("navigation");
const arrived = performance.timeOrigin + (load?.responseStart || 0);
const clocks = all(".countdown[data-due]");
const ALOUD = [120, 60, 30, 0];

function tick(clock) {
  const { due, soon, state: before } = clock.dataset;
  const now = at(clock.dataset.now) + Date.now() - arrived;
  const left = (at(due) - now) / 1000;
  const next = left <= 0 ? "over" : now >= at(soon) ? "soon" : "ok";
  const state = clock.querySelector(`[data-when=${next}]`) ? next : before;
  const shown = left > 0 ? Math.ceil(left) : Math.floor(-left);
  all(".track[data-due]").forEach((track) => track.dataset.due === due && grow(track, now, state));
  const digits = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
  const time = clock.querySelector(".countdown__time");
  if (time.textContent === digits && state === before) return;
  const word = () => clock.querySelector(".countdown__word:not([hidden])");
  const says = () => `${time.textContent} ${word().textContent.trim()}`;
  const said = says();
  time.textContent = digits;
  clock.dataset.state = state;
  for (const part of all("[data-when]", clock)) part.hidden = part.dataset.when !== state;
  clock.setAttribute("aria-label", word().dataset.label);
  document.title = document.title.replace(said, says());
  if (state !== before || (left > 0 && ALOUD.includes(shown)))
    $("say").textContent = `${word().dataset.label} ${digits}`;
}

function grow(track, now, state) {
  const [start, due, end] = ["start", "due", "end"].map((key) => at(track.dataset[key]));
  const set = (css, names, ms) =>
    names.forEach((name) =>
      track.querySelector(css)?.setAttribute(name, `${((Math.min(ms, end) - start) / (end - start)) * 100}%`));
  set(".track__fill", ["width"], Math.min(now, due));
  set("rect.track__over", ["width"], Math.min(now, end) - due + start);
  set("[data-now]", ["x1", "x2"], now);
  track.dataset.state = state;
}
if (clocks.length) setInterval(() => clocks.forEach(tick), 200);

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

// Seen: told once, when the page is in front of somebody.
const { seenUrl, csrf } = document.body.dataset;
function seen() {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", seen);
  fetch(seenUrl, { method: "POST", headers: { "X-CSRFToken": csrf }, keepalive: true });
}
if (seenUrl) document.addEventListener("visibilitychange", seen), seen();
