"""At a glance: how many, from when, how positive."""

from __future__ import annotations

from dataclasses import dataclass

from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight.rates import wilson
from zigbang_nlp.insight.sentiment import text_design_effect
from zigbang_nlp.report.section import Material


@dataclass(frozen=True)
class Figure:
    """One headline figure: a number as it is shown, what it is, and how sure."""

    value: str
    name: str
    note: str = ""


def headline(material: Material) -> list[Figure]:
    """The figures on top of the report; those that can't be said are left out."""
    say, corpus = material.say, material.corpus
    texts = corpus.texts
    districts = corpus.complexes["district"].nunique()
    figures = [
        Figure(
            f"{len(texts):,}",
            say("리뷰 수"),
            say("주민 {reviews:,}명이 작성", reviews=texts["review"].nunique()),
        ),
        Figure(
            f"{len(corpus.complexes):,}",
            say("단지 수"),
            say("시군구 {districts:,}곳", districts=districts) if districts else "",
        ),
    ]
    try:
        judged = corpus.judged
    except InsightError as error:
        return [*figures, Figure("–", say("긍정 비율"), error.sentence(say.language))]
    effective = max(
        len(judged) / text_design_effect(judged.assign(group=0)), judged["review"].nunique()
    )
    share = float(judged["positive"].mean())
    low, high = wilson(share * effective, effective)
    interval = say("95% 신뢰구간 {low:.1%}–{high:.1%}", low=float(low), high=float(high))
    figures.append(Figure(f"{share:.1%}", say("긍정 비율"), interval))
    unsure = float(judged["unsure"].mean())
    figures.append(Figure(f"{unsure:.1%}", say("판정 보류 비율"), say("모델이 확신하지 못한 리뷰")))
    return figures


def period(material: Material) -> str:
    """From when the reviews are, in words."""
    try:
        when = material.corpus.dated["written_at"]
    except InsightError as error:
        return error.sentence(material.say.language)
    return material.say(
        "작성 기간: {first}–{last}", first=f"{when.min():%Y.%m.%d}", last=f"{when.max():%Y.%m.%d}"
    )
