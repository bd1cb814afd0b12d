"""Words that rise and fall: their mention rate in a period against that of a base period."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.filters import as_read, days, recent
from zigbang_nlp.insight.rates import Interval, findings, fisher_p, normal_interval
from zigbang_nlp.language.bilingual import input_error, refuse_few
from zigbang_nlp.language.i18n import N_

#: Columns of `keywords`.
KEYWORD_COLUMNS: dict[str, str] = {
    "word": "as people write it",
    "kind": "noun, predicate or foreign",
    "mentions": "reviews of the period that mention it",
    "reviews": "reviews of the period",
    "rate": "mentions / reviews",
    "base_mentions": "reviews of the base that mention it",
    "base_reviews": "reviews of the base",
    "base_rate": "base_mentions / base_reviews",
    "ratio": "rate / base_rate; infinite for a word that the base lacks",
    "low": "lower end of the interval of `ratio`",
    "high": "upper end",
    "p_value": "of equal rates in and outside the period (Fisher's exact test, two-sided)",
    "q_value": "p_value corrected for looking at so many words (Benjamini & Hochberg 1995)",
    "direction": "rising or falling",
    "significant": "whether q_value makes it a finding",
}

#: Reviews that the period and the rest need at least.
FEWEST_REVIEWS = 20
_TOO_FEW = (
    N_("이 기간의 리뷰가 {count}건뿐입니다. 적어도 {least}건이 필요합니다."),
    N_("비교할 기간의 리뷰가 {count}건뿐입니다. 적어도 {least}건이 필요합니다."),
)


def keywords(
    corpus: Corpus,
    since: str | date | None = None,
    until: str | date | None = None,
    *,
    base_since: str | date | None = None,
    base_until: str | date | None = None,
    min_count: int = 5,
    level: float = 0.95,
) -> pd.DataFrame:
    """Mention rates of words in a period, and their ratio to a base period.

    The base is all dated reviews, the period's own among them, as in Zigbang's report of 2021;
    or other years, as in that of 2022. What is tested is the period against the rest of the base,
    word by word.

    Args:
        corpus: the reviews, at least some of them dated.
        since: first day of the period, see `filters.days`; "2024" is from 2024 on. With neither day
            it is what is recent, see `filters.recent`.
        until: last day of the period.
        base_since: first day of the base; it holds all of the period or nothing of it.
        base_until: last day of the base.
        min_count: words mentioned in fewer reviews, of both together, are left out.
        level: of the interval of the ratio.

    Returns:
        One row a word, the surest first, with the columns of `KEYWORD_COLUMNS`. Its `attrs` say
        the period as it was read: since and until, as ISO days on which there are reviews.

    Raises:
        InputError: a day can't be read, or the base holds a part of the period.
        InsightError: no dates, or too few reviews in the period or outside it.
    """
    mentions = corpus.mentions
    written = corpus.dated.groupby("review")["written_at"].min()
    if since is None and until is None:
        since, until = recent(written)
    moment = written.reindex(mentions.reviews)
    first, last = days(since, until)
    period = moment.between(first, last, inclusive="left").to_numpy()
    base = moment.notna().to_numpy()
    if base_since is not None or base_until is not None:
        base = moment.between(*days(base_since, base_until), inclusive="left").to_numpy()
    inside = period & base
    if inside.any() and (period & ~base).any():
        raise input_error(
            "비교 기간이 선택한 기간의 일부만 포함합니다.",
            "전부 포함하거나 겹치지 않게 해 주세요.",
        )
    rest = base & ~period
    n1, n2 = int(period.sum()), int(rest.sum())
    for count, too_few in zip((n1, n2), _TOO_FEW, strict=True):
        refuse_few(count, FEWEST_REVIEWS, too_few)
    k1, k2 = (side.astype(np.int64) @ mentions.by_review for side in (period, rest))
    contained = bool(inside.any())
    table = words_against(
        mentions.words, k1, n1, k2, n2, min_count=min_count, level=level, contained=contained
    )
    table.attrs = as_read(written, first, last)
    return table


def words_against(
    words: pd.DataFrame,
    k1: np.ndarray,
    n1: int,
    k2: np.ndarray,
    n2: int,
    *,
    min_count: int,
    level: float = 0.95,
    contained: bool = False,
) -> pd.DataFrame:
    """How much oftener a group of reviews mentions words than the rest do.

    Args:
        words: `Mentions.words`.
        k1: reviews of the group that mention each word, int (words,).
        n1: reviews of the group.
        k2: reviews of the rest that mention it, int (words,).
        n2: reviews of the rest.
        min_count: words mentioned in fewer reviews, of both together, are left out.
        level: of the interval of the ratio.
        contained: whether the base is group and rest together, else it is the rest.

    Returns:
        One row a word, the surest first, with the columns of `KEYWORD_COLUMNS`.
    """
    kept = np.flatnonzero(k1 + k2 >= min_count)
    k1, k2 = k1[kept], k2[kept]
    base_k, base_n = (k1 + k2, n1 + n2) if contained else (k2, n2)
    rate, base_rate = k1 / n1, base_k / base_n
    with np.errstate(divide="ignore"):
        ratio = rate / base_rate
    low, high = log_ratio_interval(k1, n1, k2, n2, level)
    if contained:
        # rate / base_rate is a rising function of rate / rest, so its interval is the image.
        share = n1 / (n1 + n2)
        low, high = low / (share * low + 1 - share), high / (share * high + 1 - share)
    table = words.loc[kept, ["word", "kind"]].assign(
        mentions=k1,
        reviews=n1,
        rate=rate,
        base_mentions=base_k,
        base_reviews=base_n,
        base_rate=base_rate,
        ratio=ratio,
        low=np.minimum(low, ratio),
        high=np.maximum(high, ratio),
        direction=np.where(k1 * n2 >= k2 * n1, "rising", "falling"),
        **findings(fisher_p(k1, n1, k2, n2)),
    )
    by = ["p_value", "mentions"]
    table = table.sort_values(by, ascending=[True, False], kind="stable", ignore_index=True)
    return table[list(KEYWORD_COLUMNS)]


def log_ratio_interval(
    k1: np.ndarray, n1: int, k2: np.ndarray, n2: int, level: float = 0.95
) -> Interval:
    """Interval of (k1/n1) / (k2/n2): normal on the log scale, with half a count added (Walter 1975)."""
    ratio = np.log((k1 + 0.5) / (n1 + 0.5)) - np.log((k2 + 0.5) / (n2 + 0.5))
    variance = 1 / (k1 + 0.5) - 1 / (n1 + 0.5) + 1 / (k2 + 0.5) - 1 / (n2 + 0.5)
    low, high = normal_interval(ratio, np.sqrt(np.maximum(variance, 0)), level)
    return Interval(np.exp(low), np.exp(high))
