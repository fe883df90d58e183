// Pages that change by themselves: read anew, without moving what is being read.
import { sync, tickAll } from "./clock.js";
import { follow, streamUrl } from "./follow.js";
import { isDown } from "./hands.js";

const PATIENCE = 5000;
const LONG = 15000;
const A_WHILE = 3000;
const MOST_MISSES = 3;
const all = (css, within = document) => [...within.querySelectorAll(css)];
const show = (id, isShown) => {
  const part = document.getElementById(id);
  if (part) part.hidden = !isShown;
};
const say = (words) => (document.getElementById("say").textContent = words);
const words = (part) => part?.textContent.trim().replace(/\s+/g, " ") ?? "";
// Said aloud where it is new: the last event, and what somebody must know while they write.
const aloud = () => [document.querySelector(".timeline li p"), ...all("[data-aloud]")].map(words);
// What a form was posted from: its answer stands at an address of its own.
const address = document.querySelector("[data-page-url]")?.dataset.pageUrl || location.href;
let misses = 0;
let isSlow = false;
let isOver = false;
let isStale = false;
let saying, busySince;

// A marked word, a finger that is down, or a press on its way belongs to whoever made it.
const isBusy = () => isDown() || document.querySelector("form[data-sent]") || !getSelection().isCollapsed;
const hasWords = () => document.querySelector("main textarea, main input:not([type=hidden])");
const pressOf = ({ form, value }) => form && `${form.action} ${value}`;
const nameOf = (one) => one && (one.id || one.getAttribute("href") || pressOf(one) || one.textContent);
const openMenus = () => all("[data-live] details[open] > summary").map(nameOf);

// When a page was read, what its clocks have ticked since, and a form's stamp are no change of it.
// Nor is what stands there for browsers without scripts, which is read otherwise in a page that is fetched.
const TICKING = ".countdown__time, .track__fill, rect.track__over, .track__now";
const PASSING = `#stale, #slow, noscript, [name=csrfmiddlewaretoken], [data-due] :is(${TICKING})`;
const TICKED = ["data-now", "data-state", "aria-label", "hidden"];

function lasting(part) {
  const copy = part.cloneNode(true);
  for (const one of all(PASSING, copy)) one.remove();
  for (const one of all("[data-due], [data-when]", copy)) TICKED.forEach((name) => one.removeAttribute(name));
  return copy;
}

function swap(fresh, since) {
  const pairs = all("[data-live]").map((part) => [part, fresh.getElementById(part.id)]);
  if (pairs.some(([, next]) => !next)) return false;
  const focused = nameOf(document.activeElement?.closest("[data-live] *"));
  const [said, menus] = [aloud(), openMenus()];
  document.title = fresh.title;
  for (const [part, next] of pairs) {
    sync(next, since);
    if (!lasting(part).isEqualNode(lasting(next))) part.replaceWith(next);
  }
  const read = fresh.getElementById("stale");
  if (read) document.getElementById("stale")?.replaceWith(read);
  tickAll();
  for (const menu of all("[data-live] summary")) if (menus.includes(nameOf(menu))) menu.parentNode.open = true;
  const inPlace = all("[data-live] :is(a, button, summary)");
  if (focused) inPlace.find((one) => nameOf(one) === focused)?.focus({ preventScroll: true });
  const news = aloud().filter((each, place) => each && each !== said[place]);
  if (news.length) say(news.join(" "));
  return true;
}

// The clock stands, or goes again: whoever writes must know it as well, and keeps their words.
function turnBar(fresh) {
  const [bar, next] = [document, fresh].map((page) => page.querySelector(".stopped"));
  if (bar && !next) bar.remove();
  if (next && !bar) document.querySelector(".skip").after(next);
}

// Gives whether this page still is what it was. One that is written on is never loaded anew.
function take(fresh, since) {
  turnBar(fresh);
  if (swap(fresh, since)) return true;
  if (hasWords()) return false;
  location.reload();
  return true;
}

function showStale(isShown) {
  const part = document.getElementById("stale");
  if (isShown && !isStale && part) say(words(part));
  isStale = isShown;
  show("stale", isShown);
}

// Words that stay marked hold the page back: it must not look as if it were up to date.
function isHeld() {
  const [isHeldNow, moment] = [isBusy(), performance.now()];
  busySince = isHeldNow ? (busySince ?? moment) : undefined;
  if (isHeldNow && moment - busySince > LONG) showStale(true);
  return isHeldNow;
}

async function look() {
  if (isHeld()) return false;
  try {
    const response = await fetch(address, { headers: { "X-CodeRed-Look": "1" }, signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new Error(response.status);
    const since = Date.now();
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (isHeld()) return false;
    misses = 0;
    delete document.documentElement.dataset.offline;
    // Sent on to another page: this one is over, as when its answer is out.
    isOver = response.redirected || !take(fresh, since);
  } catch {
    misses += 1;
  }
  show("slow", isSlow && !misses);
  showStale(isOver || misses >= MOST_MISSES);
  return true;
}

follow(streamUrl, look, {
  turn: (live) => {
    clearTimeout(saying);
    isSlow = false;
    show("slow", false);
    // A stream that comes back within a moment was never away.
    if (!live) saying = setTimeout(() => show("slow", (isSlow = true)), A_WHILE);
  },
});
