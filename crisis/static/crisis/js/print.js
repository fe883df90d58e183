// Print: the browser's own menu has it as well, so without this there is no button for it.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => window.print());
