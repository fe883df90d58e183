// A convenience: without it digits stand still beside the time of day.
import "./clock.js";
import "./forms.js";
import "./outbox.js";
import "./keys.js";
import "./seen.js";

const { worker, who } = document.documentElement.dataset;
const { serviceWorker } = navigator;
// What one person saw here is not for the next one to see.
try {
  if (who && localStorage.getItem("codered-who") !== who) {
    globalThis.caches?.delete("codered-pages");
    localStorage.setItem("codered-who", who);
  }
} catch {
  // A browser that keeps nothing has nothing of anybody.
}
if (serviceWorker) {
  // What is on the screen came before there was anybody to keep it.
  const look = () => fetch(location.href, { headers: { "X-CodeRed-Look": "1" } }).catch(() => {});
  const [load] = performance.getEntriesByType("navigation");
  const isNew = !serviceWorker.controller && !(load?.responseStatus >= 400);
  if (isNew) serviceWorker.addEventListener("controllerchange", look, { once: true });
  serviceWorker.register(worker).catch(() => {});
}
