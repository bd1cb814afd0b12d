"""Charts with a name on each row: dots with intervals, and bars to both sides of a middle.

Names and figures are text beside the drawings, so they wrap on a phone, break between pages on
paper, and are read out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from zigbang_nlp.charts.highlight import Tone, tone
from zigbang_nlp.charts.svg import el, percent

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
        tone: its colour; None lets `highlight.tone` decide.
    """

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    figure: str = ""
    note: str = ""
    tone: Tone | None = None


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
            parts.append(_line(f"whisker {colour}", place(row.low), place(row.high), y, y))
        parts.append(el("circle", class_=f"dot {colour}", cx=percent(place(row.value)), cy=y, r=5))
        return parts

    return _list(rows, label, axis, place, drawn, middle, span)


def bar_rows(
    rows: Sequence[Row],
    label: str,
    axis: Callable[[float], str],
    *,
    middle: float = 0.0,
) -> Markup:
    """A bar a row to the left or right of a middle; both sides reach equally far.

    Args:
        rows: in the order shown; each has its `tone`.
        label: what the chart shows.
        axis: a place on the axis as people read it.
        middle: where the bars begin.
    """
    reach = max((abs(row.value - middle) for row in rows), default=0.0) or 1.0
    span = (middle - reach, middle + reach)
    place = _scale(*span)

    def drawn(row: Row) -> list[Markup]:
        begin, end = sorted((place(middle), place(row.value)))
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

    return _list(rows, label, axis, place, drawn, middle, span)


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
            at = percent(place(middle))
            parts.insert(1, el("line", class_="middle", x1=at, x2=at, y1=0, y2=_HEIGHT))
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
    ticks = [
        el(
            "text",
            axis(value),
            class_="axis",
            x=percent(place(value)),
            y=12,
            text_anchor={span[0]: "start", span[1]: "end"}.get(value, "middle"),
        )
        for value in sorted(marked)
    ]
    scale = el("svg", *ticks, class_="chart", width="100%", height=16)
    items.append(el("li", el("span"), scale, el("span"), class_="scale", aria_hidden="true"))
    return el("ol", *items, class_="rows-chart", aria_label=label)


def _line(class_: str, x1: float, x2: float, y1: float, y2: float) -> Markup:
    return el("line", class_=class_, x1=percent(x1), x2=percent(x2), y1=y1, y2=y2)


def _scale(first: float, last: float) -> Callable[[float], float]:
    width = (last - first) or 1.0

    def place(value: float) -> float:
        share = min(max((value - first) / width, 0.0), 1.0) if value == value else 0.5
        return _PAD + (1 - 2 * _PAD) * share

    return place
