// Pages of the frozen text, larger within their own frames: the window itself stays as wide as it is.
"use strict";

(() => {
  const STEPS = [1, 1.5, 2, 2.5, 3, 4];
  const MARGIN = 0.12; // of a page's width lies before its text
  let step = 0;
  const frames = () => [...document.querySelectorAll(".ceremony-page")];
  const show = () => document.querySelectorAll(".ceremony-zoom").forEach((bar) => {
    const pages = bar.parentElement.querySelector(".ceremony-pages");
    bar.hidden = false;
    bar.querySelector("[role=status]").textContent = `${STEPS[step] * 100}%`;
    bar.querySelector("[data-zoom=out]").setAttribute("aria-disabled", step === 0);
    bar.querySelector("[data-zoom=in]").setAttribute("aria-disabled", step === STEPS.length - 1);
    pages.style.setProperty("--zoom", STEPS[step]);
    pages.classList.toggle("is-zoomed", step > 0);
  });
  // What is read stays where it is: the page in the window, and in each frame the beginning of what was seen of its page.
  const zoom = (next) => {
    const every = frames();
    const read = every.find((frame) => frame.getBoundingClientRect().bottom > window.innerHeight / 2) || every[0];
    const top = read.getBoundingClientRect().top;
    const seen = every.map((frame) => [frame.scrollLeft / frame.scrollWidth || MARGIN, frame.scrollTop / frame.scrollHeight]);
    step = next;
    show();
    every.forEach((frame, number) => {
      frame.scrollLeft = seen[number][0] * frame.scrollWidth;
      frame.scrollTop = seen[number][1] * frame.scrollHeight;
    });
    window.scrollBy({ top: read.getBoundingClientRect().top - top, behavior: "instant" });
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (!button) return;
    const next = step + (button.dataset.zoom === "in" ? 1 : -1);
    if (next in STEPS) zoom(next);
  });
  show();
  document.body.addEventListener("htmx:afterSettle", show);
})();
