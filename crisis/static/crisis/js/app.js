// A convenience: without it digits stand still beside the time of day.
import "./clock.js";
import "./forms.js";
import "./outbox.js";
import "./keys.js";
import "./seen.js";

const { worker } = document.documentElement.dataset;
const { serviceWorker } = navigator;
if (serviceWorker) {
  // What is on the screen came before there was anybody to keep it.
  const look = () => fetch(location.href, { headers: { "X-CodeRed-Look": "1" } }).catch(() => {});
  const [load] = performance.getEntriesByType("navigation");
  const isNew = !serviceWorker.controller && !(load?.responseStatus >= 400);
  if (isNew) serviceWorker.addEventListener("controllerchange", look, { once: true });
  serviceWorker.register(worker).catch(() => {});
}
