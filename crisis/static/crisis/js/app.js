// A convenience: without it digits stand still beside the time of day.
import "./clock.js";
import "./forms.js";

// Seen: told once, when the page is in front of somebody.
const { seenUrl, csrf } = document.body.dataset;
function seen() {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", seen);
  fetch(seenUrl, { method: "POST", headers: { "X-CSRFToken": csrf }, keepalive: true });
}
if (seenUrl) document.addEventListener("visibilitychange", seen), seen();
