"""Shares with their intervals on a track from 0 to 100%."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from zigbang_nlp.charts.svg import drawing, el, line, percent

_PAD = 0.02


@dataclass(frozen=True)
class Mark:
    """A share in [0, 1] with its interval; `series` is its colour's class (a, b, c or base).

    `raw` is a second share to be shown as a stroke: what was counted, where `value` is shrunk.
    """

    value: float
    low: float
    high: float
    series: str = "a"
    raw: float | None = None


def interval(marks: Sequence[Mark], label: str, row: int = 22) -> Markup:
    """Marks below each other on one track from 0 to 100%, a line of 50% behind them.

    Args:
        marks: from above; what lies outside of [0, 1] is cut off.
        label: the text alternative.
        row: pixels a mark, of the drawing's height.
    """
    height = max(row, row * len(marks))
    half = _x(0.5)
    parts = [
        el("rect", class_="track", x=0, y=0, width="100%", height=height, rx=4),
        line("half", half, 0, half, height),
    ]
    for number, mark in enumerate(marks):
        middle = row * number + row / 2
        low, high = _x(max(0.0, mark.low)), _x(min(1.0, mark.high))
        parts.append(line(f"whisker {mark.series}", low, middle, high, middle))
        if mark.raw is not None:
            x = _x(mark.raw)
            parts.append(line("raw", x, middle - row / 2 + 3, x, middle + row / 2 - 3))
        at = percent(_x(mark.value))
        parts.append(el("circle", class_=f"dot {mark.series}", cx=at, cy=middle, r=5))
    return drawing(parts, height, label, "interval")


def _x(share: float) -> float:
    return _PAD + (1 - 2 * _PAD) * min(max(share, 0.0), 1.0)
