// Pages that change by themselves: read anew every few seconds, without moving what is being read.
const EVERY = 5000;
const MOST_MISSES = 3;
const all = (css, within = document) => [...within.querySelectorAll(css)];
const ticking = (within) => all(".countdown[data-due]", within);
const newest = () => document.querySelector(".timeline li p")?.textContent.trim();
let misses = 0;

// An open menu or a marked word belongs to whoever reads: wait until they are done.
const isBusy = () =>
  document.visibilityState !== "visible" ||
  document.querySelector("details[open]") ||
  !getSelection().isCollapsed;

function swap(fresh) {
  // A countdown that runs already stays as it is: it knows how far this device's clock is off.
  const old = ticking(document);
  for (const next of ticking(fresh)) {
    const same = old.find((one) => one.dataset.due === next.dataset.due && one.className === next.className);
    if (!same) return false;
    next.replaceWith(old.splice(old.indexOf(same), 1)[0]);
  }
  const focused = document.activeElement?.getAttribute("href");
  const said = newest();
  for (const css of [".incident", "#main"]) {
    const [now, next] = [document.querySelector(css), fresh.querySelector(css)];
    if (!now || !next) return !now && !next;
    now.replaceWith(next);
  }
  if (focused) all("a").find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
  if (newest() !== said) document.getElementById("say").textContent = newest() || "";
  return true;
}

async function again() {
  if (isBusy()) return;
  try {
    const response = await fetch(location.href, { signal: AbortSignal.timeout(EVERY) });
    if (!response.ok || response.redirected) throw new Error(response.status);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    misses = 0;
    const isStopped = (page) => Boolean(page.querySelector(".stopped"));
    if (isStopped(fresh) !== isStopped(document) || !swap(fresh)) location.reload();
  } catch {
    misses += 1;
    const stale = document.getElementById("stale");
    if (stale && misses >= MOST_MISSES) stale.hidden = false;
  }
}
setInterval(again, EVERY);
