// Reading before signing: a page counts as shown when its picture has come, which the server notes as well. Here it only
// says so at the foot of the page, without loading everything anew.
"use strict";

(() => {
  const shown = (image) => {
    const foot = image.closest("li").querySelector(".ceremony-foot span");
    if (foot && !foot.dataset.shown && !foot.querySelector(".icon")) {
      foot.dataset.shown = "yes";
      foot.append(" · 看过了");
    }
  };
  const watch = (root) => root.querySelectorAll("img[data-page]").forEach((image) => {
    if (image.complete && image.naturalWidth) shown(image);
    else image.addEventListener("load", () => shown(image), { once: true });
  });
  watch(document);
  document.body.addEventListener("htmx:afterSettle", () => watch(document));
})();
