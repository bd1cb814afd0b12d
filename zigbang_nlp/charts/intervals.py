"""Shares with their intervals on a track from 0 to 100%."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from zigbang_nlp.charts.svg import drawing, el, percent

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
    parts = [
        el("rect", class_="track", x=0, y=0, width="100%", height=height, rx=4),
        el("line", class_="half", x1=_x(0.5), x2=_x(0.5), y1=0, y2=height),
    ]
    for number, mark in enumerate(marks):
        middle = row * number + row / 2
        low, high = max(0.0, mark.low), min(1.0, mark.high)
        parts.append(
            el(
                "line",
                class_=f"whisker {mark.series}",
                x1=_x(low),
                x2=_x(high),
                y1=middle,
                y2=middle,
            )
        )
        if mark.raw is not None:
            x = _x(mark.raw)
            parts.append(
                el(
                    "line",
                    class_="raw",
                    x1=x,
                    x2=x,
                    y1=middle - row / 2 + 3,
                    y2=middle + row / 2 - 3,
                )
            )
        parts.append(el("circle", class_=f"dot {mark.series}", cx=_x(mark.value), cy=middle, r=5))
    return drawing(parts, height, label, "interval")


def _x(share: float) -> str:
    return percent(_PAD + (1 - 2 * _PAD) * min(max(share, 0.0), 1.0))
