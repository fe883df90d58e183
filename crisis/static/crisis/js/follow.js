// Live: a stream says that something moved. Without one the page asks by itself, every few seconds.
const AGAIN = 1000;
const SELDOM = 30000;
const ANOTHER = 60000;
const isThere = () => document.visibilityState === "visible";
export const streamUrl = document.querySelector("[data-live-url]")?.dataset.liveUrl;

// `look` gives false when it must wait; `turn` hears whether there is a stream.
export function follow(url, look, { slow = 5000, turn = () => {} } = {}) {
  let source, timer, isLooking, hasMissed;
  let isLive = false;

  async function ask() {
    hasMissed = true;
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    let isDone = true;
    while (hasMissed) {
      hasMissed = false;
      isDone = isThere() && (await look());
    }
    isLooking = false;
    timer = setTimeout(ask, isDone === false ? AGAIN : isLive ? SELDOM : slow);
  }

  function become(live) {
    document.documentElement.dataset.news = live ? "live" : "slow";
    if (isLive !== live) turn(live);
    isLive = live;
    ask();
  }

  function open() {
    source?.close();
    source = new EventSource(url);
    source.addEventListener("live", () => become(true));
    source.addEventListener("slow", () => become(false));
    source.addEventListener("moved", ask);
    source.addEventListener("error", ({ target }) => {
      become(false);
      // Closed for good: there is no stream here, or none for this person, for now.
      if (target.readyState === EventSource.CLOSED) setTimeout(() => target === source && open(), ANOTHER);
    });
  }

  // A telephone in a pocket needs no stream; what it missed is read as soon as it is looked at.
  document.addEventListener("visibilitychange", () => {
    if (!isThere()) return source?.close();
    if (url) open();
    ask();
  });
  addEventListener("online", ask);
  if (url && isThere()) open();
  timer = setTimeout(ask, slow);
}
