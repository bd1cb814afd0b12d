"""A real `zigbang-nlp serve` in a process of its own."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx


class Served:
    """A running server.

    Attributes:
        url: where it answers.
        log: lines of its standard error so far.
        process: it.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.log: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.url = self.wait_for(r"Serving on (http://\S+)\. ")[1]
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, pattern: str, seconds: float = 120) -> re.Match[str]:
        """The next line of the log that matches."""
        while (line := self._lines.get(timeout=seconds)) is not None:
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"the server ended: {''.join(self.log)}")

    def predict(self, *texts: str, **more: object) -> httpx.Response:
        return self.http.post("/api/v1/predict", json={"texts": list(texts), **more})


@contextlib.contextmanager
def serving(
    cwd: Path, *arguments: str | Path, python: str | Path = sys.executable, **environ: str
) -> Iterator[Served]:
    """Start the server with its data in `cwd`, and end it with the block."""
    with subprocess.Popen(
        [python, "-m", "zigbang_nlp", "serve", "--port", "0", *arguments],
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | environ,
    ) as process:
        try:
            served = Served(process)
            with served.http:
                yield served
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise AssertionError("the server doesn't end when it is told to") from error
