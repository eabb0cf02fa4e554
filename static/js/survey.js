// Adds up the four age bands while they are filled in, and says when they differ from the total.
"use strict";

(() => {
  const bands = ["under_60", "60_to_64", "65_to_79", "80_up"].map((band) =>
    document.getElementById(`id_residents_${band}`),
  );
  const total = document.getElementById("id_residents");
  const said = document.querySelector("[data-age-sum]");
  if (!total || !said || bands.includes(null)) return;

  const number = (field) => Number(field.value.normalize("NFKC"));
  const show = () => {
    if (bands.some((band) => band.value === "")) {
      said.textContent = "";
      return;
    }
    const sum = bands.reduce((added, band) => added + number(band), 0);
    const differs = total.value !== "" && number(total) !== sum;
    if (Number.isNaN(sum)) {
      said.textContent = "";
      return;
    }
    said.textContent = `四个年龄段合计 ${sum} 人${differs ? `，与入住老年人总数 ${total.value} 人不一致` : ""}。`;
  };

  for (const field of [total, ...bands]) field.addEventListener("input", show);
  show();
})();
