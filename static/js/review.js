// The decision bar's keyboard shortcuts: Alt with the digit shown on each button. With a modifier, so that neither
// typing nor a screen reader's single keys set anything off.
"use strict";

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  const act = digit && document.querySelector(`.decision-bar [data-key="${digit[1]}"]`);
  if (!act) return;
  event.preventDefault();
  act.focus();
  act.click();
});
