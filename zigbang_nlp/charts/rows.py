"""Charts with a name on each row: dots with intervals, and bars to both sides of a middle.

Names and figures are text beside the drawings, so they wrap on a phone, break between pages on
paper, and are read out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from zigbang_nlp.charts.svg import el, line, percent, words

#: Names of colours in `charts.css`.
Tone = Literal["positive", "negative", "base"]

_HEIGHT = 22
_PAD = 0.02


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        name: whose value it is.
        value: its place, in the unit of the axis.
        low, high: its interval; NaN where it has none.
        figure: the value as people read it.
        note: more about it: its interval, how many it stands on.
        tone: its colour; None lets `tone` decide.
    """

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    figure: str = ""
    note: str = ""
    tone: Tone | None = None


def tone(low: float, high: float, middle: float) -> Tone:
    """The colour of a value with its interval: the one rule of all charts.

    Args:
        low: lower end of the interval, in the unit of `middle`; NaN where it isn't known.
        high: upper end.
        middle: what it is compared with.

    Returns:
        "positive" or "negative" where the whole interval lies on that side of `middle`; "base",
        which is grey, where the two can't be told apart.
    """
    if low > middle:
        return "positive"
    return "negative" if high < middle else "base"


def interval_rows(
    rows: Sequence[Row],
    label: str,
    axis: Callable[[float], str],
    *,
    middle: float | None = None,
    span: tuple[float, float] = (0.0, 1.0),
) -> Markup:
    """A dot a row with its interval, the first row on top.

    Args:
        rows: in the order shown.
        label: what the chart shows.
        axis: a place on the axis as people read it.
        middle: what the rows are compared with, drawn as a dotted line. A row is coloured where its
            interval lies on one side of it; without a middle all are of one colour.
        span: both ends of the axis; values beyond are drawn at the end.
    """
    place = _scale(*span)

    def drawn(row: Row) -> list[Markup]:
        colour = row.tone or ("a" if middle is None else tone(row.low, row.high, middle))
        y = _HEIGHT / 2
        parts = [el("rect", class_="track", x=0, y=3, width="100%", height=_HEIGHT - 6, rx=4)]
        if row.low == row.low and row.high == row.high:
            parts.append(line(f"whisker {colour}", place(row.low), y, place(row.high), y))
        parts.append(el("circle", class_=f"dot {colour}", cx=percent(place(row.value)), cy=y, r=5))
        return parts

    return _list(rows, label, axis, place, drawn, middle, span)


def bar_rows(rows: Sequence[Row], label: str, axis: Callable[[float], str]) -> Markup:
    """A bar a row to the left or right of zero; both sides reach equally far.

    Args:
        rows: in the order shown; each has its `tone`.
        label: what the chart shows.
        axis: a place on the axis as people read it.
    """
    reach = max((abs(row.value) for row in rows), default=0.0) or 1.0
    span = (-reach, reach)
    place = _scale(*span)

    def drawn(row: Row) -> list[Markup]:
        begin, end = sorted((place(0.0), place(row.value)))
        bar = el(
            "rect",
            class_=f"bar {row.tone or 'base'}",
            x=percent(begin),
            y=4,
            width=percent(end - begin),
            height=_HEIGHT - 8,
            rx=3,
        )
        return [bar]

    return _list(rows, label, axis, place, drawn, 0.0, span)


def _list(
    rows: Sequence[Row],
    label: str,
    axis: Callable[[float], str],
    place: Callable[[float], float],
    drawn: Callable[[Row], list[Markup]],
    middle: float | None,
    span: tuple[float, float],
) -> Markup:
    items = []
    for row in rows:
        parts = drawn(row)
        if middle is not None:
            at = place(middle)
            parts.insert(1, line("middle", at, 0, at, _HEIGHT))
        picture = el(
            "svg", *parts, class_="chart", width="100%", height=_HEIGHT, aria_hidden="true"
        )
        figures = [el("strong", row.figure)] if row.figure else []
        if row.note:
            figures.append(el("span", row.note, class_="soft"))
        items.append(
            el(
                "li",
                el("span", row.name, class_="name", dir="auto"),
                picture,
                el("span", *figures, class_="figures"),
            )
        )
    # An end beside the middle leaves its label out, as on a phone one would lie on the other.
    least = (span[1] - span[0]) / 6
    near = [end for end in span if middle is not None and 0 < abs(end - middle) < least]
    marked = {*span, *([] if middle is None else [middle])} - {*near}
    anchors = {span[0]: "start", span[1]: "end"}
    ticks = [
        words(axis(value), "axis", place(value), 12, anchors.get(value, "middle"))
        for value in sorted(marked)
    ]
    scale = el("svg", *ticks, class_="chart", width="100%", height=16)
    items.append(el("li", el("span"), scale, el("span"), class_="scale", aria_hidden="true"))
    return el("ol", *items, class_="rows-chart", aria_label=label)


def _scale(first: float, last: float) -> Callable[[float], float]:
    width = (last - first) or 1.0

    def place(value: float) -> float:
        share = min(max((value - first) / width, 0.0), 1.0) if value == value else 0.5
        return _PAD + (1 - 2 * _PAD) * share

    return place
