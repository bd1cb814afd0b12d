// A person's word on a review, kept by a click without leaving the page; forms work without this.
"use strict";
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".mend")) return;
  event.preventDefault();
  const chosen = event.submitter;
  const body = new URLSearchParams(new FormData(form, chosen));
  const status = form.querySelector("[role=status]");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail);
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
    status.textContent = said.sentence;
  } catch (error) {
    status.textContent = error instanceof TypeError ? form.dataset.failed : error.message;
  }
});
