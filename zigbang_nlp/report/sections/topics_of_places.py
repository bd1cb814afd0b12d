"""How each topic is spoken of from place to place: in districts, and in the largest complexes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.rates import wilson
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material, Quote, View

#: Of the table of districts: topics beside one another, districts below, opinions that a cell needs.
_TOPICS, _DISTRICTS, _FEWEST_OF_CELL = 8, 30, 10
#: Complexes shown, topics of each side, and opinions that a topic needs.
_COMPLEXES, _OF_SIDE, _FEWEST = 8, 3, 5


def topics_by_region(material: Material) -> View:
    """Positive shares, a row a district, a column a topic.

    Raises:
        InsightError: no model told topics, or no complex has an address.
    """
    corpus = material.corpus
    spoken = opinions(corpus)
    districts = corpus.complexes.set_index("complex")["district"]
    table = _shares(spoken.assign(name=spoken["complex"].map(districts)), "name")
    if table.empty:
        raise insight_error("주소가 있는 단지가 없습니다.")
    of_few = table["texts"] < _FEWEST_OF_CELL
    table.loc[of_few, ["share", "low", "high"]] = np.nan
    cell = table["share"].map("{:.0%}".format) + table["texts"].map(" (n={:,})".format)
    wide = table.assign(cell=cell.mask(of_few, "–")).pivot(
        index="name", columns="topic", values="cell"
    )
    most = table.groupby("topic")["texts"].sum().nlargest(_TOPICS).index.tolist()
    order = table.groupby("name")["texts"].sum().nlargest(_DISTRICTS).index
    wide = wide.reindex(index=order, columns=most).fillna("–").reset_index()
    wide.columns.name = None
    sentence = material.say(
        "시군구마다 주제별 의견의 긍정 비율입니다. 의견이 {n}건보다 적은 칸은 비웠습니다. 신뢰구간은 CSV에 있습니다.",
        n=_FEWEST_OF_CELL,
    )
    return View("topics_by_region", [sentence], None, table, ["name", *most], rows=wide)


def pros_and_cons(material: Material) -> View:
    """The complexes with the most reviews, and the topics of either side, with quotes chosen by rule.

    Raises:
        InsightError: no model told topics.
    """
    say, corpus = material.say, material.corpus
    spoken = opinions(corpus)
    table = _shares(spoken, "complex")
    table = table[table["texts"] >= _FEWEST].reset_index(drop=True)
    names = corpus.complexes.set_index("complex")["name"]
    table.insert(4, "name", table["complex"].map(names))
    table.insert(5, "negative", table["texts"] - table["positive"])
    most = corpus.texts["complex"].value_counts(sort=True).index[:_COMPLEXES]
    quotes: list[tuple[str, list[Quote]]] = []
    for key in most:
        own = table[table["complex"].eq(key)]
        sides = (
            (N_("{name}의 장점"), 1.0, own[own["share"].ge(0.5)].nlargest(_OF_SIDE, "positive")),
            (N_("{name}의 단점"), 0.0, own[own["share"].lt(0.5)].nlargest(_OF_SIDE, "negative")),
        )
        for side, positive, topics in sides:
            if topics.empty:
                continue
            about = say(side, name=own["name"].iloc[0])
            named = ", ".join(
                f"{row['topic']} {row['share']:.0%} (n={row['texts']:,})"
                for row in topics.to_dict("records")
            )
            of_first = spoken[
                spoken["complex"].eq(key)
                & spoken["topic"].eq(topics["topic"].iloc[0])
                & spoken["positive"].eq(positive)
            ]
            chosen = corpus.texts.index.isin(of_first.index)
            quotes.append((f"{about}: {named}", representative(material, chosen, 1)))
    sentence = say(
        "리뷰가 많은 단지 {n:,}곳에서 칭찬이 많은 주제와 불만이 많은 주제입니다. 긍정 비율과 의견 수를 함께 적었습니다.",
        n=len(most),
    )
    columns = ["name", "topic", "share", "low", "high", "texts"]
    rows = table[table["complex"].isin(most)]
    return View("pros_and_cons", [sentence], None, table, columns, rows=rows, quotes=quotes)


def _shares(spoken: pd.DataFrame, place: str) -> pd.DataFrame:
    """One row a place and topic of some opinions: texts, positive ones, share, low and high."""
    grouped = spoken.dropna(subset=["positive"]).groupby([place, "topic"], sort=True)["positive"]
    table = grouped.agg(texts="count", positive="sum").reset_index()
    low, high = wilson(table["positive"], table["texts"])
    share = table["positive"] / table["texts"]
    return table.assign(share=share, low=low, high=high)
