// Find a statement by its words; without this they are all there to scroll through.
const find = document.getElementById("find");
const rows = [...document.querySelectorAll("[data-finds]")];
const plain = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const PAUSE = 500;
let timer;
const texts = new Map(rows.map((row) => [row, plain(row.textContent)]));

find.closest("[hidden]").hidden = false;
find.addEventListener("input", () => {
  const wanted = plain(find.value).split(/\s+/);
  for (const row of rows) row.hidden = !wanted.every((word) => texts.get(row).includes(word));
  for (const group of new Set(rows.map((row) => row.parentElement)))
    group.hidden = !group.querySelector("[data-finds]:not([hidden])");
  const count = rows.filter((row) => !row.hidden).length;
  clearTimeout(timer);
  // Said once somebody pauses: at each letter it would be heard in pieces.
  timer = setTimeout(() => (document.getElementById("say").textContent = `${count} ${find.dataset.found}`), PAUSE);
  document.getElementById("found-none").hidden = count > 0;
});
// Enter here sends nothing: it is no field of the answer.
find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
