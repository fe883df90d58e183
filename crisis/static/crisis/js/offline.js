// What was last seen on this device, and the way on as soon as there is a network.
const part = document.getElementById("kept");
const LONGEST = 12 * 3600 * 1000;
const again = () => location.reload();

async function list() {
  const rows = document.createElement("ul");
  const pages = await caches.open("codered-pages");
  for (const { url } of await pages.keys()) {
    const page = await pages.match(url);
    if (Date.now() - Date.parse(page.headers.get("Date")) > LONGEST) {
      await pages.delete(url);
      continue;
    }
    const text = await page.text();
    const seen = new DOMParser().parseFromString(text, "text/html");
    const textContent = seen.querySelector("h1")?.textContent || seen.title;
    const link = Object.assign(document.createElement("a"), { href: url, textContent });
    const row = document.createElement("li");
    row.append(link);
    rows.append(row);
  }
  part.append(rows);
  part.hidden = !rows.children.length;
}

addEventListener("online", again);
setInterval(() => fetch(location.href, { method: "HEAD", cache: "no-store" }).then(again, () => {}), 5000);
list();
