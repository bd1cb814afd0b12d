"""When: sentiment and mention rates by month or quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.opinions import mentioned
from zigbang_nlp.insight.rates import wilson
from zigbang_nlp.insight.sentiment import counts_by_group, text_design_effect
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.language.i18n import N_

Period = Literal["month", "quarter", "year"]
_CODES = {"month": "M", "quarter": "Q", "year": "Y"}
#: Where all reviews are of one period.
_ONE_PERIOD = {
    "month": N_("작성일이 있는 리뷰가 모두 한 달({period})의 것입니다."),
    "quarter": N_("작성일이 있는 리뷰가 모두 한 분기({period})의 것입니다."),
    "year": N_("작성일이 있는 리뷰가 모두 한 해({period})의 것입니다."),
}

#: Columns of `trend`.
TREND_COLUMNS: dict[str, str] = {
    "period": "its first day",
    "label": "2024-03, 2024 Q1 or 2024",
    "texts": "judged texts, 0 in an empty period",
    "reviews": "residents' reviews they come from",
    "positive": "positive texts",
    "share": "positive / texts, NaN in an empty period",
    "low": "lower end of Wilson's interval, at the effective size",
    "high": "upper end",
    "effective": "texts it is worth, since one resident's texts resemble each other",
}

#: Columns of `mention_trend`.
MENTION_COLUMNS: dict[str, str] = {
    "word": "as people write it",
    "period": "its first day",
    "label": "2024-03, 2024 Q1 or 2024",
    "mentions": "reviews that mention it",
    "reviews": "reviews of the period",
    "rate": "mentions / reviews, NaN in an empty period",
    "low": "lower end of Wilson's interval",
    "high": "upper end",
}


def trend(
    corpus: Corpus,
    period: Period = "month",
    *,
    category: str | None = None,
    topic: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Sentiment by period, from the first to the last, without a gap.

    Args:
        corpus: the texts to count, with their predictions.
        period: "month", "quarter" or "year".
        category: only texts of this category.
        topic: only opinions on this topic; see `insight.topics`.
        level: of the intervals.

    Returns:
        One row a period, see `TREND_COLUMNS`.

    Raises:
        InsightError: no judged text has a date, or all are of one period.
    """
    texts = corpus.counted
    if topic is not None:
        texts = opinions(corpus, ("review", "category", "written_at"))
        texts = texts[texts["topic"].eq(topic) & texts["positive"].notna()]
    if category is not None:
        texts = texts[texts["category"].eq(category)]
    texts = texts[texts["written_at"].notna()]
    if texts.empty:
        raise insight_error("판정된 리뷰 가운데 작성일이 있는 것이 없습니다.")
    when = _periods(texts["written_at"], period)
    span = _span(when, period)
    texts = texts.assign(group=when)
    table = counts_by_group(texts, text_design_effect(texts), level)
    table = table.rename(columns={"wilson_low": "low", "wilson_high": "high"}).reindex(span)
    table = table.fillna({"texts": 0, "reviews": 0, "positive": 0, "effective": 0})
    table = table.astype({"texts": int, "reviews": int, "positive": int})
    return _labelled(table)[list(TREND_COLUMNS)]


def mention_trend(
    corpus: Corpus, words: str | Sequence[str], period: Period = "month", *, level: float = 0.95
) -> pd.DataFrame:
    """How often words are mentioned, by period; rates are reviews that mention / reviews.

    Args:
        corpus: the reviews, at least some of them dated.
        words: as people write them (층간소음, 시끄럽다), each with its compounds and spacings, see
            `opinions.mentioned`; a word that nobody uses has a rate of 0.
        period: "month", "quarter" or "year".
        level: of the intervals.

    Returns:
        One row a word and period, see `MENTION_COLUMNS`.

    Raises:
        InsightError: no review has a date, or all are of one period.
    """
    mentions = corpus.mentions
    moment = corpus.dated.groupby("review")["written_at"].min()
    dated = np.isin(mentions.reviews, moment.index)
    when = _periods(moment.reindex(mentions.reviews[dated]), period).reset_index(drop=True)
    span = _span(when, period)
    reviews = when.value_counts().reindex(span, fill_value=0)
    tables = []
    for word in [words] if isinstance(words, str) else words:
        mention_it = corpus.texts["review"][mentioned(corpus, word)[0]]
        count = when[np.isin(mentions.reviews, mention_it)[dated]].value_counts()
        table = pd.DataFrame({"mentions": count, "reviews": reviews}, span).fillna({"mentions": 0})
        low, high = wilson(table["mentions"], reviews, level)
        rate = table["mentions"] / reviews.astype(float).replace(0.0, np.nan)
        tables.append(table.astype(int).assign(word=word, rate=rate, low=low, high=high))
    if not tables:
        raise InputError("No word is given.", "Give at least one.")
    return _labelled(pd.concat(tables))[list(MENTION_COLUMNS)]


def _periods(moments: pd.Series, period: str) -> pd.Series:
    if period not in _CODES:
        raise InputError(f"There is no period {period!r}.", f"Use {', '.join(_CODES)}.")
    periods: pd.Series = moments.dt.to_period(_CODES[period])
    return periods


def _span(when: pd.Series, period: str) -> pd.PeriodIndex:
    """All periods from the first to the last."""
    first, last = when.min(), when.max()
    if first == last:
        raise insight_error(_ONE_PERIOD[period], period=_label(first))
    return pd.period_range(first, last, freq=_CODES[period], name="group")


def _label(period: pd.Period) -> str:
    text = str(period)
    return f"{text[:4]} {text[4:]}" if "Q" in text else text


def _labelled(table: pd.DataFrame) -> pd.DataFrame:
    index = pd.PeriodIndex(table.index)
    labelled = table.assign(period=index.to_timestamp(), label=[_label(p) for p in index])
    return labelled.reset_index(drop=True)
