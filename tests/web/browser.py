"""A real Chromium that watches for what must never happen on a page."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser import chromium

OUTPUT = Path(__file__).parent.parent / "output"
PHONE, DESK = 390, 1440


class Watched:
    """A page, and what went wrong on it.

    Attributes:
        page: Playwright's.
        troubles: console messages, script errors, requests to other hosts, dialogs.
    """

    def __init__(self, page: object, origin: str) -> None:
        from playwright.sync_api import Page

        assert isinstance(page, Page)
        self.page = page
        self.troubles: list[str] = []
        page.on("console", lambda entry: self._note(f"console: {entry.text}"))
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("dialog", self._dismiss)
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((origin, "data:", "blob:"))
                else self._note(f"outside: {request.url}")
            ),
        )
        page.set_default_timeout(30_000)

    def _dismiss(self, dialog: Any) -> None:
        self._note("dialog")
        dialog.dismiss()

    def _note(self, trouble: str) -> None:
        self.troubles.append(trouble)

    def overflow(self) -> list[str]:
        """What sticks out of the window on the right."""
        elements: list[str] = self.page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
               [...document.querySelectorAll('*')]
                 .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
                 .map((e) => e.tagName + '.' + (e.className.baseVal ?? e.className))
                 .slice(0, 5)"""
        )
        return elements

    def check(self) -> None:
        """Nothing went wrong so far, and nothing sticks out."""
        assert not self.troubles, self.troubles
        assert not self.overflow(), (self.page.url, self.overflow())

    def picture(self, name: str) -> None:
        """Keep what it looks like, for people who set TESTS_PICTURES; it takes a second a page."""
        if not os.environ.get("TESTS_PICTURES"):
            return
        OUTPUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


@contextlib.contextmanager
def browser(
    origin: str, width: int = DESK, dark: bool = False, touch: bool = False
) -> Iterator[Watched]:
    """A fresh window on a server."""
    with chromium() as launched:
        context = launched.new_context(
            base_url=origin,
            viewport={"width": width, "height": 900},
            locale="ko-KR",
            has_touch=touch,
            color_scheme="dark" if dark else "light",
        )
        yield Watched(context.new_page(), origin)
