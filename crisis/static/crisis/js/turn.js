// A page turns when what it shows is no longer so. Nothing is typed on the pages that do.
import { follow, streamUrl } from "./follow.js";

const { turn, turnUrl } = document.querySelector("[data-turn]").dataset;
const words = (page) => page.querySelector("main")?.textContent;
const shown = words(document);

async function hasTurned() {
  const answer = await fetch(turnUrl || location.href, { signal: AbortSignal.timeout(5000) });
  const text = await answer.text();
  if (!answer.ok) return false;
  // What was shown from this device is old, clock and all.
  if ("offline" in document.documentElement.dataset) return true;
  if (turnUrl) return text !== turn;
  return words(new DOMParser().parseFromString(text, "text/html")) !== shown;
}

async function look() {
  if (document.querySelector("form[data-sent]")) return false;
  if (await hasTurned().catch(() => false)) location.reload();
  return true;
}

follow(streamUrl, look, { slow: turnUrl ? 1000 : 2000 });
