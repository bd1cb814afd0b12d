"""How well each topic is spoken of in each district: a table of both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.rates import wilson
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.report.section import Material, View

#: Topics that fit beside one another, districts below, and opinions that a cell needs.
_TOPICS, _DISTRICTS, FEWEST = 8, 30, 10


def topics_by_region(material: Material) -> View:
    """Positive shares, a row a district, a column a topic.

    Raises:
        InsightError: no model told topics, or no complex has an address.
    """
    say = material.say
    table = by_region_and_topic(material)
    most = table.groupby("topic")["texts"].sum().nlargest(_TOPICS).index.tolist()
    wide = table.assign(
        cell=[
            "–" if share != share else f"{share:.0%} (n={texts:,})"
            for share, texts in zip(table["share"], table["texts"], strict=True)
        ]
    ).pivot(index="name", columns="topic", values="cell")
    order = table.groupby("name")["texts"].sum().nlargest(_DISTRICTS).index
    wide = wide.reindex(index=order, columns=most).fillna("–").reset_index()
    wide.columns.name = None
    columns = {"name": "text"} | dict.fromkeys(most, "text")
    sentences = [
        say(
            "시군구마다 주제별 의견의 긍정 비율입니다. 의견이 {n}건보다 적은 칸은 비웠습니다. 신뢰구간은 CSV에 있습니다.",
            n=FEWEST,
        )
    ]
    return View("topics_by_region", sentences, None, table, columns, rows=wide)


def by_region_and_topic(material: Material) -> pd.DataFrame:
    """One row a district and topic: name, topic, texts, positive, share (NaN below `FEWEST`), low, high.

    Raises:
        InsightError: no model told topics, or no complex has an address.
    """
    corpus = material.corpus
    districts = corpus.complexes.set_index("complex")["district"]
    spoken = opinions(corpus)
    spoken = spoken.assign(name=spoken["complex"].map(districts))
    spoken = spoken[spoken["name"].notna() & spoken["positive"].notna()]
    if spoken.empty:
        raise insight_error("주소가 있는 단지가 없습니다.")
    grouped = spoken.groupby(["name", "topic"], sort=True)
    table = grouped["positive"].agg(texts="count", positive="sum").reset_index()
    low, high = wilson(table["positive"], table["texts"])
    enough = table["texts"] >= FEWEST
    return pd.DataFrame(
        table.assign(
            share=np.where(enough, table["positive"] / table["texts"], np.nan),
            low=np.where(enough, low, np.nan),
            high=np.where(enough, high, np.nan),
        )
    )
