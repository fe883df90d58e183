// Seen: told when the page is in front of somebody, and again while an answer is being read.
const { seenUrl, csrf, answer, version } = document.body.dataset;
const EVERY = 10000;
const isThere = () => document.visibilityState === "visible";
let timer;

function tell(words) {
  // A beacon outlives the page that is left.
  const told = answer ? { answer, version, ...words } : {};
  navigator.sendBeacon(seenUrl, new URLSearchParams({ csrfmiddlewaretoken: csrf, ...told }));
}

function seen() {
  clearTimeout(timer);
  if (!isThere()) return answer && timer && tell({ gone: 1 });
  tell();
  if (answer) timer = setTimeout(seen, EVERY);
  else document.removeEventListener("visibilitychange", seen);
}

if (seenUrl) {
  document.addEventListener("visibilitychange", seen);
  seen();
}
