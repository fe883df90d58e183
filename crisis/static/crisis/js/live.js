// Pages that change by themselves: read anew, without moving what is being read.
import { tickAll } from "./clock.js";
import { follow, streamUrl } from "./follow.js";

const PATIENCE = 5000;
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

// A marked word, or a press that is on its way, belongs to whoever made it.
const isBusy = () => document.querySelector("form[data-sent]") || !getSelection().isCollapsed;
const hasWords = () => document.querySelector("main textarea, main input:not([type=hidden])");
const nameOf = (one) => one && (one.id || one.getAttribute("href") || one.value || one.textContent);
const openMenus = () => all("[data-live] details[open] > summary").map(nameOf);

function swap(fresh) {
  const pairs = all("[data-live]").map((part) => [part, fresh.getElementById(part.id)]);
  if (pairs.some(([, next]) => !next)) return false;
  const focused = nameOf(document.activeElement.closest("[data-live] *"));
  const [said, menus] = [newest(document), openMenus()];
  document.title = fresh.title;
  for (const [part, next] of pairs) if (!part.isEqualNode(next)) part.replaceWith(next);
  tickAll();
  for (const menu of all("[data-live] summary")) if (menus.includes(nameOf(menu))) menu.parentNode.open = true;
  const inPlace = all("[data-live] :is(a, button, summary)");
  if (focused) inPlace.find((one) => nameOf(one) === focused)?.focus({ preventScroll: true });
  const says = newest(document);
  if (says !== said) document.getElementById("say").textContent = says || "";
  return true;
}

async function look() {
  if (isBusy()) return false;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok || response.redirected) throw new Error(response.status);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (isBusy()) return false;
    misses = 0;
    const hasTurned = isStopped(fresh) !== isStopped(document) || !swap(fresh);
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
    isSlow = !live;
    show("slow", isSlow);
  },
});
