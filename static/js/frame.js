// The page frame: the person menu closes as menus do, and a whole table row opens its link.
"use strict";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.person-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const row = event.target.closest("tr[data-href]");
  const picksText = String(window.getSelection()) !== "";
  if (row && !picksText && !event.target.closest("a, button, input, label, select, summary")) {
    window.location.assign(row.dataset.href);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.person-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
