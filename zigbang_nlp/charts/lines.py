"""A share over time: a line with a whisker a period, and bars of how many stand behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from zigbang_nlp.charts.svg import drawing, el, percent

_TOP, _PLOT, _BARS, _FOOT = 10, 150, 26, 20
_LEFT, _RIGHT = 0.09, 0.02
#: Labels of periods that fit below a phone's chart.
_LABELS = 4


@dataclass(frozen=True)
class Point:
    """One period: its label, a share or NaN, its interval, and how many it stands on."""

    label: str
    value: float
    low: float
    high: float
    count: int


def over_time(
    points: Sequence[Point],
    label: str,
    whole: bool = True,
    marks: Sequence[tuple[str, str]] = (),
) -> Markup:
    """The line of a share.

    Args:
        points: at least one, in order; NaN values are gaps.
        label: what it shows, for those who can't see it.
        whole: the scale reaches to 100%; else to the highest value, for rates.
        marks: (label of a point, what is said of it) of moments to point out.
    """
    most = 1.0 if whole else _nice(max((p.value for p in points if p.value == p.value), default=0))
    heaviest = max((p.count for p in points), default=0) or 1
    height = _TOP + _PLOT + _BARS + _FOOT
    parts: list[Markup] = []
    for part in (0.0, 0.5, 1.0):
        y = _y(part)
        parts.append(el("line", class_="grid", x1=percent(_LEFT), x2="98%", y1=y, y2=y))
        parts.append(
            el(
                "text",
                _percent_text(part * most),
                class_="axis",
                x="0",
                y=y + 4,
                text_anchor="start",
            )
        )
    places = [_x(i, len(points)) for i in range(len(points))]
    wide = min(0.012, 0.5 * (1 - _LEFT - _RIGHT) / len(points))
    for x, point in zip(places, points, strict=True):
        bar = (_BARS - 4) * point.count / heaviest
        foot = _TOP + _PLOT + _BARS
        parts.append(
            el(
                "rect",
                el("title", f"{point.label}: {point.count:,}"),
                class_="weight",
                x=percent(x - wide / 2),
                width=percent(wide),
                y=foot - bar,
                height=bar,
            )
        )
    known = [(x, p) for x, p in zip(places, points, strict=True) if p.value == p.value]
    for x, p in known:
        parts.append(
            el(
                "line",
                class_="whisker thin a",
                x1=percent(x),
                x2=percent(x),
                y1=_y(min(p.high / most, 1)),
                y2=_y(max(p.low / most, 0)),
            )
        )
    for (x, p), (x2, p2) in pairwise(zip(places, points, strict=True)):
        if p.value != p.value or p2.value != p2.value:
            continue  # nothing is known between them: the line has a gap
        parts.append(
            el(
                "line",
                class_="stroke a",
                x1=percent(x),
                x2=percent(x2),
                y1=_y(p.value / most),
                y2=_y(p2.value / most),
            )
        )
    for x, p in known:
        title = (
            f"{p.label}: {_percent_text(p.value)} ({_percent_text(p.low)}–{_percent_text(p.high)})"
        )
        parts.append(
            el(
                "circle",
                el("title", title),
                class_="dot a",
                cx=percent(x),
                cy=_y(p.value / most),
                r=3.5,
            )
        )
    parts += _labels(places, points, height)
    parts += _marks(places, points, marks)
    return drawing(parts, height, label, "over-time")


def _marks(
    places: Sequence[float], points: Sequence[Point], marks: Sequence[tuple[str, str]]
) -> list[Markup]:
    where = {point.label: x for x, point in zip(places, points, strict=True)}
    elements = []
    for number, (label, mark) in enumerate(m for m in marks if m[0] in where):
        x = where[label]
        elements.append(
            el("line", class_="change", x1=percent(x), x2=percent(x), y1=_TOP, y2=_TOP + _PLOT)
        )
        right = x > 0.7
        elements.append(
            el(
                "text",
                mark,
                class_="axis change",
                x=percent(x - 0.006 if right else x + 0.006),
                y=_TOP + 12 + 14 * (number % 3),
                text_anchor="end" if right else "start",
            )
        )
    return elements


def _labels(places: Sequence[float], points: Sequence[Point], height: int) -> list[Markup]:
    step = max(1, math.ceil(len(points) / _LABELS))
    elements = []
    for i in range(0, len(points), step):
        anchor = "end" if places[i] > 0.9 else "middle" if i else "start"
        elements.append(
            el(
                "text",
                points[i].label,
                class_="axis",
                x=percent(places[i]),
                y=height - 4,
                text_anchor=anchor,
            )
        )
    return elements


def _x(i: int, count: int) -> float:
    room = 1 - _LEFT - _RIGHT
    return _LEFT + room * ((i + 0.5) / count)


def _y(part: float) -> float:
    return _TOP + _PLOT * (1 - part)


def _nice(highest: float) -> float:
    """The next of 1, 2, 5, 10, 20 ... per cent above a rate."""
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        if highest <= step:
            return step
    return 1.0


def _percent_text(value: float) -> str:
    return f"{100 * value:.0f}%" if value >= 0.1 or value == 0 else f"{100 * value:.1f}%"
