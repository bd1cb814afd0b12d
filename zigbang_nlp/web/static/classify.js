// Files: drop, progress of sending and of the work. Without this script the form works too.
"use strict";
const form = document.getElementById("upload");
const drop = document.getElementById("drop");
const box = document.getElementById("job");
const trouble = document.getElementById("upload-trouble");
const input = form.querySelector("input[type=file]");
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
  part("done").hidden = job.state !== "done";
  part("failed").hidden = job.state !== "failed";
  part("trouble").textContent = job.trouble;
  if (job.state === "done") {
    const share = job.total ? Math.round((100 * job.positive) / job.total) : 0;
    part("result").textContent = part("result").dataset.result
      .replace("{k}", number(job.positive)).replace("{n}", number(job.total)).replace("{share}", share);
    part("done").querySelector("a").href = `${box.dataset.address}/answer.csv`;
  }
};

const follow = async () => {
  for (;;) {
    const answer = await fetch(box.dataset.address, { headers: { Accept: "application/json" } });
    if (!answer.ok) { fail((await answer.json()).detail); return; }
    const job = await answer.json();
    show(job);
    if (job.state === "done" || job.state === "failed") return;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
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
    if (request.status !== 202) { box.hidden = true; fail(said.detail || request.statusText); return; }
    box.dataset.address = said.address;
    follow();
  });
  request.addEventListener("error", () => { box.hidden = true; fail(form.dataset.lost); });
  request.send(new FormData(form));
});

if (box.dataset.address) follow();
