// Reading before signing: the picture of a page is fetched when half of the page, or of the window with it, is on screen.
// The server notes a fetched page as shown, so no browser may fetch ahead. What was shown is said at the foot of the page.
"use strict";

(() => {
  const HALF = 0.5;
  const shown = (image) => {
    const foot = image.closest("li").querySelector(".ceremony-foot span");
    if (foot && !foot.dataset.shown && !foot.querySelector(".icon")) {
      foot.dataset.shown = "yes";
      foot.append(" · 看过了");
    }
  };
  const onScreen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    const high = entry.rootBounds ? entry.rootBounds.height : window.innerHeight;
    if (entry.intersectionRatio < HALF && entry.intersectionRect.height < HALF * high) return;
    const image = entry.target;
    onScreen.unobserve(image);
    image.addEventListener("load", () => shown(image), { once: true });
    image.src = image.dataset.picture;
  }), { threshold: Array.from({ length: 21 }, (_, step) => step / 20) });
  const watch = () => document.querySelectorAll("img[data-picture][hidden]").forEach((image) => {
    image.hidden = false;
    onScreen.observe(image);
  });
  watch();
  document.body.addEventListener("htmx:afterSettle", watch);
})();
