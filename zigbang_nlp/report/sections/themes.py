"""About what: the five categories, the topics, and which topics move the recommendation score."""

from __future__ import annotations

from zigbang_nlp import insight
from zigbang_nlp.report.chart_rows import effect_rows, share_rows
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material, View

_DRAWN = 20


def categories(material: Material) -> View:
    """The five categories with their shares."""
    say = material.say
    table = material.ask(insight.where, "category")
    named = table.assign(name=table["category"].map(say.category))
    overall = float(table["positive"].sum() / table["texts"].sum())
    chart = share_rows(named, "name", "share", say("다섯 항목"), overall, "wilson_")
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
    columns = ["name", "share", "wilson_low", "wilson_high", "texts", "reviews"]
    return View("categories", sentences, chart, named, columns, quotes=quotes)


def topics(material: Material) -> View:
    """What the texts are about, with the share of praise."""
    say = material.say
    table = material.ask(insight.topics)
    table = table[table["texts"] > 0]
    drawn = table.head(_DRAWN).sort_values("share", ascending=False)
    overall = float(material.corpus.judged["positive"].mean())
    chart = share_rows(drawn, "topic", "share", say("주제별 긍정 비율"), overall)
    sentence = say("주제별로 그 주제를 언급한 의견의 긍정 비율입니다. 점선은 전체 긍정 비율입니다.")
    columns = ["topic", "mentions", "rate", "share", "low", "high", "texts"]
    return View("topics", [sentence], chart, table, columns)


def drivers(material: Material) -> View:
    """What moves the recommendation score: topics, or categories where the model told no topics."""
    say = material.say
    try:
        table, name = material.ask(insight.drivers), "driver"
        sentence = say(
            "주제별 칭찬과 불만이 작성자의 추천점수(0~5점)와 얼마나 관련되는지, 모든 주제를 함께 넣은 능형 회귀로 추정했습니다."
        )
    except insight.InsightError:
        table, name = material.ask(insight.drivers, "category"), "name"
        sentence = say(
            "항목별 칭찬과 불만이 작성자의 추천점수(0~5점)와 얼마나 관련되는지, 모든 항목을 함께 넣은 능형 회귀로 추정했습니다."
        )
        table = table.assign(name=table["driver"].map(say.category))
    explained = say(
        "작성자 {reviews:,}명의 점수 차이 중 {r2:.0%}를 설명합니다. 상관관계이며 인과관계가 아닙니다.",
        reviews=table.attrs["reviews"],
        r2=table.attrs["r2"],
    )
    label = say("추천점수를 좌우하는 요인")
    chart = effect_rows(table.head(_DRAWN), name, "effect", "reviews", label)
    columns = [name, "effect", "low", "high", "reviews", "q_value"]
    return View("drivers", [sentence, explained], chart, table, columns)
