"""A share over time: a line with a whisker a period, and bars of how many stand behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from zigbang_nlp.charts.svg import drawing, el, line, percent, words

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
    highest = 1.0 if whole else max((p.value for p in points if p.value == p.value), default=0)
    # The next of 1, 2, 5, 10, 20 ... per cent above a rate.
    most = next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if highest <= step), 1.0)
    heaviest = max((p.count for p in points), default=0) or 1
    height = _TOP + _PLOT + _BARS + _FOOT
    parts: list[Markup] = []
    for part in (0.0, 0.5, 1.0):
        y = _y(part)
        parts.append(line("grid", _LEFT, y, 1 - _RIGHT, y))
        parts.append(words(_percent_text(part * most), "axis", 0, y + 4))
    room = 1 - _LEFT - _RIGHT
    places = [_LEFT + room * (i + 0.5) / len(points) for i in range(len(points))]
    wide = min(0.012, 0.5 * room / len(points))
    for x, point in zip(places, points, strict=True):
        title = el("title", f"{point.label}: {point.count:,}")
        bar = (_BARS - 4) * point.count / heaviest
        box = {"x": percent(x - wide / 2), "width": percent(wide)}
        parts.append(el("rect", title, class_="weight", **box, y=height - _FOOT - bar, height=bar))
    known = [(x, p) for x, p in zip(places, points, strict=True) if p.value == p.value]
    parts += [
        line("whisker thin a", x, _y(min(p.high / most, 1)), x, _y(max(p.low / most, 0)))
        for x, p in known
    ]
    parts += [
        line("stroke a", x, _y(p.value / most), x2, _y(p2.value / most))
        for (x, p), (x2, p2) in pairwise(zip(places, points, strict=True))
        # Where nothing is known, the line has a gap.
        if p.value == p.value and p2.value == p2.value
    ]
    for x, p in known:
        value, low, high = map(_percent_text, (p.value, p.low, p.high))
        title = el("title", f"{p.label}: {value} ({low}–{high})")
        y = _y(p.value / most)
        parts.append(el("circle", title, class_="dot a", cx=percent(x), cy=y, r=3.5))
    for i in range(0, len(points), math.ceil(len(points) / _LABELS)):
        anchor = "end" if places[i] > 0.9 else "middle" if i else "start"
        parts.append(words(points[i].label, "axis", places[i], height - 4, anchor))
    parts += _marks(places, points, marks)
    return drawing(parts, height, label, "over-time")


def _marks(
    places: Sequence[float], points: Sequence[Point], marks: Sequence[tuple[str, str]]
) -> Iterator[Markup]:
    where = {point.label: x for x, point in zip(places, points, strict=True)}
    for number, (label, mark) in enumerate(m for m in marks if m[0] in where):
        x = where[label]
        yield line("change", x, _TOP, x, _TOP + _PLOT)
        y = _TOP + 12 + 14 * (number % 3)
        # To the left of its line where there is no room to the right of it.
        beside, anchor = (-0.006, "end") if x > 0.7 else (0.006, "start")
        yield words(mark, "axis change", x + beside, y, anchor)


def _y(part: float) -> float:
    return _TOP + _PLOT * (1 - part)


def _percent_text(value: float) -> str:
    return f"{100 * value:.0f}%" if value >= 0.1 or value == 0 else f"{100 * value:.1f}%"
