// The page frame: the person menu closes as menus do, and a whole table row opens its link.
"use strict";

// A fragment asked for after the session ended is the sign-in page: show it as a page of its own.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL).pathname === "/sign-in/") {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});

// Of a day that does not exist or is half typed a browser sends nothing, which would empty what was saved: told first.
document.addEventListener("submit", (event) => {
  const wrong = [...event.target.elements].find((field) => field.validity?.badInput);
  if (!wrong) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  wrong.setCustomValidity("这一天没有填完整，或者没有这一天。请填写年、月、日，或者全部清空。");
  wrong.addEventListener("input", () => wrong.setCustomValidity(""), { once: true });
  wrong.reportValidity();
}, true);

// A form says for which place its page was shown, so that nobody acts for one place in a window opened for another.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const place = document.body.dataset.acting;
  if (!place || form.method !== "post" || form.elements.namedItem("acting_for")) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "acting_for", value: place });
  form.append(field);
});

// A page that answers a form would make the browser ask, on the way back to it, whether to send the form again. Where
// the form that came back can be opened at its own address, going back opens it there instead.
document.addEventListener("DOMContentLoaded", () => {
  if (!document.body.hasAttribute("data-answers-form")) return;
  const here = window.location;
  const sentTo = (form) => new URL(form.getAttribute("action") || here.href, here.href).pathname;
  const cameBack = [...document.forms].some((form) => form.method === "post" && sentTo(form) === here.pathname);
  if (cameBack) window.history.replaceState(null, "", here.href);
});

// What is wrong is where the reading goes on: the summary, which leads to each field.
document.addEventListener("DOMContentLoaded", () => {
  if (document.body.hasAttribute("data-answers-form")) document.querySelector('main [role="alert"][tabindex="-1"]')?.focus();
});

// The answer that says so comes with a status that fragments do not show by themselves.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget") === "body") event.detail.shouldSwap = true;
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details:is(.person-menu, .more-acts)[open]")) {
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
  for (const menu of document.querySelectorAll("details:is(.person-menu, .more-acts)[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
