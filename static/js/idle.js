// Tells the person one minute before a session ends that nobody seems to be there. The server decides when it ends;
// typing and pointing count as being there, what the page asks by itself does not.
"use strict";

(() => {
  const SECOND = 1000;
  const UNATTENDED = { "X-Unattended": "yes" };
  const dialog = document.getElementById("idle");
  const atFirst = Number(document.body.dataset.secondsLeft) * SECOND;

  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) Object.assign(event.detail.headers, UNATTENDED);
  });
  if (!dialog || !atFirst) return;

  const warning = Math.min(60 * SECOND, atFirst / 2);
  const tellEvery = Math.min(60 * SECOND, atFirst / 10);
  let endsAt = Date.now() + atFirst;
  let toldAt = Date.now();
  let isAsking = false;

  const leave = () => {
    const here = window.location.pathname + window.location.search;
    window.location.assign(`/sign-in/?${new URLSearchParams({ next: here, ended: "idle" })}`);
  };

  const ask = async (isHere) => {
    if (isAsking) return;
    isAsking = true;
    try {
      const token = document.querySelector('input[name="csrfmiddlewaretoken"]').value;
      const options = isHere ? { method: "POST", headers: { "X-CSRFToken": token } } : { headers: UNATTENDED };
      const answer = await fetch("/session/", { ...options, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") return leave();
      if (answer.ok) endsAt = Date.now() + (await answer.json()).seconds_left * SECOND;
    } catch (problem) {
      if (!(problem instanceof TypeError)) throw problem; // no network: asked again
    } finally {
      isAsking = false;
      toldAt = Date.now();
    }
  };

  const show = (left) => {
    dialog.querySelector("[data-seconds]").textContent = String(Math.max(0, Math.ceil(left / SECOND)));
    if (!dialog.open) dialog.showModal();
  };

  const look = async () => {
    if (endsAt - Date.now() > warning) return;
    // Another tab may have been used; and at the end the server has the last word.
    if (!dialog.open || endsAt - Date.now() <= 0) await ask(false);
    const left = endsAt - Date.now();
    if (left <= warning) show(left);
    else dialog.close();
  };

  const here = () => {
    if (!dialog.open && Date.now() - toldAt >= tellEvery) ask(true);
  };

  const stay = async () => {
    await ask(true);
    dialog.close();
  };

  for (const sign of ["input", "keydown", "pointerdown", "wheel"]) {
    document.addEventListener(sign, here, { passive: true });
  }
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  window.setInterval(look, SECOND);
})();
