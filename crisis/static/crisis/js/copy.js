// Copy: the exact words, as they were signed off. Where that is refused, they are marked instead.
const [byHand, words, say] = ["by-hand", "words", "say"].map((id) => document.getElementById(id));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    const text = [...button.childNodes].findLast((node) => node.nodeType === 3 && node.data.trim());
    say.textContent = text.data = button.dataset.copied;
    byHand.hidden = true;
  } catch {
    byHand.hidden = false;
    getSelection().selectAllChildren(words);
    say.textContent = byHand.textContent;
  }
});
