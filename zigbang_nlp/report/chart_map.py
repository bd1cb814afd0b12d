"""Complexes at their coordinates, without a map server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from zigbang_nlp.report.chart import Chart, number, shown

#: Scores that differ by less than this from the mean are shown nearly grey: the deepest colours
#: mean at least this difference, so that noise doesn't look like a finding.
_LEAST_SPREAD = 0.1


def place_map(
    table: pd.DataFrame,
    rings: Sequence[Sequence[tuple[float, float]]],
    label: str,
    words: Mapping[str, str],
) -> Chart:
    """Complexes at their coordinates: colour is the score, size the number of texts.

    Args:
        table: `insight.where(corpus)`, rows with coordinates.
        rings: outlines of (longitude, latitude), drawn below.
        label: for `Chart.label`.
        words: "score" and "texts" as people read them.
    """
    ground = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [x for x, _ in ring] + [ring[0][0]],
            "y": [y for _, y in ring] + [ring[0][1]],
            "line": {"color": "@middle", "width": 1.2},
            "hoverinfo": "skip",
        }
        for ring in rings
    ]
    drawn = table.sort_values("texts", ascending=False)  # small ones stay on top
    texts = drawn["texts"].to_numpy(float)
    spread = max(float(np.abs(drawn["score"] - drawn["score"].mean()).max()), _LEAST_SPREAD)
    centre = float(drawn["score"].mean())
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": drawn["longitude"],
        "y": drawn["latitude"],
        "customdata": [
            [shown(name), f"{n:,}", number(score, True), number(lo, True), number(hi, True)]
            for name, n, score, lo, hi in drawn[
                ["name", "texts", "score", "low", "high"]
            ].itertuples(index=False)
        ],
        "hovertemplate": f"<b>%{{customdata[0]}}</b><br>{shown(words['score'])} %{{customdata[2]}}"
        f" (%{{customdata[3]}}–%{{customdata[4]}})<br>{shown(words['texts'])} %{{customdata[1]}}"
        "<extra></extra>",
        "marker": {
            "size": 6 + 12 * np.sqrt(texts / texts.max()),
            "color": drawn["score"],
            "cmin": centre - spread,
            "cmax": centre + spread,
            "colorscale": [[0, "@negative"], [0.5, "@middle"], [1, "@positive"]],
            "line": {"width": 1, "color": "@surface"},
            "opacity": 0.9,
            "colorbar": {
                "thickness": 10,
                "tickformat": ".0%",
                "len": 0.6,
                "outlinewidth": 0,
                "x": 1.0,
            },
        },
    }
    (left, right), (low, high) = (_reach(drawn[c]) for c in ("longitude", "latitude"))
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    ratio = 1 / float(np.cos(np.radians((low + high) / 2)))
    axis = {"showgrid": False, "zeroline": False, "showticklabels": False, "fixedrange": False}
    layout = {
        "xaxis": axis | {"range": [left, right]},
        "yaxis": axis | {"range": [low, high], "scaleanchor": "x", "scaleratio": ratio},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "hovermode": "closest",
    }
    return Chart([*ground, points], layout, 520, label)


def _reach(degrees: pd.Series) -> tuple[float, float]:
    margin = max(float(np.ptp(degrees)) * 0.06, 0.005)
    return float(degrees.min()) - margin, float(degrees.max()) + margin
