"""Where: the map, the ranking of complexes and of regions, and what places stand out in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.geo.districts import outline
from zigbang_nlp.report.chart_map import place_map
from zigbang_nlp.report.chart_rows import intervals
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material, Section, View, section

#: Rows of each end of a ranking that are drawn.
_DRAWN = 12
#: Degrees by which the borders on the map may move, about 300 m.
_TOLERANCE = 0.003
_COLUMNS = {
    "ranked": "text",
    "name": "text",
    "score": "percent",
    "low": "percent",
    "high": "percent",
    "share": "percent",
    "texts": "count",
    "reviews": "count",
}


def places(material: Material) -> Section:
    """The section about places."""
    views = {"map": _map, "ranking": _ranking, "regions": _regions, "standouts": _standouts}
    return section(material, "places", views)


def _map(material: Material) -> View:
    say = material.say
    insight.where(material.corpus, "geohash")  # says so where nothing has coordinates
    table = ranked(material, insight.where(material.corpus))
    known = table[table["latitude"].notna() & table["longitude"].notna() & table["geohash"].notna()]
    left_out = len(table) - len(known)
    said = [say("map.said", complexes=len(known))]
    if left_out:
        said.append(say("map.left_out", complexes=left_out))
    rings = [r for name in ("서울", "경기", "부산") for r in outline(name, _TOLERANCE)]
    words = {"score": say("column.score"), "texts": say("column.texts")}
    chart = place_map(known, [r for r in rings if _near(r, known)], say("title.map"), words)
    return View("map", said, chart, known, _COLUMNS | {"district": "text"})


def _near(ring: list[tuple[float, float]], known: pd.DataFrame) -> bool:
    """Whether the box of an outline holds one of the complexes."""
    x, y = np.asarray(ring).T
    inside = known["longitude"].between(x.min(), x.max()) & known["latitude"].between(
        y.min(), y.max()
    )
    return bool(inside.any())


def ranked(material: Material, table: pd.DataFrame) -> pd.DataFrame:
    """A table of `insight.where` with the rank as people say it: 공동 3위."""
    say = material.say
    texts = [
        say("rank.tied" if tied > 1 else "rank.alone", rank=rank, tied=tied)
        for rank, tied in zip(table["rank"], table["tied"], strict=True)
    ]
    return table.assign(ranked=texts)


def _ranking(material: Material) -> View:
    say = material.say
    insight.standouts(material.corpus)  # says so where there is one complex only
    table = ranked(material, insight.where(material.corpus))
    overall = float(table["positive"].sum() / table["texts"].sum())
    if len(table) <= 2 * _DRAWN:
        drawn, said = table, []
    else:
        drawn = pd.concat([table.head(_DRAWN), table.tail(_DRAWN)])
        said = [say("ranking.ends", drawn=_DRAWN, complexes=len(table))]
    first = table.iloc[0]
    if first["tied"] == len(table):
        said.append(say("ranking.all_tied", complexes=len(table)))
    elif first["tied"] > 1:
        said.append(say("ranking.tied", tied=first["tied"]))
    else:
        said.append(say("ranking.first", name=first["name"], score=first["score"]))
    said.append(say("ranking.how"))
    chart = intervals(
        drawn,
        "name",
        "score",
        say("column.score"),
        say("title.ranking"),
        middle=overall,
        count="texts",
    )
    return View("ranking", said, chart, table, _COLUMNS, rows=drawn)


def _regions(material: Material) -> View:
    say = material.say
    by: insight.By = "district"
    table = insight.where(material.corpus, by)
    if len(table) < 2:
        by = "neighbourhood"
        table = insight.where(material.corpus, by)
    table = ranked(material, table).rename(columns={by: "name"})
    chart = intervals(
        table.head(2 * _DRAWN),
        "name",
        "score",
        say("column.score"),
        say("title.regions"),
        middle=float(table["positive"].sum() / table["texts"].sum()),
        count="texts",
    )
    return View("regions", [say(f"regions.{by}")], chart, table, _COLUMNS)


def _standouts(material: Material) -> View:
    say = material.say
    table = insight.standouts(material.corpus)
    found = table[table["significant"]]
    named = found.assign(category=found["category"].map(say.category))
    columns = {
        "name": "text",
        "category": "text",
        "share": "percent",
        "other_share": "percent",
        "difference": "signed_percent",
        "low": "signed_percent",
        "high": "signed_percent",
        "texts": "count",
        "q_value": "p",
    }
    if found.empty:
        return View("standouts", [say("standouts.none", pairs=len(table))], table=table)
    texts = material.corpus.texts
    quotes = []
    for row in found.head(4).to_dict("records"):
        better = row["difference"] > 0
        chosen = texts["complex"].eq(row["complex"]) & texts["category"].eq(row["category"])
        chosen &= texts["positive"].eq(float(better))
        key = "standouts.better" if better else "standouts.worse"
        about = say(
            key,
            name=row["name"],
            category=say.category(row["category"]),
            share=row["share"],
            other=row["other_share"],
        )
        quotes.append((about, representative(material, chosen.to_numpy())))
    said = [say("standouts.said", found=len(found), pairs=len(table))]
    return View("standouts", said, None, table, columns, rows=named, quotes=quotes)
