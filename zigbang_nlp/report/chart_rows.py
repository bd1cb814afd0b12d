"""Charts with a name on each row: dots with intervals, and bars to both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.report.chart import Chart, line_at, number, shown

_ROW = 26  # pixels of each


def intervals(
    table: pd.DataFrame,
    name: str,
    value: str,
    axis: str,
    label: str,
    *,
    low: str = "low",
    high: str = "high",
    percent: bool = True,
    middle: float | None = None,
    count: str | None = None,
    sides: bool = False,
) -> Chart:
    """One dot a row with its interval, names down the side, the first row on top.

    Args:
        table: rows in the order shown.
        name: column of the names.
        value: column of the dots.
        axis: title of the value axis.
        label: for `Chart.label`.
        low: column of the intervals' lower ends.
        high: column of the intervals' upper ends.
        percent: whether values are shares.
        middle: a value to compare with, drawn as a line.
        count: a column whose number is told on hovering.
        sides: see `Chart.sides`.
    """
    names, texts = _unique(table[name]), [shown(n) for n in table[name]]
    values = table[value].to_numpy(float)
    shape = ".0%" if percent else ".2f"
    told = "%{text}<br>%{x:" + (".1%" if percent else ".2f") + "}"
    told += " (%{customdata[0]}–%{customdata[1]})"
    extra = [
        [number(lo, percent), number(hi, percent), *([f"{c:,}"] if count else [])]
        for lo, hi, c in zip(
            table[low], table[high], table[count] if count else table[low], strict=True
        )
    ]
    if count:
        told += " · n=%{customdata[2]}"
    point = {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": names,
        "text": texts,
        "customdata": extra,
        "hovertemplate": told + "<extra></extra>",
        "marker": {"size": 10, "color": _sides(values, middle)},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": table[high].to_numpy(float) - values,
            "arrayminus": values - table[low].to_numpy(float),
            "color": "@muted",
            "thickness": 1.6,
            "width": 0,
        },
    }
    layout: dict[str, Any] = {
        "xaxis": {"title": {"text": axis}, "tickformat": shape, "nticks": 6},
        "yaxis": {
            "autorange": "reversed",
            "tickvals": names,
            "ticktext": [shown(_short(str(n))) for n in table[name]],
        },
        "margin": {"t": 8, "b": 48},
    }
    if middle is not None:
        layout["shapes"] = [line_at(middle)]
    return Chart([point], layout, 64 + _ROW * len(table), label, sides)


def bars(
    table: pd.DataFrame,
    name: str,
    value: str,
    axis: str,
    label: str,
    *,
    shape: str = ".2f",
    told: str = "",
    customdata: Sequence[str] = (),
    log: bool = False,
    sides: bool = False,
) -> Chart:
    """One bar a row to the left or right of zero (or, on a log axis, of 1).

    Args:
        table: rows in the order shown.
        name: column of the names.
        value: column of the bars' ends.
        axis: title of the value axis.
        label: for `Chart.label`.
        shape: d3 format of the values.
        told: plotly's hover template behind the name and the value; may use `customdata` columns.
        customdata: columns that `told` may use.
        log: the values are ratios.
        sides: see `Chart.sides`; without, the colours are neither praise nor complaint.
    """
    names, texts = _unique(table[name]), [shown(n) for n in table[name]]
    values = table[value].to_numpy(float)
    shifted = np.log2(values) if log else values
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": shifted,
        "y": names,
        "text": [format(v, shape.replace("~", "")) for v in values],
        "textposition": "auto",
        "cliponaxis": False,
        "customdata": [
            [t, *row] for t, row in zip(texts, table[list(customdata)].to_numpy(), strict=True)
        ],
        "hovertemplate": "%{customdata[0]}<br>%{text}" + told + "<extra></extra>",
        "marker": {"color": _sides(shifted, 0.0) if sides else _ups(shifted)},
    }
    ticks: dict[str, Any] = {"nticks": 6, "tickformat": shape}
    if log:
        powers = np.arange(np.floor(shifted.min()), np.ceil(shifted.max()) + 1)
        powers = powers[:: max(1, len(powers) // 6)]
        ticks = {"tickvals": powers, "ticktext": [f"{2.0**p:g}" for p in powers]}
    layout = {
        "xaxis": {"title": {"text": axis}, **ticks},
        "yaxis": {
            "autorange": "reversed",
            "tickvals": names,
            "ticktext": [shown(_short(str(n))) for n in table[name]],
        },
        "margin": {"t": 8, "b": 48, "r": 28},
        "bargap": 0.3,
    }
    return Chart([bar], layout, 64 + _ROW * len(table), label, sides)


def _sides(values: np.ndarray, middle: float | None) -> Any:
    if middle is None:
        return "@positive"
    return ["@positive" if value >= middle else "@negative" for value in values]


def _ups(values: np.ndarray) -> list[str]:
    return ["@accent" if value >= 0 else "@muted" for value in values]


def _unique(names: pd.Series) -> list[int]:
    """Places of the rows: two complexes of one name stay two rows."""
    return list(range(len(names)))


def _short(name: str, most: int = 16) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
