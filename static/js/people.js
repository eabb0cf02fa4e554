// Copies the link that is shown once. Without this script it is marked and copied by hand.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const told = document.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = "已复制。";
    } catch {
      told.textContent = "浏览器不允许自动复制，链接已选中，请用键盘或右键菜单复制。";
    }
  });
});
