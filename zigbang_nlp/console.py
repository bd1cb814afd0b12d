"""What people see while a stage works: a log on standard error, and progress bars."""

from __future__ import annotations

import logging
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")

#: Everything the package says goes through this logger; the command line shows it on stderr.
log = logging.getLogger("zigbang_nlp")


def progress(
    items: Iterable[Item], description: str, total: int | None = None, unit: str = "texts"
) -> Iterator[Item]:
    """Pass items on with a progress bar on standard error; silent where that is no terminal."""
    return iter(
        tqdm(items, desc=description, total=total, unit=f" {unit}", disable=None, leave=False)
    )


class _ProgressAwareHandler(logging.Handler):
    """Writes above a progress bar instead of through it, to whatever stderr is by then."""

    def emit(self, record: logging.LogRecord) -> None:
        tqdm.write(self.format(record), file=sys.stderr)
        sys.stderr.flush()


def show_log(verbose: bool = False, quiet: bool = False) -> None:
    """Send the package's log to standard error, one plain line a message."""
    log.handlers.clear()
    handler = _ProgressAwareHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO)
    log.propagate = False


def duration(seconds: float) -> str:
    """Hours, minutes and seconds for people: "2 h 05 min", "4 min 10 s", "9 s"."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours:,} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def width(text: str) -> int:
    """Columns a terminal gives to `text`; Hangul takes two a character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> str:
    """Rows in aligned columns, numbers to the right, Hangul measured as it is shown."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(header))]
    numeric = [
        all(isinstance(row[i], int | float) or _looks_numeric(str(row[i])) for row in rows)
        for i in range(len(header))
    ]

    def line(row: Sequence[str]) -> str:
        padded = (
            " " * (w - width(c)) + c if right else c + " " * (w - width(c))
            for c, w, right in zip(row, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    rule = "  ".join("-" * w for w in widths)
    return "\n".join([line(cells[0]), rule, *(line(row) for row in cells[1:])])


def _looks_numeric(cell: str) -> bool:
    return bool(cell) and not set(cell) - set("0123456789.,%-–+ x")
