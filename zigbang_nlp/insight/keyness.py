"""Words that rise and fall: their mention rate in a period against that of a base period."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from scipy import sparse, stats

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.filters import days, recent
from zigbang_nlp.insight.rates import Interval, benjamini_hochberg, fisher_p, significant
from zigbang_nlp.language.bilingual import input_error, insight_error

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
    moment = written.reindex(mentions.reviews).to_numpy()
    first, last = days(since, until)
    period = _within(moment, first, last)
    base = ~np.isnat(moment)
    if base_since is not None or base_until is not None:
        base = _within(moment, *days(base_since, base_until))
    inside = period & base
    if inside.any() and (period & ~base).any():
        raise input_error(
            "비교 기간이 선택한 기간의 일부만 포함합니다.",
            "전부 포함하거나 겹치지 않게 해 주세요.",
        )
    rest = base & ~period
    _refuse_few(int(period.sum()), int(rest.sum()))
    k1, n1 = _count(mentions.by_review, period), int(period.sum())
    k2, n2 = _count(mentions.by_review, rest), int(rest.sum())
    kept = np.flatnonzero(k1 + k2 >= min_count)
    table = mentions.words.loc[kept, ["word", "kind"]].reset_index(drop=True)
    table = table.assign(**against(k1[kept], n1, k2[kept], n2, level, contained=bool(inside.any())))
    order = table.sort_values(["p_value", "mentions"], ascending=[True, False], kind="stable")
    table = order.reset_index(drop=True)[list(KEYWORD_COLUMNS)]
    table.attrs = {
        "since": max(first, written.min()).date().isoformat(),
        "until": min(last - pd.Timedelta(days=1), written.max()).date().isoformat(),
    }
    return table


def _within(moment: np.ndarray, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return (moment >= np.datetime64(first)) & (moment < np.datetime64(last))


def _count(by_review: sparse.csr_matrix, chosen: np.ndarray) -> np.ndarray:
    return np.asarray(chosen.astype(np.int64) @ by_review).ravel()


def _refuse_few(period: int, rest: int) -> None:
    if period < FEWEST_REVIEWS:
        raise insight_error(
            "이 기간의 리뷰가 {reviews}건뿐입니다. 적어도 {least}건이 필요합니다.",
            reviews=period,
            least=FEWEST_REVIEWS,
        )
    if rest < FEWEST_REVIEWS:
        raise insight_error(
            "비교할 기간의 리뷰가 {reviews}건뿐입니다. 적어도 {least}건이 필요합니다.",
            reviews=rest,
            least=FEWEST_REVIEWS,
        )


def against(
    k1: np.ndarray,
    n1: int,
    k2: np.ndarray,
    n2: int,
    level: float = 0.95,
    *,
    contained: bool = False,
) -> dict[str, np.ndarray | int]:
    """The columns of `KEYWORD_COLUMNS` that compare two groups of reviews, from `mentions` on.

    Args:
        k1: reviews of the group that mention each word, int (words,).
        n1: reviews of the group.
        k2: reviews of the rest that mention it, int (words,).
        n2: reviews of the rest.
        level: of the interval of the ratio.
        contained: whether the base is group and rest together, else it is the rest.
    """
    base_k, base_n = (k1 + k2, n1 + n2) if contained else (k2, n2)
    rate, base_rate = k1 / n1, base_k / base_n
    with np.errstate(divide="ignore"):
        ratio = rate / base_rate
    low, high = log_ratio_interval(k1, n1, k2, n2, level)
    if contained:
        # rate / base_rate is a rising function of rate / rest, so its interval is the image.
        share = n1 / (n1 + n2)
        low, high = low / (share * low + 1 - share), high / (share * high + 1 - share)
    p = fisher_p(k1, n1, k2, n2)
    q = benjamini_hochberg(p)
    return {
        "mentions": k1,
        "reviews": n1,
        "rate": rate,
        "base_mentions": base_k,
        "base_reviews": base_n,
        "base_rate": base_rate,
        "ratio": ratio,
        "low": np.minimum(low, ratio),
        "high": np.maximum(high, ratio),
        "p_value": p,
        "q_value": q,
        "direction": np.where(k1 * n2 >= k2 * n1, "rising", "falling"),
        "significant": significant(q),
    }


def log_ratio_interval(
    k1: np.ndarray, n1: int, k2: np.ndarray, n2: int, level: float = 0.95
) -> Interval:
    """Interval of (k1/n1) / (k2/n2): normal on the log scale, with half a count added (Walter 1975)."""
    ratio = np.log((k1 + 0.5) / (n1 + 0.5)) - np.log((k2 + 0.5) / (n2 + 0.5))
    variance = 1 / (k1 + 0.5) - 1 / (n1 + 0.5) + 1 / (k2 + 0.5) - 1 / (n2 + 0.5)
    half = float(stats.norm.ppf((1 + level) / 2)) * np.sqrt(np.maximum(variance, 0))
    return Interval(np.exp(ratio - half), np.exp(ratio + half))
