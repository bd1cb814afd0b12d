// Files: drop, progress of sending and of the work. Without this script the form works too.
"use strict";
const form = document.getElementById("upload");
const drop = document.getElementById("drop");
const box = document.getElementById("job");
const trouble = document.getElementById("upload-trouble");
const input = form.querySelector("input[type=file]");
const offered = document.getElementById("upload-columns");
const chosen = document.getElementById("chosen");
const part = (name) => box.querySelector(`.job-${name}`);
const number = (value) => value.toLocaleString();

input.addEventListener("change", () => {
  if (input.files.length) chosen.textContent = input.files[0].name;
});
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
for (const name of ["dragleave", "drop"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.remove("over"); });
}
drop.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change"));
});

const fail = (sentence) => { trouble.textContent = sentence; trouble.hidden = false; };

const show = (job) => {
  part("name").textContent = job.name;
  part("count").textContent = `${number(job.done)} / ${number(job.total)}`;
  const bar = box.querySelector("progress");
  bar.max = job.total || 1;
  bar.value = job.done;
  part("failed").hidden = job.state !== "failed";
  part("trouble").textContent = job.trouble;
};

const follow = async () => {
  for (;;) {
    const answer = await fetch(box.dataset.address, { headers: { Accept: "application/json" } });
    if (!answer.ok) { fail((await answer.json()).detail); return; }
    const job = await answer.json();
    show(job);
    // The page of a finished file has its rows as a table.
    if (job.state === "done") { location.replace(box.dataset.address); return; }
    if (job.state === "failed") return;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
};

// Columns that may hold the reviews, each a button that sends the file again.
const offer = (columns) => {
  const named = columns.filter((one) => typeof one.column === "string");
  offered.hidden = !named.length;
  offered.replaceChildren(...named.map(({ column }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column;
    button.addEventListener("click", () => { form.elements.column.value = column; form.requestSubmit(); });
    return button;
  }));
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  offer([]);
  trouble.hidden = true;
  box.hidden = false;
  show({ name: input.files[0].name, done: 0, total: 0, state: "sending", trouble: "" });
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) part("count").textContent = `${Math.round((100 * sent.loaded) / sent.total)}%`;
  });
  request.addEventListener("load", () => {
    let said = {};
    try { said = JSON.parse(request.responseText); } catch { /* told below */ }
    if (request.status !== 202) {
      box.hidden = true;
      fail(said.detail || request.statusText);
      offer(said.errors || []);
      // What the sentence advises is set there.
      form.querySelector("details.reading").open = true;
      return;
    }
    box.dataset.address = said.address;
    // From now on a reload shows this file.
    history.pushState(null, "", said.address);
    follow();
  });
  request.addEventListener("error", () => { box.hidden = true; fail(form.dataset.lost); });
  request.send(new FormData(form));
});

if (box.dataset.address && part("done").hidden) follow();
