"""About what: the five categories, the topics, and which topics move the recommendation score."""

from __future__ import annotations

from zigbang_nlp import insight
from zigbang_nlp.charts.rows import interval_rows
from zigbang_nlp.report.chart_rows import points, reach, rows_of, share
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material, Section, View, section
from zigbang_nlp.report.sections.topics_by_region import topics_by_region

_DRAWN = 20
_SHARE = {
    "share": "percent",
    "low": "percent",
    "high": "percent",
    "texts": "count",
}


def themes(material: Material) -> Section:
    """The section about categories and topics."""
    views = {
        "categories": _categories,
        "topics": _topics,
        "topics_by_region": topics_by_region,
        "drivers": _drivers,
    }
    return section(material, "themes", views)


def _categories(material: Material) -> View:
    say = material.say
    table = insight.where(material.corpus, "category")
    named = table.assign(name=table["category"].map(say.category))
    chart = interval_rows(
        rows_of(named, "name", "share", low="wilson_low", high="wilson_high", count="texts"),
        say("다섯 항목"),
        share,
        middle=float(table["positive"].sum() / table["texts"].sum()),
    )
    texts = material.corpus.texts
    quotes = []
    for row in named.to_dict("records"):
        of_it = texts["category"].eq(row["category"])
        kinds = [
            quote
            for positive in (1.0, 0.0)
            for quote in representative(
                material, (of_it & texts["positive"].eq(positive)).to_numpy(), 1
            )
        ]
        quotes.append((row["name"], kinds))
    best, worst = named.iloc[0], named.iloc[-1]
    sentences = []
    if len(named) > 1 and worst["wilson_high"] < best["wilson_low"]:
        sentences.append(
            say(
                "만족도가 가장 높은 항목은 {best}, 가장 낮은 항목은 {worst}입니다. 두 신뢰구간은 겹치지 않습니다.",
                best=best["name"],
                worst=worst["name"],
            )
        )
    columns = {
        "name": "text",
        "share": "percent",
        "wilson_low": "percent",
        "wilson_high": "percent",
        "texts": "count",
        "reviews": "count",
    }
    return View("categories", sentences, chart, named, columns, quotes=quotes)


def _topics(material: Material) -> View:
    say = material.say
    table = insight.topics(material.corpus)
    table = table[table["texts"] > 0]
    drawn = table.head(_DRAWN).sort_values("share", ascending=False)
    chart = interval_rows(
        rows_of(drawn, "topic", "share", count="texts"),
        say("주제별 긍정 비율"),
        share,
        middle=float(material.corpus.judged["positive"].mean()),
    )
    columns = {"topic": "text", "mentions": "count", "rate": "percent", **_SHARE}
    return View(
        "topics",
        [say("주제별로 그 주제를 언급한 의견의 긍정 비율입니다. 점선은 전체 긍정 비율입니다.")],
        chart,
        table,
        columns,
    )


def _drivers(material: Material) -> View:
    say = material.say
    try:
        table = insight.drivers(material.corpus)
        sentences, name = (
            [
                say(
                    "주제별 칭찬과 불만이 작성자의 추천점수(0~5점)와 얼마나 관련되는지, 모든 주제를 함께 넣은 능형 회귀로 추정했습니다."
                )
            ],
            "driver",
        )
    except insight.InsightError:
        table = insight.drivers(material.corpus, "category")
        sentences, name = (
            [
                say(
                    "항목별 칭찬과 불만이 작성자의 추천점수(0~5점)와 얼마나 관련되는지, 모든 항목을 함께 넣은 능형 회귀로 추정했습니다."
                )
            ],
            "name",
        )
        table = table.assign(name=table["driver"].map(say.category))
    sentences.append(
        say(
            "작성자 {reviews:,}명의 점수 차이 중 {r2:.0%}를 설명합니다. 상관관계이며 인과관계가 아닙니다.",
            reviews=table.attrs["reviews"],
            r2=table.attrs["r2"],
        )
    )
    drawn = table.head(_DRAWN)
    chart = interval_rows(
        rows_of(drawn, name, "effect", count="reviews", percent=False),
        say("추천점수를 좌우하는 요인"),
        points,
        middle=0.0,
        span=reach(drawn, "effect", "low", "high"),
    )
    columns = {
        name: "text",
        "effect": "signed",
        "low": "signed",
        "high": "signed",
        "reviews": "count",
        "q_value": "p",
    }
    return View("drivers", sentences, chart, table, columns)
