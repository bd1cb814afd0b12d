"""Values from -1 to 1 as coloured cells: a row for each name, a column for each number."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from zigbang_nlp.charts.map import Scale
from zigbang_nlp.charts.svg import drawing, el, percent, words

_ROW, _HEAD = 24, 20
_LEFT = 0.2
_SCALE = Scale(centre=0.0, spread=1.0)


def heat_map(
    names: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float]],
    label: str,
) -> Markup:
    """The cells, orange for -1 over grey for 0 to blue for 1; each tells its value.

    Args:
        names: of the rows, the first on top.
        columns: above the columns.
        values: a row for each name, a number for each column, in [-1, 1].
        label: what the chart shows.
    """
    wide = (1 - _LEFT) / max(1, len(columns))
    parts = [
        words(column, "axis", _LEFT + wide * (i + 0.5), 13, "middle")
        for i, column in enumerate(columns)
        # Every second one, or a phone's numbers would run into each other.
        if i % 2 == 0
    ]
    for row, (name, cells) in enumerate(zip(names, values, strict=True)):
        y = _HEAD + _ROW * row
        parts.append(words(name, "cell-name", 0, y + 16))
        parts += [
            el(
                "rect",
                el("title", f"{name}, {column}: {value:+.3f}"),
                class_=f"s{_SCALE.step(value)}",
                x=percent(_LEFT + wide * i),
                y=y,
                width=percent(wide * 0.94),
                height=_ROW - 2,
                rx=2,
            )
            for i, (column, value) in enumerate(zip(columns, cells, strict=True))
        ]
    return drawing(parts, _HEAD + _ROW * len(names), label, "heat-map")
