// What is typed into a form stays in this browser until it is sent, so that a session that ended, a question who is
// there or an old page loses nothing. Kept for the person and the address, for a day; never passwords, codes or files.
"use strict";

(() => {
  const DRAFT = "yiyang-draft:";
  const SENT = "yiyang-sent"; // keys of the forms whose answer this tab is waiting for
  const LIFE = 24 * 60 * 60 * 1000;
  const PAUSE = 300;
  const NOT_KEPT = ["hidden", "password", "file", "submit", "button", "reset", "image"];
  const TYPED = 'textarea, select, input:not([type]), input[type="text"], input[type="number"], input[type="date"],' +
    ' input[type="tel"], input[type="email"], input[type="url"], input[type="search"]';
  const person = document.body.dataset.person;

  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(DRAFT));
  const draftOf = (key) => JSON.parse(localStorage.getItem(key) || "null");

  const fieldsOf = (form) => [...form.elements].filter((field) =>
    field.name && !NOT_KEPT.includes(field.type) && field.autocomplete !== "one-time-code");

  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

  const chosen = (field) => [...field.options].filter((each) => each.selected).map((each) => each.value);

  const valueOf = (field) => {
    if (isTicked(field)) return field.checked;
    return field.multiple ? chosen(field) : field.value;
  };

  // What the page came with, whatever was typed before this file had arrived.
  const firstValueOf = (field) => {
    if (isTicked(field)) return field.defaultChecked;
    if (!field.options) return field.defaultValue;
    const marked = [...field.options].filter((each) => each.defaultSelected).map((each) => each.value);
    if (field.multiple) return marked;
    return marked.length ? marked[marked.length - 1] : ([...field.options].find((each) => !each.disabled) || field).value;
  };

  // Fields of one name are told apart by their value when they are ticked, else by their order.
  const contentOf = (form, read = valueOf) => {
    const content = {};
    const counts = {};
    for (const field of fieldsOf(form)) {
      const nth = isTicked(field) ? `=${field.value}` : (counts[field.name] = (counts[field.name] || 0) + 1);
      content[`${field.name}|${nth}`] = read(field);
    }
    return content;
  };

  const fill = (form, content) => {
    const counts = {};
    for (const field of fieldsOf(form)) {
      const nth = isTicked(field) ? `=${field.value}` : (counts[field.name] = (counts[field.name] || 0) + 1);
      const value = content[`${field.name}|${nth}`];
      if (value === undefined) continue;
      if (isTicked(field)) field.checked = value;
      else if (Array.isArray(value)) for (const each of field.options) each.selected = value.includes(each.value);
      else field.value = value;
      const folded = field.closest("details:not([open])");
      if (folded && !isSame(value, firstValueOf(field))) folded.open = true; // what came back is in sight
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const isShownAgain = (form) => form.querySelector(".is-invalid, .alert-danger, [aria-invalid='true']") !== null;

  const tellOf = (form, key, before, at) => {
    const note = document.createElement("div");
    const words = document.createElement("p");
    const drop = document.createElement("button");
    const time = new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
    note.className = "alert alert-info draft-note";
    note.setAttribute("role", "status");
    words.textContent = `已恢复您 ${time} 填写、还没有提交的内容（只保存在这台电脑上）。`;
    drop.type = "button";
    drop.className = "btn btn-outline-primary btn-sm";
    drop.textContent = "放弃";
    drop.addEventListener("click", () => {
      fill(form, before);
      localStorage.removeItem(key);
      note.remove();
    });
    note.append(words, drop);
    form.prepend(note);
  };

  const watch = (form, key, sent) => {
    const before = contentOf(form, firstValueOf);
    let waiting = 0;
    const keep = () => {
      waiting = 0;
      const content = contentOf(form);
      if (isSame(content, before) && !isShownAgain(form)) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), content }));
    };
    const draft = draftOf(key);
    if (draft && sent.includes(key) && !isShownAgain(form)) localStorage.removeItem(key);
    else if (!isSame(contentOf(form), before)) keep();
    else if (draft && !isSame(draft.content, before)) {
      fill(form, draft.content);
      tellOf(form, key, before, draft.at);
    }
    form.addEventListener("input", () => {
      if (!waiting) waiting = window.setTimeout(keep, PAUSE);
    });
    form.addEventListener("change", () => {
      if (!waiting) waiting = window.setTimeout(keep, PAUSE);
    });
    window.addEventListener("pagehide", () => {
      if (waiting) keep();
    });
    form.addEventListener("submit", () => {
      window.clearTimeout(waiting);
      keep();
      const all = JSON.parse(sessionStorage.getItem(SENT) || "[]");
      sessionStorage.setItem(SENT, JSON.stringify([...all, key]));
    });
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.target === form && event.detail.successful) localStorage.removeItem(key);
    });
  };

  const forgetAll = () => {
    for (const key of keys()) if (key.startsWith(`${DRAFT}${person}:`)) localStorage.removeItem(key);
  };

  const begin = () => {
    for (const key of keys()) {
      const draft = draftOf(key);
      if (!draft || Date.now() - draft.at > LIFE) localStorage.removeItem(key);
    }
    const sent = JSON.parse(sessionStorage.getItem(SENT) || "[]");
    sessionStorage.removeItem(SENT);
    if (!person) return; // a page that refuses, or asks who is there: nothing arrived
    const counts = {};
    const watched = [];
    for (const form of document.querySelectorAll('form[method="post"]')) {
      const address = form.getAttribute("action") || "";
      if (address === "/sign-out/") form.addEventListener("submit", forgetAll);
      if (form.hasAttribute("data-no-draft") || !form.querySelector(TYPED)) continue;
      counts[address] = (counts[address] || 0) + 1;
      const key = `${DRAFT}${person}:${window.location.pathname}:${address}:${counts[address]}`;
      watched.push(key);
      watch(form, key, sent);
    }
    for (const key of sent) if (!watched.includes(key)) localStorage.removeItem(key);
  };

  try {
    begin();
  } catch (problem) {
    // Private windows and full disks refuse storage; the page works without drafts.
    if (!(problem instanceof DOMException)) throw problem;
  }
})();
