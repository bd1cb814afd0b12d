"""Where: the map, the ranking of complexes and of regions, and what places stand out in."""

from __future__ import annotations

import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.charts.rows import interval_rows
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.chart_rows import complexes_map, rows_of, share
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Build, Material, Section, View, section
from zigbang_nlp.report.sections.pros_and_cons import pros_and_cons

#: Rows of each end of a ranking that are drawn.
_DRAWN = 12
_REGIONS = {
    "district": N_("주소를 기준으로 한 시군구별 만족도입니다. 점선은 전체 긍정 비율입니다."),
    "neighbourhood": N_("주소를 기준으로 한 동별 만족도입니다. 점선은 전체 긍정 비율입니다."),
}
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
    views: dict[str, Build] = {
        "map": _map,
        "ranking": _ranking,
        "regions": _regions,
        "standouts": _standouts,
        "pros_and_cons": pros_and_cons,
    }
    return section(material, "places", views)


def _map(material: Material) -> View:
    say = material.say
    insight.where(material.corpus, "geohash")  # says so where nothing has coordinates
    table = ranked(material, insight.where(material.corpus))
    known = table[table["latitude"].notna() & table["longitude"].notna() & table["geohash"].notna()]
    left_out = len(table) - len(known)
    sentences = [
        say(
            "단지 {complexes:,}곳의 위치입니다. 색은 보정한 만족도(회색은 전체 평균과 유의한 차이 없음), 크기는 리뷰 수를 나타냅니다.",
            complexes=len(known),
        )
    ]
    if left_out:
        sentences.append(
            say("좌표가 없는 단지 {complexes:,}곳은 지도에서 제외했습니다.", complexes=left_out)
        )
    chart = complexes_map(known, float(table.attrs["overall"]), say("단지 지도"))
    return View("map", sentences, chart, known, _COLUMNS | {"district": "text"})


def ranked(material: Material, table: pd.DataFrame) -> pd.DataFrame:
    """A table of `insight.where` with the rank as people say it: 공동 3위."""
    say = material.say
    texts = [
        say("공동 {rank:,}위 ({tied:,}곳)" if tied > 1 else N_("{rank:,}위"), rank=rank, tied=tied)
        for rank, tied in zip(table["rank"], table["tied"], strict=True)
    ]
    with_ranks = table.assign(ranked=texts)
    with_ranks.attrs = table.attrs
    return with_ranks


def _ranking(material: Material) -> View:
    say = material.say
    insight.standouts(material.corpus)  # says so where there is one complex only
    table = ranked(material, insight.where(material.corpus))
    overall = float(table.attrs["overall"])
    if len(table) <= 2 * _DRAWN:
        drawn, sentences = table, []
    else:
        drawn = pd.concat([table.head(_DRAWN), table.tail(_DRAWN)])
        sentences = [
            say(
                "단지 {complexes:,}곳 중 상위와 하위 {drawn}곳씩입니다.",
                drawn=_DRAWN,
                complexes=len(table),
            )
        ]
    first = table.iloc[0]
    if first["tied"] == len(table):
        sentences.append(
            say(
                "통계적으로 유의한 차이가 없어 단지 {complexes:,}곳이 모두 공동 1위입니다. 순서는 참고용입니다.",
                complexes=len(table),
            )
        )
    elif first["tied"] > 1:
        sentences.append(
            say(
                "{tied:,}곳이 공동 1위입니다. 서로의 차이는 신뢰구간 안에 있습니다.",
                tied=first["tied"],
            )
        )
    else:
        sentences.append(
            say(
                "{name}이(가) 단독 1위입니다(보정한 만족도 {score:.1%}).",
                name=first["name"],
                score=first["score"],
            )
        )
    sentences.append(
        say(
            "보정한 만족도는 리뷰가 적을수록 지역 평균에 가깝게 조정한 긍정 비율입니다. 순위는 95% 신뢰구간의 하한으로 매기므로, 좋은 리뷰 세 건이 좋은 리뷰 삼백 건을 앞서지 않습니다. 점선은 전체 긍정 비율입니다."
        )
    )
    chart = interval_rows(
        rows_of(drawn, "name", "score", count="texts"), say("단지 순위"), share, middle=overall
    )
    return View("ranking", sentences, chart, table, _COLUMNS, rows=drawn)


def _regions(material: Material) -> View:
    say = material.say
    by: insight.By = "district"
    table = insight.where(material.corpus, by)
    if len(table) < 2:
        by = "neighbourhood"
        table = insight.where(material.corpus, by)
    overall = float(table.attrs["overall"])
    table = ranked(material, table).rename(columns={by: "name"})
    chart = interval_rows(
        rows_of(table.head(2 * _DRAWN), "name", "score", count="texts"),
        say("지역별 만족도"),
        share,
        middle=overall,
    )
    return View("regions", [say(_REGIONS[by])], chart, table, _COLUMNS)


def _standouts(material: Material) -> View:
    say = material.say
    table = insight.standouts(material.corpus)
    significant = table[table["significant"]]
    named = significant.assign(category=significant["category"].map(say.category))
    columns = {
        "name": "text",
        "category": "text",
        "share": "percent",
        "other_share": "percent",
        "difference": "points",
        "low": "points",
        "high": "points",
        "texts": "count",
        "q_value": "p",
    }
    if significant.empty:
        return View(
            "standouts",
            [
                say(
                    "단지와 항목의 조합 {pairs:,}개를 비교했으나, 다중 비교를 보정하면 다른 단지와 유의하게 다른 조합이 없습니다.",
                    pairs=len(table),
                )
            ],
            table=table,
        )
    texts = material.corpus.texts
    quotes = []
    for row in significant.head(4).to_dict("records"):
        better = row["difference"] > 0
        chosen = texts["complex"].eq(row["complex"]) & texts["category"].eq(row["category"])
        chosen &= texts["positive"].eq(float(better))
        key = (
            N_(
                "{name}: {category} 만족도가 다른 단지보다 높습니다 ({share:.0%}, 다른 단지 {other:.0%})"
            )
            if better
            else N_(
                "{name}: {category} 만족도가 다른 단지보다 낮습니다 ({share:.0%}, 다른 단지 {other:.0%})"
            )
        )
        about = say(
            key,
            name=row["name"],
            category=say.category(row["category"]),
            share=row["share"],
            other=row["other_share"],
        )
        quotes.append((about, representative(material, chosen.to_numpy())))
    sentences = [
        say(
            "단지와 항목의 조합 {pairs:,}개 중 {found:,}개가 다른 단지와 5%p 넘게 다르다고 볼 수 있습니다(최소 효과 검정, 거짓 발견율 5%).",
            found=len(significant),
            pairs=len(table),
        )
    ]
    return View("standouts", sentences, None, table, columns, rows=named, quotes=quotes)
