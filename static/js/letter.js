// A sealed letter comes as a file, and the page behind it would go on asking for it: fetch it, hand it over, and go on to
// where `data-letter-then` leads. Without this script a sentence beside the button says where to go.
"use strict";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.letterThen || event.defaultPrevented) return;
  event.preventDefault();
  const button = form.querySelector("[type='submit']");
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (answer && answer.redirected) {
    window.location.assign(answer.url); // asked who is there, or the letter was printed before
    return;
  }
  if (!answer || !answer.ok || answer.headers.get("Content-Type") !== "application/pdf") {
    form.submit(); // the refusal, as a page of its own
    return;
  }
  const named = /filename\*=utf-8''([^;]+)/i.exec(answer.headers.get("Content-Disposition"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = named ? decodeURIComponent(named[1]) : "letter.pdf";
  link.click();
  window.setTimeout(() => window.location.assign(form.dataset.letterThen), 500); // the file has been taken over by then
});
