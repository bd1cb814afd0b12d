// The words that decided, in long reviews too: fetched after the page, since they take a while; the
// link leads to the same page for those without scripts.
"use strict";
(async () => {
  const more = document.querySelector(".more-marks");
  try {
    const answer = await fetch(more.querySelector("a").href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    const texts = whole.querySelectorAll(".said .text");
    document.querySelectorAll(".said .text").forEach((text, at) => {
      // Another review may have come first meanwhile.
      if (texts[at]?.textContent === text.textContent) text.replaceChildren(...texts[at].childNodes);
    });
    more.remove();
  } catch {
    // The link stays.
  }
})();
