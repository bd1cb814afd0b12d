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
    figures = [
        Figure(
            f"{texts['review'].nunique():,}",
            say("figure.reviews"),
            say("figure.texts", texts=len(texts)),
        ),
        Figure(f"{len(corpus.complexes):,}", say("figure.complexes"), _regions(material)),
    ]
    try:
        judged = corpus.judged
    except InsightError as error:
        return [*figures, Figure("–", say("figure.positive"), error.sentence(say.language))]
    effective = max(
        len(judged) / text_design_effect(judged.assign(group=0)), judged["review"].nunique()
    )
    share = float(judged["positive"].mean())
    low, high = wilson(share * effective, effective)
    interval = say("figure.interval", low=float(low), high=float(high))
    figures.append(Figure(say("percent", value=share), say("figure.positive"), interval))
    unsure = float(judged["unsure"].mean())
    figures.append(
        Figure(say("percent", value=unsure), say("figure.unsure"), say("figure.unsure_note"))
    )
    return figures


def _regions(material: Material) -> str:
    districts = material.corpus.complexes["district"].dropna().unique()
    return material.say("figure.districts", districts=len(districts)) if len(districts) else ""


def period(material: Material) -> str:
    """From when the reviews are, in words."""
    try:
        when = material.corpus.dated["written_at"]
    except InsightError as error:
        return error.sentence(material.say.language)
    return material.say("period", first=f"{when.min():%Y-%m-%d}", last=f"{when.max():%Y-%m-%d}")
