"""Topics: how often they are spoken of and how well, and which of them move the overall score."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.rates import findings, normal_interval, wilson
from zigbang_nlp.insight.ridge import ridge
from zigbang_nlp.language.bilingual import insight_error, refuse_few
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.records import CATEGORIES

#: Columns of `topics`.
TOPIC_COLUMNS: dict[str, str] = {
    "topic": "its name",
    "mentions": "residents' reviews that speak of it",
    "reviews": "all residents' reviews",
    "rate": "mentions / reviews",
    "rate_low": "lower end of Wilson's interval of `rate`",
    "rate_high": "upper end",
    "texts": "opinions about it; a text that praises and complains has two",
    "positive": "positive ones among them",
    "share": "positive / texts",
    "low": "lower end of Wilson's interval of `share`",
    "high": "upper end",
}

#: Columns of `drivers`. Its `attrs` hold r2, penalty and reviews of the regression.
DRIVER_COLUMNS: dict[str, str] = {
    "driver": "a topic, or a category",
    "reviews": "reviews that speak of it",
    "effect": "points of the 0-5 score that praise adds over silence, and a complaint takes",
    "low": "lower end of its interval (heteroscedasticity-robust)",
    "high": "upper end",
    "p_value": "of no effect",
    "q_value": "p_value corrected for the number of drivers (Benjamini & Hochberg 1995)",
    "significant": "whether q_value makes it a finding",
    "weight": "effect times the spread of the driver: its part in how scores differ",
}

#: Reviews with a score that the regression needs at least, in all and for each driver it keeps.
FEWEST_REVIEWS, FEWEST_SPOKEN = 50, 10
_TOO_FEW = N_(
    "추천점수와 다른 항목의 글이 함께 있는 리뷰가 {count}건뿐입니다. 적어도 {least}건이 필요합니다."
)


def topics(corpus: Corpus, *, level: float = 0.95) -> pd.DataFrame:
    """How often each topic is spoken of, and the sentiment of the texts that do.

    Args:
        corpus: the texts to count, with their predictions.
        level: of the intervals.

    Returns:
        One row a topic, the most frequent first, with the columns of `TOPIC_COLUMNS`.

    Raises:
        InsightError: the model knows no topics, or no text is about one.
    """
    spoken = opinions(corpus, ("review",))
    grouped = spoken.groupby("topic", sort=True)
    columns = {
        "mentions": grouped["review"].nunique(),
        "texts": grouped["positive"].count(),
        "positive": grouped["positive"].sum(),
    }
    table = pd.DataFrame(columns).reset_index()
    reviews = corpus.texts["review"].nunique()
    rate = wilson(table["mentions"], reviews, level)
    share = wilson(table["positive"], table["texts"], level)
    table = table.assign(
        reviews=reviews,
        rate=table["mentions"] / reviews,
        rate_low=rate.low,
        rate_high=rate.high,
        share=table["positive"] / table["texts"].replace(0, np.nan),
        low=share.low,
        high=share.high,
    ).astype({"positive": int})
    order = table.sort_values("mentions", ascending=False, kind="stable", ignore_index=True)
    return order[list(TOPIC_COLUMNS)]


def drivers(
    corpus: Corpus,
    by: Literal["topic", "category"] = "topic",
    *,
    own_text: bool = False,
    level: float = 0.95,
) -> pd.DataFrame:
    """What moves the recommendation score: a ridge regression on the sentiment of topics.

    For each resident's review, a driver is +1 where all texts about it are positive, -1 where all
    are negative, and 0 where none speaks of it. The text beside the score itself is left out,
    since its sentiment was learnt from that score.

    Args:
        corpus: the texts to count, with their predictions.
        by: "topic" (of the model), or "category" (traffic, care, resident, around).
        own_text: count the text beside the score too; for sources whose reviews have no other.
        level: of the intervals.

    Returns:
        One row a driver, by falling weight, with the columns of `DRIVER_COLUMNS`.

    Raises:
        InsightError: the model knows no topics; too few reviews have a score and other texts;
            all scores are equal.
    """
    if by not in ("topic", "category"):
        raise InputError(f"Can't explain scores by {by!r}.", "Use topic or category.")
    scores = corpus.texts[corpus.texts["category"].eq("total") & corpus.texts["score"].notna()]
    score = scores.set_index("review")["score"]
    if by == "topic":
        spoken = opinions(corpus)
        spoken = spoken if own_text else spoken[spoken["category"].ne("total")]
    else:
        spoken = corpus.counted[corpus.counted["category"].isin(list(CATEGORIES)[1:])]
        spoken = spoken.assign(topic=spoken["category"])
    spoken = spoken[spoken["positive"].notna() & spoken["review"].isin(score.index)]
    refuse_few(spoken["review"].nunique(), FEWEST_REVIEWS, _TOO_FEW)
    if score.nunique() < 2:
        raise insight_error("추천점수가 모두 {score:g}점입니다.", score=score.iloc[0])
    toned = spoken.assign(tone=2 * spoken["positive"] - 1)
    tone = toned.pivot_table(index="review", columns="topic", values="tone", aggfunc="mean")
    tone = tone.reindex(score.index)
    counts = tone.notna().sum()
    tone = tone.loc[:, counts >= FEWEST_SPOKEN].fillna(0.0)
    if tone.shape[1] == 0 or len(tone) < 5 * tone.shape[1]:
        raise insight_error(_TOO_FEW, count=len(tone), least=FEWEST_REVIEWS)
    fitted = ridge(tone.to_numpy(float), score.to_numpy(float))
    low, high = normal_interval(fitted.coefficients, fitted.error, level)
    p = 2 * stats.norm.sf(np.abs(fitted.coefficients) / fitted.error)
    table = pd.DataFrame(
        {
            "driver": tone.columns,
            "reviews": counts[tone.columns].to_numpy(),
            "effect": fitted.coefficients,
            "low": low,
            "high": high,
            **findings(p),
            "weight": np.abs(fitted.coefficients) * tone.std(ddof=0).to_numpy(),
        }
    )
    table = table.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
    table.attrs = {"r2": fitted.r2, "penalty": fitted.penalty, "reviews": len(tone)}
    return table[list(DRIVER_COLUMNS)]
