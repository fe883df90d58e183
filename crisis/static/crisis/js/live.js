// Pages that change by themselves: read anew, without moving what is being read.
import { sync, tickAll } from "./clock.js";
import { follow, streamUrl } from "./follow.js";

const PATIENCE = 5000;
const LONG = 15000;
const A_WHILE = 3000;
const MOST_MISSES = 3;
const all = (css, within = document) => [...within.querySelectorAll(css)];
const show = (id, isShown) => {
  const part = document.getElementById(id);
  if (part) part.hidden = !isShown;
};
const newest = (page) => page.querySelector(".timeline li p")?.textContent.trim();
const isStopped = (page) => Boolean(page.querySelector(".stopped"));
// What a form was posted from: its answer stands at an address of its own.
const address = document.querySelector("[data-page-url]")?.dataset.pageUrl || location.href;
let misses = 0;
let isSlow = false;
let saying, busySince;

// A marked word, a finger that is down, or a press on its way belongs to whoever made it.
let isDown = false;
addEventListener("pointerdown", () => (isDown = true), true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => (isDown = false)), true);
const isBusy = () => isDown || document.querySelector("form[data-sent]") || !getSelection().isCollapsed;
const hasWords = () => document.querySelector("main textarea, main input:not([type=hidden])");
const nameOf = (one) => one && (one.id || one.getAttribute("href") || one.value || one.textContent);
const openMenus = () => all("[data-live] details[open] > summary").map(nameOf);

function swap(fresh, since) {
  const pairs = all("[data-live]").map((part) => [part, fresh.getElementById(part.id)]);
  if (pairs.some(([, next]) => !next)) return false;
  const focused = nameOf(document.activeElement?.closest("[data-live] *"));
  const [said, menus] = [newest(document), openMenus()];
  document.title = fresh.title;
  for (const [part, next] of pairs) {
    if (part.isEqualNode(next)) continue;
    part.replaceWith(next);
    sync(next, since);
  }
  tickAll();
  for (const menu of all("[data-live] summary")) if (menus.includes(nameOf(menu))) menu.parentNode.open = true;
  const inPlace = all("[data-live] :is(a, button, summary)");
  if (focused) inPlace.find((one) => nameOf(one) === focused)?.focus({ preventScroll: true });
  const says = newest(document);
  if (says !== said) document.getElementById("say").textContent = says || "";
  return true;
}

// Words that stay marked hold the page back: it must not look as if it were up to date.
function isHeld() {
  const [isHeldNow, moment] = [isBusy(), performance.now()];
  busySince = isHeldNow ? (busySince ?? moment) : undefined;
  if (isHeldNow && moment - busySince > LONG) show("stale", true);
  return isHeldNow;
}

async function look() {
  if (isHeld()) return false;
  try {
    const response = await fetch(address, { headers: { "X-CodeRed-Look": "1" }, signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok || response.redirected) throw new Error(response.status);
    const since = Date.now();
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (isHeld()) return false;
    misses = 0;
    delete document.documentElement.dataset.offline;
    const hasTurned = isStopped(fresh) !== isStopped(document) || !swap(fresh, since);
    if (hasTurned && !hasWords()) location.reload();
  } catch {
    misses += 1;
  }
  show("slow", isSlow && !misses);
  show("stale", misses >= MOST_MISSES);
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
