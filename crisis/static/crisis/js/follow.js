// Live: a stream says that something moved. Without one the page asks by itself, every few seconds.
const AGAIN = 1000;
const SELDOM = 30000;
const ANOTHER = 60000;
const BREATH = 250;
const isThere = () => document.visibilityState === "visible";
export const streamUrl = document.querySelector("[data-live-url]")?.dataset.liveUrl;

// `look` gives false when it must wait; `turn` hears whether there is a stream.
export function follow(url, look, { slow = 5000, turn = () => {} } = {}) {
  let source, timer, isLooking, hasMissed, isLive;
  let looked = 0;

  function wait(ms) {
    clearTimeout(timer);
    // A telephone in a pocket asks for nothing; what it missed is read as soon as it is looked at.
    if (isThere()) timer = setTimeout(ask, ms);
  }

  async function ask() {
    if (isLooking) return (hasMissed = true);
    // Where much moves, one look serves for what moved in a quarter of a second.
    const early = looked + BREATH - performance.now();
    if (early > 0) return wait(early);
    isLooking = true;
    hasMissed = false;
    const isDone = await look();
    looked = performance.now();
    isLooking = false;
    wait(hasMissed ? BREATH : isDone === false ? AGAIN : isLive ? SELDOM : slow);
  }

  function become(live) {
    if (isLive === live) return;
    isLive = live;
    document.documentElement.dataset.news = live ? "live" : "slow";
    turn(live);
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

  document.addEventListener("visibilitychange", () => {
    if (!isThere()) {
      isLive = undefined;
      clearTimeout(timer);
      return source?.close();
    }
    if (url) open();
    ask();
  });
  addEventListener("online", ask);
  if (!url) return become(false);
  if (isThere()) open();
  wait(slow);
}
