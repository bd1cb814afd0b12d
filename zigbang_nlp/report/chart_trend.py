"""Shares over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.report.chart import Chart, line_at, number, shown


def trend_line(
    table: pd.DataFrame, axis: str, label: str, marks: Sequence[tuple[str, str]] = ()
) -> Chart:
    """Shares over time with their band; see `insight.TREND_COLUMNS`.

    Args:
        table: of `insight.trend`.
        axis: title of the value axis.
        label: for `Chart.label`.
        marks: (day, what changed) for each change point.
    """
    when = [str(day)[:10] for day in table["period"]]
    told = [
        [shown(name), f"{n:,}", number(lo, True), number(hi, True)]
        for name, n, lo, hi in zip(
            table["label"], table["texts"], table["low"], table["high"], strict=True
        )
    ]
    known = table["texts"].to_numpy() > 0
    edge = {"type": "scatter", "mode": "lines", "x": when, "line": {"width": 0}}
    low, high = (np.where(known, table[c].to_numpy(float), np.nan) for c in ("low", "high"))
    data: list[dict[str, Any]] = [
        edge | {"y": low, "hoverinfo": "skip"},
        edge | {"y": high, "fill": "tonexty", "fillcolor": "@band", "hoverinfo": "skip"},
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": when,
            "y": table["share"],
            "customdata": told,
            "hovertemplate": "%{customdata[0]}<br>%{y:.1%} (%{customdata[2]}–%{customdata[3]})"
            " · n=%{customdata[1]}<extra></extra>",
            "line": {"color": "@positive", "width": 2.5},
            "marker": {"size": 6},
        },
    ]
    shapes = [line_at(day) | {"line": {"color": "@negative", "dash": "dash"}} for day, _ in marks]
    notes = [
        {
            "x": day,
            "y": 1,
            "yref": "paper",
            "text": shown(text),
            "showarrow": False,
            "xanchor": "left",
            "yanchor": "top",
            "font": {"color": "@negative", "size": 12},
        }
        for day, text in marks
    ]
    layout = {
        "yaxis": {"title": {"text": axis}, "tickformat": ".0%"},
        "xaxis": {"type": "date"},
        "shapes": shapes,
        "annotations": notes,
    }
    return Chart(data, layout, 340, label)
