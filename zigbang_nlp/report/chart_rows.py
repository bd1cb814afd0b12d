"""Frames of `insight` as rows and places of `charts`."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from zigbang_nlp.charts.map import District, Place, place_map, scale_of
from zigbang_nlp.charts.rows import Row
from zigbang_nlp.geo.borders import borders


def share(value: float) -> str:
    """A share on an axis: 25%."""
    return f"{value:.0%}"


def points(value: float) -> str:
    """A difference on an axis: +0.35, and 0 in its middle."""
    return f"{value:+.2f}" if value else "0"


def rows_of(
    table: pd.DataFrame,
    name: str,
    value: str,
    *,
    low: str = "low",
    high: str = "high",
    count: str | None = None,
    percent: bool = True,
) -> list[Row]:
    """One row of a chart for each of a frame.

    Args:
        table: rows in the order shown.
        name: the column of names.
        value: the column of values.
        low: the column of the lower ends of their intervals.
        high: the column of the upper ends.
        count: the column of what each stands on.
        percent: whether values are shares.
    """

    def text(number: float) -> str:
        return "–" if number != number else f"{number:.1%}" if percent else f"{number:+.2f}"

    rows = []
    for row in table.to_dict("records"):
        note = f"{text(row[low])}–{text(row[high])}" if percent else ""
        note = note or f"{text(row[low])} ~ {text(row[high])}"
        if count is not None:
            note += f" · n={int(row[count]):,}"
        rows.append(
            Row(
                str(row[name]), float(row[value]), float(row[low]), float(row[high]),
                text(row[value]), note,
            )
        )  # fmt: skip
    return rows


def reach(table: pd.DataFrame, *columns: str) -> tuple[float, float]:
    """An axis around zero that holds all values of some columns."""
    most = float(table[list(columns)].abs().to_numpy().max()) if len(table) else 1.0
    return (-most, most) if most else (-1.0, 1.0)


def complexes_map(table: pd.DataFrame, overall: float, label: str) -> Markup | None:
    """The map of a frame of `insight.where`: colour is the score, size the number of texts."""
    places = [
        Place(
            str(row["name"]),
            row["district"] if isinstance(row["district"], str) else "",
            float(row["longitude"]),
            float(row["latitude"]),
            float(row["score"]),
            int(row["texts"]),
            "#ranking",
            f"{row['score']:.0%} ({row['low']:.0%}–{row['high']:.0%}), n={row['texts']:,}",
            bool(row["side"]),
        )
        for row in table.to_dict("records")
    ]
    names = [place.district for place in places if place.district]
    districts = [District(name, rings) for name, rings in borders(names)]
    return place_map(places, label, scale_of(table["score"].tolist(), overall), districts)
