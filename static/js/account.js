// Recovery codes: print them, or copy them. Without this script they can be written down.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  if (!navigator.clipboard) return; // only over https, and on this very machine
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const lines = [...document.querySelectorAll(`${button.dataset.copy} li`)].map((line) => line.textContent.trim());
      await navigator.clipboard.writeText(lines.join("\n"));
      document.querySelector("[data-copied]").hidden = false;
    });
  }
});
