// Where the evidence stands below the conditions and not beside them, a file opens out of sight: go there, and back.
"use strict";

const evidence = document.querySelector("iframe[name=evidence]");
const back = document.querySelector("[data-back-to-item]");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[target=evidence]");
  if (!link || !evidence) return;
  const { top, bottom, height } = evidence.getBoundingClientRect();
  if (bottom > height / 2 && top < window.innerHeight - height / 2) return;
  back.href = `#${link.closest(".item").id}`;
  back.hidden = false;
  evidence.scrollIntoView();
});
