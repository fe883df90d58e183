// Keys: one letter for what is on the screen, as the list behind "?" says. Who likes none turns them off.
const OFF = "codered-keys-off";
const TYPES = "input, textarea, select, [contenteditable]";
const dialog = document.getElementById("keys");
// A browser that keeps nothing throws instead: then keys are on, each time.
const kept = {
  get: (name) => attempt(() => localStorage.getItem(name)),
  set: (name, value) => attempt(() => localStorage.setItem(name, value)),
};
const wanted = document.getElementById("keys-on");
const opener = document.querySelector("[data-opens=keys]");

function attempt(what) {
  try {
    return what();
  } catch {
    return null;
  }
}

function pressable(key) {
  const found = [...document.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(key)}"]`)];
  return found.find((one) => one.checkVisibility()) || found.find((one) => one.closest("details:not([open])"));
}

function press(one) {
  const folded = one.closest("details:not([open])");
  if (folded) folded.open = true;
  if (one.matches(TYPES)) one.focus();
  else one.click();
}

function onKey(event) {
  const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing);
  if (!isPlain || dialog.open || !wanted.checked || event.target.closest?.(TYPES)) return;
  const one = event.key === "?" ? opener : pressable(event.key);
  if (!one) return;
  event.preventDefault();
  press(one);
}

if (dialog) {
  wanted.checked = kept.get(OFF) !== "1";
  wanted.addEventListener("change", () => kept.set(OFF, wanted.checked ? "0" : "1"));
  opener.hidden = false;
  opener.addEventListener("click", () => {
    opener.closest("details").open = false;
    dialog.showModal();
  });
  document.addEventListener("keydown", onKey);
}
