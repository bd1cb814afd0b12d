// Names that may be meant, below a field, as it is typed into (the ARIA combobox pattern).
"use strict";
for (const field of document.querySelectorAll("[data-suggest]")) {
  const list = document.createElement("ul");
  list.id = `suggested-${field.name}-${[...document.querySelectorAll("[data-suggest]")].indexOf(field)}`;
  list.className = "suggested";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.closest("label")?.innerText ?? "");
  list.hidden = true;
  const holder = field.parentElement;
  holder.classList.add("suggesting");
  holder.append(list);
  field.autocomplete = "off";
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) field.setAttribute(name, value);
  let at = -1;
  let asked = 0;
  let waiting = 0;

  const show = (names) => {
    at = -1;
    field.removeAttribute("aria-activedescendant");
    list.replaceChildren(...names.map((one, number) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.name = one.name;
      item.textContent = one.name;
      if (one.district) {
        const small = document.createElement("small");
        small.textContent = one.district;
        item.append(" ", small);
      }
      return item;
    }));
    list.hidden = !names.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };
  const choose = (item) => {
    field.value = item.dataset.name;
    show([]);
    if (field.dataset.suggest === "send") field.form.requestSubmit();
  };
  const mark = (next) => {
    const items = [...list.children];
    items[at]?.setAttribute("aria-selected", "false");
    at = (next + items.length) % items.length;
    items[at].setAttribute("aria-selected", "true");
    items[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", items[at].id);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    const mine = ++asked;
    if (!field.value.trim()) return show([]);
    waiting = setTimeout(async () => {
      const answer = await fetch(`/api/v1/suggest?q=${encodeURIComponent(field.value.slice(0, 100))}`);
      if (mine !== asked || !answer.ok) return;
      const { items } = await answer.json();
      show(field.dataset.suggest === "complex" ? items.filter((one) => one.kind === "complex") : items);
    }, 150);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Escape") show([]);
    else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
    else return;
    event.preventDefault();
  });
  // Before the field loses the focus, which closes the list.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) choose(item);
  });
  field.addEventListener("blur", () => show([]));
}
