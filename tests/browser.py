"""A real browser for pages: headless Chromium through Playwright, one for all tests of a process."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
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


@cache
def _launched() -> tuple[Any, asyncio.AbstractEventLoop | None]:
    """(the browser, the loop that its calls run in), once a process: a start takes a second of CPU."""
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    try:
        # The container's root has no user namespace to build a sandbox from.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
    except BaseException:
        playwright.stop()
        raise
    loop = asyncio._get_running_loop()

    def close() -> None:
        asyncio._set_running_loop(loop)
        browser.close()
        playwright.stop()

    atexit.register(close)
    return browser, loop


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Playwright's browser, whose contexts made here are closed at the end; they share nothing.

    The test is skipped, or fails where a browser is wanted, if there is none.
    """
    if CHROMIUM is None:
        assert not _WANTED, "TESTS_NEED_BROWSER is set and there is no Chromium"
        pytest.skip("no Chromium on this machine (apt install chromium)")
    outer = asyncio._get_running_loop()
    try:
        browser, loop = _launched()
        asyncio._set_running_loop(loop)
        others = browser.contexts
        try:
            yield browser
        finally:
            for context in browser.contexts:
                if context not in others:
                    context.close()
            if not browser.is_connected():  # it crashed; the next test gets another
                _launched.cache_clear()
    finally:
        # Playwright leaves its loop marked as running, and nobody else could run one.
        asyncio._set_running_loop(outer)


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
