"""On a phone numbers stay whole, English words too, and labels of axes fit; on paper it is light."""

from __future__ import annotations

import pytest

from tests.web.browser import PHONE, browser
from tests.web.conftest import Known

pytestmark = pytest.mark.slow

PAGES = (
    "/", "/complex?id=made:3", "/compare?id=made:1&id=made:35&id=made:12", "/keywords?word=주차",
    "/search?q=주차", "/changes?since=2024", "/prices", "/label", "/classify", "/data", "/help",
)  # fmt: skip
#: Runs of letters that a pattern finds and that stand on more than one line.
_BROKEN = """(pattern) => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("code, pre, script, style, [hidden], .quiet, option")) continue;
    for (const match of node.data.matchAll(new RegExp(pattern, "gu"))) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (tops.size > 1) found.push(match[0]);
    }
  }
  return found;
}"""
_NUMBER = r"[+-]?\d[\d,.]*(?:%p?)?(?:–\u2060?[+-]?\d[\d,.]*(?:%p?)?)?"
_WORD = r"[A-Za-z]{2,}"
#: Labels of a chart that stick out of it, or stand on each other.
_LABELS = """() => [...document.querySelectorAll("svg.chart:not(.map)")].flatMap((chart) => {
  const edge = chart.getBoundingClientRect();
  const boxes = [...chart.querySelectorAll("text.axis:not(.change)")]
    .map((text) => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([said, box], i) => [
    ...(box.left < edge.left - 1 || box.right > edge.right + 1 ? [`${said} sticks out`] : []),
    ...boxes.slice(i + 1).filter(([, other]) =>
      box.left < other.right && other.left < box.right && box.top < other.bottom - 2 && other.top < box.bottom - 2
    ).map(([other]) => `${said} is on ${other}`),
  ]);
})"""


@pytest.mark.parametrize("language", ["ko", "en"])
def test_numbers_words_and_axes_are_whole(known: Known, labelled: Known, language: str) -> None:
    with browser(str(known.http.base_url), PHONE) as window:
        page = window.page
        broken: list[tuple[str, str]] = []
        for address in PAGES:
            origin = str(labelled.http.base_url) if address == "/label" else ""
            page.goto(f"{origin}{address}{'&' if '?' in address else '?'}lang={language}")
            broken += [(address, one) for one in page.evaluate(_BROKEN, _NUMBER)]
            broken += [(address, one) for one in page.evaluate(_BROKEN, _WORD)]
            broken += [(address, one) for one in page.evaluate(_LABELS)]
            assert not window.overflow(), (address, window.overflow())
        assert not broken


def test_paper_is_white_also_from_a_dark_screen(known: Known) -> None:
    with browser(str(known.http.base_url), dark=True) as window:
        page = window.page
        page.goto("/complex?id=made:3")
        colour = "getComputedStyle(document.{}).{}"
        dark = page.evaluate(colour.format("body", "backgroundColor"))
        page.emulate_media(media="print", color_scheme="dark")
        assert (
            dark != page.evaluate(colour.format("body", "backgroundColor")) == "rgb(255, 255, 255)"
        )
        ink = page.evaluate(colour.format("body", "color"))
        assert max(map(int, ink.strip("rgb()").split(", "))) < 64
        assert not page.locator(".top nav").is_visible()
        assert not page.locator("form").first.is_visible()
        assert page.locator("h1").is_visible()
