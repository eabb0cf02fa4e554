// Draws the charts from the figures of the tables beside them. Without this script the tables stand alone.
"use strict";

(() => {
  const source = document.getElementById("coverage-data");
  if (!source || !window.echarts) return;
  const data = JSON.parse(source.textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const fontSize = 0.9 * parseFloat(style.fontSize);
  const text = { color: colour("ink"), fontSize, fontFamily: colour("sans") };
  const printed = (point) => (point.rate === null ? "" : `${point.rate.toFixed(1)}%`);

  const percentAxis = {
    type: "value", min: 0, max: 100,
    axisLabel: { ...text, formatter: "{value}%", hideOverlap: true },
    splitLine: { lineStyle: { color: colour("line") } },
  };
  const target = data.target === null ? undefined : {
    silent: true, symbol: "none",
    lineStyle: { color: colour("amber"), type: "dashed", width: 2 },
    label: { ...text, color: colour("amber"), formatter: `目标 ${data.target}%` },
  };

  const bars = (points) => {
    const shown = [...points].reverse();  // the first on top, as in the table
    return {
      animation: false,
      grid: { left: 8, right: 4 * fontSize, top: 2 * fontSize, bottom: 8, containLabel: true },
      xAxis: percentAxis,
      yAxis: { type: "category", data: shown.map((point) => point.name), axisLabel: text, axisTick: { show: false } },
      series: [{
        type: "bar", barMaxWidth: 2 * fontSize, color: colour("pine"),
        data: shown.map((point) => point.rate),
        label: {
          ...text, show: true, position: "right",
          formatter: ({ dataIndex }) => `${printed(shown[dataIndex])}`,
        },
        markLine: target && { ...target, label: { ...target.label, position: "end" }, data: [{ xAxis: data.target }] },
      }],
    };
  };

  // Which values are printed on a line of this width: the last one, and those that differ from the one before and have
  // room beside the others. The table has them all.
  const labelled = (points, width) => {
    const last = points.length - 1;
    const apart = Math.ceil((4 * fontSize * last) / Math.max(width - 7 * fontSize, 1));
    const chosen = new Set([last]);
    let before = -apart;
    for (let index = 0; index + apart <= last; index += 1) {
      const { rate } = points[index];
      if (rate === null || rate === points[index - 1]?.rate || index - before < apart) continue;
      chosen.add(index);
      before = index;
    }
    return chosen;
  };

  const line = (points, width, chosen = labelled(points, width)) => ({
    animation: false,
    grid: { left: 8, right: 3 * fontSize, top: 3 * fontSize, bottom: 8, containLabel: true },
    xAxis: {
      type: "category", data: points.map((point) => point.name.slice(0, 7)),
      axisLabel: { ...text, hideOverlap: true }, axisTick: { show: false },
    },
    yAxis: percentAxis,
    series: [{
      // A point that is not drawn would print no value either.
      type: "line", symbol: "circle", symbolSize: points.length > 20 ? 5 : 8, showAllSymbol: true, color: colour("pine"), lineStyle: { width: 3 },
      data: points.map((point) => point.rate),
      label: {
        ...text, show: true, position: "top",
        formatter: ({ dataIndex }) => (chosen.has(dataIndex) ? printed(points[dataIndex]) : ""),
      },
      markLine: target && {
        ...target, label: { ...target.label, position: "insideEndTop" }, data: [{ yAxis: data.target }],
      },
    }],
  });

  const charts = [];
  for (const place of document.querySelectorAll("[data-chart]")) {
    const isBars = place.dataset.chart === "bars";
    const points = isBars ? data.bars : data.line;
    if (!points.some((point) => point.rate !== null)) continue;
    place.hidden = false;
    if (isBars) place.style.height = `${(points.length * 2.6 + 5) * fontSize}px`;
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    const draw = () => chart.setOption(isBars ? bars(points) : line(points, chart.getWidth()));
    draw();
    charts.push({ chart, draw });
  }
  const fit = (width) => charts.forEach(({ chart, draw }) => {
    chart.resize({ width });
    draw();
  });
  window.addEventListener("resize", () => fit());
  window.addEventListener("beforeprint", () => fit(680)); // as wide as upright A4 between its margins
  window.addEventListener("afterprint", () => fit());
})();
