// Ticking rows of the queue: one box for the whole page, and how many are ticked. Without this script the boxes work too.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const all = document.querySelector("[data-tick-all]"); // in the heads of the table
  const every = document.querySelector(".tick-every"); // below the cards, where there are no heads
  const count = document.querySelector("[data-tick-count]");
  const untouched = count?.textContent;
  const numbers = document.querySelectorAll("[data-tick-number]");
  const boxes = [...document.querySelectorAll('input[name="filing"]')];
  if (!all || !boxes.length) return;

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    count.textContent = ticked ? `已勾选 ${ticked} 件：` : untouched;
    for (const number of numbers) number.textContent = ticked ? ` ${ticked} 件` : "";
  };
  all.hidden = every.hidden = false;
  every.addEventListener("click", () => {
    for (const box of boxes) box.checked = true;
    tell();
  });
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  tell();
});
