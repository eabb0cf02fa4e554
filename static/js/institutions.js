// The register: on a small screen the filters fold, and on a large one a tick is enough to ask.
"use strict";

const small = window.matchMedia("(max-width: 991.98px)");
const facets = document.querySelector("details.facets");

if (facets) {
  const fold = () => { facets.open = !small.matches; };
  fold();
  small.addEventListener("change", fold);
  facets.addEventListener("change", (event) => {
    if (!small.matches && event.target.matches("input[type=checkbox]")) event.target.form.requestSubmit();
  });
}
