"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  let chosen = null;

  // "@grid" in a chart stands for the colour --grid of the page.
  const painted = (value, style) => {
    if (Array.isArray(value)) return value.map((inner) => painted(inner, style));
    if (value && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, painted(inner, style)]));
    }
    if (typeof value === "string" && /^@\w+$/.test(value)) {
      return style.getPropertyValue("--" + value.slice(1)).trim() || value;
    }
    return value;
  };

  const draw = (box) => {
    const chart = painted(charts[box.dataset.chart], getComputedStyle(root));
    chart.layout.autosize = true;
    return Plotly.react(box, chart.data, chart.layout, {
      responsive: true, displaylogo: false, scrollZoom: false,
      displayModeBar: box.dataset.chart === "map",
      modeBarButtons: [["zoomIn2d", "zoomOut2d", "pan2d", "resetScale2d"]],
    });
  };

  const boxes = [...document.querySelectorAll("[data-chart]")];
  const paint = (theme) => {
    root.dataset.theme = theme;
    boxes.forEach(draw);
  };
  const wanted = () => chosen || (dark.matches ? "dark" : "light");

  const button = document.getElementById("theme");
  button.hidden = false;
  button.addEventListener("click", () => {
    chosen = wanted() === "dark" ? "light" : "dark";
    paint(chosen);
  });
  dark.addEventListener("change", () => paint(wanted()));
  addEventListener("beforeprint", () => paint("light"));
  addEventListener("afterprint", () => paint(wanted()));
  paint(wanted());
  root.dataset.drawn = "yes";
})();
