// A page turns when what it shows is no longer so. Nothing is typed on the pages that do.
const { turn, turnUrl } = document.querySelector("[data-turn]").dataset;
const EVERY = turnUrl ? 1000 : 2000;
const words = (page) => page.querySelector("main")?.textContent;
const shown = words(document);

async function hasTurned() {
  const answer = await fetch(turnUrl || location.href);
  const text = await answer.text();
  if (!answer.ok) return false;
  if (turnUrl) return text !== turn;
  return words(new DOMParser().parseFromString(text, "text/html")) !== shown;
}

async function look() {
  const isBusy = document.visibilityState !== "visible" || document.querySelector("form[data-sent]");
  if (!isBusy && (await hasTurned().catch(() => false))) location.reload();
  else setTimeout(look, EVERY);
}
setTimeout(look, EVERY);
