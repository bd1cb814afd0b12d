"""A real browser for pages: headless Chromium through Playwright, on one page at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
#: CI installs a browser, so that there a missing one is a failure.
_WANTED = os.environ.get("TESTS_NEED_BROWSER")

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not _WANTED, reason="no Chromium on this machine (apt install chromium)"
)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Playwright's browser; the test is skipped, or fails where one is wanted, if there is none."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        assert not _WANTED, "TESTS_NEED_BROWSER is set and there is no Chromium"
        pytest.skip("no Chromium on this machine (apt install chromium)")
    with sync_playwright() as playwright:
        # The container's root has no user namespace to build a sandbox from.
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        try:
            yield launched
        finally:
            launched.close()


@dataclass
class Opened:
    """A page and what it did besides showing itself."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextlib.contextmanager
def opened(
    launched: Any, file: Path, width: int = 1440, dark: bool = False, script: bool = True
) -> Iterator[Opened]:
    """A file in a window of its own of `chromium`, of a width; below 600 pixels it is a phone."""
    phone = width < 600
    with launched.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        is_mobile=phone,
        has_touch=phone,
        java_script_enabled=script,
    ) as context:
        result = Opened(context.new_page())
        page = result.page
        page.set_default_timeout(120_000)  # a busy machine takes its time
        page.on("request", lambda request: result.requests.append(request.url))
        page.on("console", lambda m: result.complaints.append(m.text))
        page.on("pageerror", lambda error: result.complaints.append(str(error)))
        page.goto(file.resolve().as_uri())
        yield result
