// The register: on a small screen and in large print the filters fold, and beside the rows a tick is enough to ask.
"use strict";

const small = window.matchMedia("(max-width: 991.98px)");
const facets = document.querySelector("details.facets");

if (facets) {
  const inLargePrint = document.documentElement.classList.contains("large-print");
  const folds = () => small.matches || inLargePrint;
  const fold = () => { facets.open = !folds(); };
  fold();
  small.addEventListener("change", fold);
  facets.addEventListener("change", (event) => {
    if (!folds() && event.target.matches("input[type=checkbox]")) event.target.form.requestSubmit();
  });
}
