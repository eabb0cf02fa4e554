// What the other side proposes is put into its field on the spot; without this file the page comes again with it.
// The button gives way to the word that it is filled in, and comes back when the field is changed again.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-adopt]");
  const field = button && button.form.elements[button.value];
  if (!field) return;
  field.value = button.dataset.adopt; // of radio buttons, too
  const shown = field instanceof RadioNodeList ? [...field].find((each) => each.checked) : field;
  if (!shown) return;
  event.preventDefault();
  for (const name of ["input", "change"]) shown.dispatchEvent(new Event(name, { bubbles: true }));
  shown.focus();
});

for (const name of ["input", "change"])
  document.addEventListener(name, (event) => {
    for (const button of document.querySelectorAll("button[data-adopt]")) {
      const field = button.form.elements[button.value];
      if (!field || event.target.name !== button.value) continue;
      button.hidden = field.value === button.dataset.adopt;
      button.closest("p").querySelector("[data-adopted]").hidden = !button.hidden;
    }
  });
