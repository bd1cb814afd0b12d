"""The report as PDF, printed by the browser that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from zigbang_nlp.errors import ZigbangError
from zigbang_nlp.files import atomic_file

#: Commands of browsers that print without a screen, best first.
_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "msedge",
    "microsoft-edge",
    "brave-browser",
)
#: Where they are on macOS and Windows, whose browsers are on no PATH.
_PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
    ),
}
#: Milliseconds of the page's own clock for its charts, and seconds for the browser altogether.
_CHARTS, _PATIENCE = 20_000, 180


def find_browser() -> Path | None:
    """A Chromium, Chrome or Edge on this machine; the environment variable BROWSER_PATH first."""
    chosen = os.environ.get("BROWSER_PATH")
    if chosen is not None:
        return Path(chosen) if Path(chosen).is_file() else None
    command = next((path for name in _COMMANDS if (path := shutil.which(name))), None)
    if command is not None:
        return Path(command)
    return next((p for name in _PLACES.get(sys.platform, ()) if (p := Path(name)).is_file()), None)


def print_pdf(page: Path, output: Path) -> None:
    """Print an HTML file as PDF, atomically.

    Raises:
        ZigbangError: no browser is installed, or it failed.
    """
    browser = find_browser()
    if browser is None:
        raise ZigbangError(
            "A PDF needs Chromium, Chrome or Edge, and none was found.",
            "Install one, set BROWSER_PATH to its program, or print the HTML file from a browser.",
        )
    with (
        tempfile.TemporaryDirectory(prefix="zigbang-nlp-") as profile,
        atomic_file(output) as fresh,
    ):
        arguments = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            "--window-size=702,1000",  # as wide as A4 within its margins, so that charts fit
            f"--virtual-time-budget={_CHARTS}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={fresh}",
            page.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            arguments.insert(0, "--no-sandbox")  # Chromium refuses to start as root otherwise
        try:
            done = subprocess.run(
                [str(browser), *arguments], capture_output=True, timeout=_PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(browser, str(error)) from error
        if not fresh.is_file() or fresh.stat().st_size == 0:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise _failed(browser, " ".join(last) or f"exit code {done.returncode}")


def _failed(browser: Path, why: str) -> ZigbangError:
    return ZigbangError(
        f"{browser} made no PDF: {why}.", "Open the HTML file in a browser and print it from there."
    )
