"""What residents praise and complain of in each complex, with quotes chosen by rule."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.rates import wilson
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material, Quote, View

#: Complexes shown, topics of each side, and opinions that a topic needs.
_COMPLEXES, _TOPICS, FEWEST = 8, 3, 5


def pros_and_cons(material: Material) -> View:
    """The complexes with the most reviews, and the topics of either side.

    Raises:
        InsightError: no model told topics.
    """
    say, corpus = material.say, material.corpus
    table = by_complex_and_topic(material)
    most = corpus.texts["complex"].value_counts(sort=True).index[:_COMPLEXES]
    spoken = opinions(corpus)
    quotes: list[tuple[str, list[Quote]]] = []
    for key in most:
        own = table[table["complex"].eq(key)]
        sides = (
            (N_("{name}의 장점"), 1.0, own[own["share"].ge(0.5)].nlargest(_TOPICS, "positive")),
            (N_("{name}의 단점"), 0.0, own[own["share"].lt(0.5)].nlargest(_TOPICS, "negative")),
        )
        for side, positive, topics in sides:
            if topics.empty:
                continue
            about = say(side, name=own["name"].iloc[0])
            named = ", ".join(
                f"{row['topic']} {row['share']:.0%} (n={row['texts']:,})"
                for row in topics.to_dict("records")
            )
            first = topics["topic"].iloc[0]
            chosen = np.zeros(len(corpus.texts), bool)
            chosen[
                spoken.index[
                    spoken["complex"].eq(key)
                    & spoken["topic"].eq(first)
                    & spoken["positive"].eq(positive)
                ]
            ] = True
            quotes.append((f"{about}: {named}", representative(material, chosen, 1)))
    columns = {
        "name": "text",
        "topic": "text",
        "share": "percent",
        "low": "percent",
        "high": "percent",
        "texts": "count",
    }
    sentences = [
        say(
            "리뷰가 많은 단지 {n:,}곳에서 칭찬이 많은 주제와 불만이 많은 주제입니다. 긍정 비율과 의견 수를 함께 적었습니다.",
            n=len(most),
        )
    ]
    rows = table[table["complex"].isin(most)]
    return View("pros_and_cons", sentences, None, table, columns, rows=rows, quotes=quotes)


def by_complex_and_topic(material: Material) -> pd.DataFrame:
    """One row a complex and topic with at least `FEWEST` opinions: name, topic, positive, share.

    Raises:
        InsightError: no model told topics.
    """
    spoken = opinions(material.corpus)
    grouped = spoken[spoken["positive"].notna()].groupby(["complex", "topic"], sort=True)
    table = grouped["positive"].agg(texts="count", positive="sum").reset_index()
    table = table[table["texts"] >= FEWEST].reset_index(drop=True)
    low, high = wilson(table["positive"], table["texts"])
    names = material.corpus.complexes.set_index("complex")["name"]
    return table.assign(
        name=table["complex"].map(names),
        negative=table["texts"] - table["positive"],
        share=table["positive"] / table["texts"],
        low=low,
        high=high,
    )
