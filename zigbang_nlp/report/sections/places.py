"""Where: the map, the ranking of complexes and of regions, and what places stand out in."""

from __future__ import annotations

from itertools import chain

import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.charts.map import Place, place_map, scale_of
from zigbang_nlp.geo.borders import borders
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.chart_rows import share_rows
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material, View

#: Rows of each end of a ranking that are drawn.
_DRAWN = 12
_REGIONS = {
    "district": N_("주소를 기준으로 한 시군구별 만족도입니다. 점선은 전체 긍정 비율입니다."),
    "neighbourhood": N_("주소를 기준으로 한 동별 만족도입니다. 점선은 전체 긍정 비율입니다."),
}
_COLUMNS = ["ranked", "name", "score", "low", "high", "share", "texts", "reviews"]


def complexes_map(material: Material) -> View:
    """The map: colour is the score, size the number of texts."""
    say = material.say
    material.ask(insight.where, "geohash")  # says so where nothing has coordinates
    table = _ranked(material, material.ask(insight.where))
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
    dots = [
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
        for row in known.to_dict("records")
    ]
    rings = chain.from_iterable(rings for _, rings in borders(known["district"].dropna()))
    scale = scale_of(known["score"].tolist(), float(table.attrs["overall"]))
    chart = place_map(dots, say("단지 지도"), scale, rings)
    return View("map", sentences, chart, known, [*_COLUMNS, "district"])


def _ranked(material: Material, table: pd.DataFrame) -> pd.DataFrame:
    """A table of `insight.where` with the rank as people say it: 공동 3위."""
    say = material.say
    texts = [
        say("공동 {rank:,}위 ({tied:,}곳)" if tied > 1 else N_("{rank:,}위"), rank=rank, tied=tied)
        for rank, tied in zip(table["rank"], table["tied"], strict=True)
    ]
    with_ranks = table.assign(ranked=texts)
    with_ranks.attrs = table.attrs
    return with_ranks


def ranking(material: Material) -> View:
    """The complexes by their score."""
    say = material.say
    material.ask(insight.standouts)  # says so where there is one complex only
    table = _ranked(material, material.ask(insight.where))
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
        leader = say(
            "통계적으로 유의한 차이가 없어 단지 {complexes:,}곳이 모두 공동 1위입니다. 순서는 참고용입니다.",
            complexes=len(table),
        )
    elif first["tied"] > 1:
        leader = say(
            "{tied:,}곳이 공동 1위입니다. 서로의 차이는 신뢰구간 안에 있습니다.", tied=first["tied"]
        )
    else:
        leader = say(
            "{name}이(가) 단독 1위입니다(보정한 만족도 {score:.1%}).",
            name=first["name"],
            score=first["score"],
        )
    sentences += [
        leader,
        say(
            "보정한 만족도는 리뷰가 적을수록 지역 평균에 가깝게 조정한 긍정 비율입니다. 순위는 95% 신뢰구간의 하한으로 매기므로, 좋은 리뷰 세 건이 좋은 리뷰 삼백 건을 앞서지 않습니다. 점선은 전체 긍정 비율입니다."
        ),
    ]
    chart = share_rows(drawn, "name", "score", say("단지 순위"), overall)
    return View("ranking", sentences, chart, table, _COLUMNS, rows=drawn)


def regions(material: Material) -> View:
    """The districts by their score; where there is one only, its neighbourhoods."""
    say = material.say
    by: insight.By = "district"
    table = material.ask(insight.where, by)
    if len(table) < 2:
        by = "neighbourhood"
        table = material.ask(insight.where, by)
    overall = float(table.attrs["overall"])
    table = _ranked(material, table).rename(columns={by: "name"})
    chart = share_rows(table.head(2 * _DRAWN), "name", "score", say("지역별 만족도"), overall)
    return View("regions", [say(_REGIONS[by])], chart, table, _COLUMNS)


def standouts(material: Material) -> View:
    """What complexes are better or worse in than the others, with quotes."""
    say = material.say
    table = material.ask(insight.standouts)
    significant = table[table["significant"]]
    if significant.empty:
        sentence = say(
            "단지와 항목의 조합 {pairs:,}개를 비교했으나, 다중 비교를 보정하면 다른 단지와 유의하게 다른 조합이 없습니다.",
            pairs=len(table),
        )
        return View("standouts", [sentence], table=table)
    texts = material.corpus.texts
    quotes = []
    for row in significant.head(4).to_dict("records"):
        better = row["difference"] > 0
        chosen = texts["complex"].eq(row["complex"]) & texts["category"].eq(row["category"])
        chosen &= texts["positive"].eq(float(better))
        about = say(
            "{name}: {category} 만족도가 다른 단지보다 높습니다 ({share:.0%}, 다른 단지 {other:.0%})"
            if better
            else N_(
                "{name}: {category} 만족도가 다른 단지보다 낮습니다 ({share:.0%}, 다른 단지 {other:.0%})"
            ),
            name=row["name"],
            category=say.category(row["category"]),
            share=row["share"],
            other=row["other_share"],
        )
        quotes.append((about, representative(material, chosen.to_numpy())))
    sentence = say(
        "단지와 항목의 조합 {pairs:,}개 중 {found:,}개가 다른 단지와 5%p 넘게 다르다고 볼 수 있습니다(최소 효과 검정, 거짓 발견율 5%).",
        found=len(significant),
        pairs=len(table),
    )
    named = significant.assign(category=significant["category"].map(say.category))
    columns = ["name", "category", "share", "other_share", "difference", "low", "high"]
    columns += ["texts", "q_value"]
    return View("standouts", [sentence], None, table, columns, rows=named, quotes=quotes)
