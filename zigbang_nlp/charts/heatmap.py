"""Values from -1 to 1 as coloured cells: a row for each name, a column for each number."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from zigbang_nlp.charts.svg import drawing, el, percent

_ROW, _HEAD = 24, 20
_LEFT = 0.2
#: Colours of the map's scale, `s0` to `s6`; the middle one is grey.
_STEPS, _MIDDLE = 6, 3


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
        el(
            "text",
            column,
            class_="axis",
            x=percent(_LEFT + wide * (i + 0.5)),
            y=13,
            text_anchor="middle",
        )
        for i, column in enumerate(columns)
        # Every second one, or a phone's numbers would run into each other.
        if i % 2 == 0
    ]
    for row, (name, cells) in enumerate(zip(names, values, strict=True)):
        y = _HEAD + _ROW * row
        parts.append(el("text", name, class_="cell-name", x="0", y=y + 16))
        parts += [
            el(
                "rect",
                el("title", f"{name}, {column}: {value:+.3f}"),
                class_=f"s{_step(value)}",
                x=percent(_LEFT + wide * i),
                y=y,
                width=percent(wide * 0.94),
                height=_ROW - 2,
                rx=2,
            )
            for i, (column, value) in enumerate(zip(columns, cells, strict=True))
        ]
    return drawing(parts, _HEAD + _ROW * len(names), label, "heat-map")


def _step(value: float) -> int:
    """The colour of a value, 0 to 6.

    >>> [_step(value) for value in (-1, -0.1, 0, 0.4, 1.0, float("nan"))]
    [0, 3, 3, 4, 6, 3]
    """
    if value != value:
        return _MIDDLE
    return min(_STEPS, max(0, _MIDDLE + round(_MIDDLE * value)))
