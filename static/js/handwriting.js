// Handwriting with mouse, finger or pen. What goes to the server are points; it draws them itself. Whoever does not draw
// chooses another of the ways beside it, all of which need a keyboard alone.
"use strict";

(() => {
  const NEAR = 3; // units between two points that are told apart
  const TOO_MUCH = "笔画太多，后面写的没有记下。请点“清除”后重新写一次。";

  const begin = () => {
    const field = document.querySelector("#hand-drawing canvas");
    if (!field || field.dataset.begun) return;
    field.dataset.begun = "yes";
    const place = document.getElementById("hand-drawing");
    const kept = place.closest("form").querySelector("[name=strokes]");
    const chosen = document.getElementById("hand-drawn");
    const said = place.querySelector(".hand-said");
    const ink = field.getContext("2d");
    let strokes = [];
    let line = null;
    place.hidden = false;

    const draw = () => {
      ink.clearRect(0, 0, field.width, field.height);
      ink.lineWidth = 12;
      ink.lineCap = ink.lineJoin = "round";
      for (const stroke of strokes) {
        ink.beginPath();
        ink.moveTo(...stroke[0]);
        for (const point of stroke.length > 1 ? stroke.slice(1) : stroke) ink.lineTo(...point);
        ink.stroke();
      }
    };
    const within = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    const add = (event) => {
      const box = field.getBoundingClientRect();
      const x = within(((event.clientX - box.left) * field.width) / box.width, field.width);
      const y = within(((event.clientY - box.top) * field.height) / box.height, field.height);
      const last = line[line.length - 1];
      if (last && Math.hypot(x - last[0], y - last[1]) < NEAR) return;
      if (strokes.reduce((sum, each) => sum + each.length, 0) >= Number(field.dataset.mostPoints)) {
        said.textContent = TOO_MUCH;
        return;
      }
      line.push([x, y]);
    };

    field.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      if (strokes.length >= Number(field.dataset.mostStrokes)) {
        said.textContent = TOO_MUCH;
        return;
      }
      field.setPointerCapture(event.pointerId);
      strokes.push((line = []));
      add(event);
      if (!line.length) strokes.pop();
      chosen.checked = true;
      draw();
    });
    field.addEventListener("pointermove", (event) => {
      if (!line || !line.length) return;
      const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      (passed.length ? passed : [event]).forEach(add);
      draw();
    });
    const lift = () => {
      line = null;
      kept.value = strokes.length ? JSON.stringify(strokes) : "";
    };
    field.addEventListener("pointerup", lift);
    field.addEventListener("pointercancel", lift);
    document.getElementById("hand-clear").addEventListener("click", () => {
      strokes = [];
      lift();
      said.textContent = "已清除，可以重新写。";
      draw();
    });

    try {
      const before = JSON.parse(kept.value || "[]");
      if (Array.isArray(before) && before.every((stroke) => stroke.length)) strokes = before;
    } catch {
      kept.value = "";
    }
    draw();
  };

  begin();
  document.body.addEventListener("htmx:afterSettle", begin);
})();
