// Whoever writes an answer holds its question, for as long as the page is before their eyes.
const { claimUrl, csrf } = document.querySelector("[data-claim-url]").dataset;
const EVERY = 60000;

function claim() {
  if (document.visibilityState !== "visible") return;
  const headers = { "X-CSRFToken": csrf, "Content-Type": "application/x-www-form-urlencoded" };
  fetch(claimUrl, { method: "POST", headers, body: "do=claim&quietly=1" }).catch(() => {});
}

claim();
setInterval(claim, EVERY);
document.addEventListener("visibilitychange", claim);
