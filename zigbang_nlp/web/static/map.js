// The map: zoom by wheel, buttons and pinch, move by drag, and the list's row beside each dot.
"use strict";
const frame = document.getElementById("map");
if (frame) {
  const chart = frame.querySelector("svg.map");
  const ground = chart.querySelector("svg.ground");
  const marks = [...chart.querySelectorAll(":scope > a, :scope > text")].map((mark) => {
    const circles = [...mark.querySelectorAll("circle")];
    const shapes = circles.length ? circles : [mark];
    const names = circles.length ? ["cx", "cy"] : ["x", "y"];
    // Percent of the drawing, as shares of it.
    const [x, y] = names.map((name) => parseFloat(shapes[0].getAttribute(name)) / 100);
    return { x, y, shapes, names };
  });
  // The part of the map that is seen: its corner and its side, as shares of the whole.
  let view = { x: 0, y: 0, side: 1 };
  const reach = Number(chart.dataset.reach);
  const first = (1 - reach) / 2;

  const draw = () => {
    for (const mark of marks) {
      for (const shape of mark.shapes) {
        shape.setAttribute(mark.names[0], `${(100 * (mark.x - view.x)) / view.side}%`);
        shape.setAttribute(mark.names[1], `${(100 * (mark.y - view.y)) / view.side}%`);
      }
    }
    const box = [view.x, view.y, view.side, view.side].map((v) => (100 * v).toFixed(3));
    ground.setAttribute("viewBox", box.join(" "));
  };
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const look = (x, y, side) => {
    const last = first + reach - side;
    view = { x: clamp(x, first, last), y: clamp(y, first, last), side };
    chart.classList.toggle("near", side < 0.45);
    draw();
  };
  const zoom = (factor, fx = 0.5, fy = 0.5) => {
    const side = clamp(view.side * factor, 0.04, reach);
    look(view.x + fx * (view.side - side), view.y + fy * (view.side - side), side);
  };
  const place = (event) => {
    const box = chart.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };

  const buttons = frame.querySelector(".zoom");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const way = event.target.dataset.zoom;
    if (way) zoom(way === "in" ? 0.6 : 1 / 0.6);
  });
  chart.addEventListener("wheel", (event) => {
    // Only with a key, as on other maps in a page, so that the page still scrolls.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.8 : 1.25, ...place(event));
  }, { passive: false });

  const held = new Map();
  let moved = 0;
  chart.addEventListener("pointerdown", (event) => {
    held.set(event.pointerId, place(event));
    moved = 0;
  });
  addEventListener("pointerup", (event) => held.delete(event.pointerId));
  addEventListener("pointercancel", (event) => held.delete(event.pointerId));
  chart.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    if (held.size === 1 && view.side < reach) {
      look(view.x - (now[0] - before[0]) * view.side, view.y - (now[1] - before[1]) * view.side, view.side);
      moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    } else if (held.size === 2) {
      const [other] = [...held].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
      const is = Math.hypot(now[0] - other[0], now[1] - other[1]);
      if (is > 0) zoom(was / is, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      moved += Math.abs(is - was);
    }
    held.set(event.pointerId, now);
  });
  // What a dot is: beside it, while it is pointed at or has the focus; by a finger's first tap.
  const card = frame.querySelector(".map-card");
  const told = new Map();
  let shown = null;
  const hide = () => { card.hidden = true; shown = null; };
  const tell = (dot) => {
    const { name, note } = told.get(dot);
    card.querySelector("strong").textContent = name;
    card.querySelector("span").textContent = dot.dataset.district ?? "";
    card.querySelector("p").textContent = note;
    card.querySelector("a").href = dot.getAttribute("href");
    card.hidden = false;
    shown = dot;
    const box = frame.getBoundingClientRect();
    const at = dot.getBoundingClientRect();
    const left = at.left + at.width / 2 - box.left - card.offsetWidth / 2;
    const above = at.top - box.top - card.offsetHeight - 6;
    card.style.left = `${Math.min(Math.max(left, 4), Math.max(box.width - card.offsetWidth - 4, 4))}px`;
    card.style.top = `${above > 4 ? above : at.bottom - box.top + 6}px`;
  };
  let finger = false;
  chart.addEventListener("pointerdown", (event) => { finger = event.pointerType === "touch"; }, true);
  chart.addEventListener("click", (event) => {
    const dot = event.target.closest("svg.map > a");
    // A drag that ends on a dot doesn't follow its link.
    if (moved > 0.02) event.preventDefault();
    else if (finger && dot && shown !== dot) { event.preventDefault(); tell(dot); }
    else if (!dot) hide();
  }, true);
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  chart.addEventListener("dragstart", (event) => event.preventDefault());

  const rows = new Map(
    [...document.querySelectorAll(".places li")].map((li) => [li.querySelector("a").getAttribute("href"), li]),
  );
  const dots = new Map([...chart.querySelectorAll(":scope > a")].map((a) => [a.getAttribute("href"), a]));
  for (const dot of dots.values()) {
    // The browser's own hint would cover the card; its first line is the name.
    const title = dot.querySelector("title");
    const cut = title.textContent.lastIndexOf("\n");
    told.set(dot, { name: title.textContent.slice(0, cut), note: title.textContent.slice(cut + 1) });
    dot.setAttribute("aria-label", title.textContent.replace("\n", ", "));
    title.remove();
  }
  const light = (key, on) => {
    rows.get(key)?.classList.toggle("lit", on);
    dots.get(key)?.classList.toggle("lit", on);
  };
  for (const dot of dots.values()) {
    dot.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") tell(dot); });
    dot.addEventListener("focusin", () => { if (!finger) tell(dot); });
    dot.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
    dot.addEventListener("focusout", (event) => { if (!card.contains(event.relatedTarget)) hide(); });
  }
  for (const all of [rows, dots]) {
    for (const [key, node] of all) {
      for (const name of ["pointerenter", "focusin"]) node.addEventListener(name, () => light(key, true));
      for (const name of ["pointerleave", "focusout"]) node.addEventListener(name, () => light(key, false));
    }
  }
}
