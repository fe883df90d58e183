// Seen: told when the page is in front of somebody, and again while an answer is being read.
const { seenUrl, csrf, answer, version } = document.body.dataset;
const EVERY = 10000;
const isThere = () => document.visibilityState === "visible";
let timer;

function tell(words) {
  const headers = { "X-CSRFToken": csrf, "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(answer ? { answer, version, ...words } : {});
  fetch(seenUrl, { method: "POST", headers, body, keepalive: true }).catch(() => {});
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
