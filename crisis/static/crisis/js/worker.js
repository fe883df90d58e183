// Without a network: the shell, and what was last seen. Acts go through, or fail, as without this.
const { files, offline } = self.codered;
const [SHELL, PAGES] = ["codered-shell", "codered-pages"];
const MOST_PAGES = 12;
const LONGEST = 12 * 3600 * 1000;
const PATIENCE = 9000;
const KEEP = "CodeRed-Keep";

const isFile = (url) => files.includes(url.pathname);
const seenAt = (response) => Date.parse(response.headers.get("Date")) || 0;

async function fill() {
  const shell = await caches.open(SHELL);
  const had = new Set((await shell.keys()).map((request) => new URL(request.url).pathname));
  await shell.addAll([offline, ...files.filter((file) => !had.has(file))]);
}

async function tidy() {
  const shell = await caches.open(SHELL);
  for (const request of await shell.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== offline && !files.includes(pathname)) await shell.delete(request);
  }
  const pages = await caches.open(PAGES);
  const all = await Promise.all((await pages.keys()).map(async (one) => [one, seenAt(await pages.match(one))]));
  all.sort(([, one], [, other]) => other - one);
  for (const [index, [request, moment]] of all.entries())
    if (index >= MOST_PAGES || Date.now() - moment > LONGEST) await pages.delete(request);
}

// Names of files change with what is in them, but for a demonstration's: the network comes first there.
async function file(request) {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(request, { ignoreVary: true });
  const isFixed = /\.[0-9a-f]{12}\./.test(request.url);
  if (kept && isFixed) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function keep(request, response) {
  const pages = await caches.open(PAGES);
  // What may not be kept any more is not shown any more.
  if (!response.ok || response.redirected || !response.headers.get(KEEP))
    return response.status < 500 && pages.delete(request.url);
  await pages.put(request.url, response);
  if (request.mode === "navigate") await tidy();
}

async function marked(response) {
  const page = (await response.text()).replace("<html ", "<html data-offline ");
  return new Response(page, { headers: response.headers });
}

async function lastSeen(url) {
  const kept = await caches.match(url, { cacheName: PAGES, ignoreVary: true });
  if (kept && Date.now() - seenAt(kept) < LONGEST) return marked(kept);
  return caches.match(offline, { cacheName: SHELL, ignoreVary: true });
}

async function page(event) {
  const { request } = event;
  const isVisit = request.mode === "navigate";
  try {
    const asked = fetch(request);
    const response = await (isVisit ? Promise.race([asked, silence(request.url)]) : asked);
    event.waitUntil(keep(request, response.clone()));
    return response;
  } catch (error) {
    const kept = isVisit && (await lastSeen(request.url));
    if (kept) return kept;
    throw error;
  }
}

// A network that says nothing is none, but only where there is something to show instead.
async function silence(url) {
  const kept = await caches.match(url, { cacheName: PAGES, ignoreVary: true });
  await new Promise((_, end) => kept && setTimeout(end, PATIENCE));
}

self.addEventListener("install", (event) => {
  // What a page says as it is left would get lost on its way through here.
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" }).catch(() => {});
  event.waitUntil(fill().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET" || request.headers.get("Accept") === "text/event-stream") return;
  if (isFile(url)) event.respondWith(file(request));
  else if (request.mode === "navigate" || request.headers.get("X-CodeRed-Look")) event.respondWith(page(event));
});
