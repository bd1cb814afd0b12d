"""How a crawl shows its progress: a bar on a terminal, a line a minute elsewhere, or JSON lines.

All of it goes to standard error, so that standard output can be piped.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from tqdm import tqdm

from zigbang_nlp.console import duration, log


@dataclass(frozen=True, slots=True)
class Figures:
    """Where a crawl stands.

    Attributes:
        cells, apartments: done in this region, by any run.
        reviews: rows read in this run.
        done, left, failed: tasks of this region.
        tasks: asked in this run.
        requests: sent in this run.
        seconds: since this run began.
    """

    cells: int
    apartments: int
    reviews: int
    done: int
    left: int
    failed: int
    tasks: int
    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the pace of this run so far, or None before there is one."""
        return self.left * self.seconds / self.tasks if self.tasks else None


class Progress:
    """Is told how it goes."""

    def update(self, figures: Figures) -> None:
        """About once a second, and at the end."""

    def problem(self, fact: str) -> None:
        """Log a task that failed for good."""
        log.warning("%s", fact)

    def close(self) -> None:
        """The run is over."""


class Bar(Progress):
    """A bar on a terminal."""

    def __init__(self) -> None:
        self._bar = tqdm(
            unit="answer",
            dynamic_ncols=True,
            bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]",
        )

    def update(self, figures: Figures) -> None:
        """Move the bar to these figures."""
        self._bar.total = figures.done + figures.left + figures.failed
        self._bar.n = figures.done + figures.failed
        left = figures.seconds_left
        self._bar.set_postfix_str(
            f"{figures.cells:,} cells, {figures.apartments:,} apartments, "
            f"{figures.reviews:,} reviews, {figures.rate:.1f}/s"
            + (f", {duration(left)} left" if left is not None else "")
        )

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()


class Lines(Progress):
    """A line of the log every `every` seconds, where there is no terminal.

    Args:
        every: seconds.
        last: a line at the end of a short run too.
    """

    def __init__(self, every: float = 60, last: bool = False) -> None:
        self.every, self.last = every, last
        self._last = time.monotonic()
        self._figures: Figures | None = None

    def update(self, figures: Figures) -> None:
        """Write a line when the last is old enough."""
        self._figures = figures
        if time.monotonic() - self._last >= self.every:
            self._last = time.monotonic()
            self._say(figures)

    def close(self) -> None:
        """Write the last line, where there is something to tell."""
        if self._figures is not None and (self.last or self._figures.seconds > self.every):
            self._say(self._figures)

    def _say(self, figures: Figures) -> None:
        left = figures.seconds_left
        log.info(
            "%s cells, %s apartments, %s reviews, %s answers left, %s failed, %.2f requests/s%s",
            f"{figures.cells:,}",
            f"{figures.apartments:,}",
            f"{figures.reviews:,}",
            f"{figures.left:,}",
            f"{figures.failed:,}",
            figures.rate,
            f", {duration(left)} left" if left is not None else "",
            extra={"figures": asdict(figures) | {"seconds_left": left}},
        )


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, message, and the figures where there are some."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        return json.dumps(fields | getattr(record, "figures", {}), ensure_ascii=False)


def choose(json_logs: bool = False) -> Progress:
    """The bar on a terminal, lines elsewhere; JSON lines come more often."""
    if json_logs:
        return Lines(every=10, last=True)
    quiet = log.level > logging.INFO
    return Bar() if sys.stderr.isatty() and not quiet else Lines()
