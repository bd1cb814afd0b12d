"""Ranks of groups whose scores are known with an interval: those that can't be told apart tie."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats


def with_ranks(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """The ranks of a table of scores, as far as the scores can be told apart.

    Args:
        table: from best to worst, with `score` and `_variance`.
        level: of Tukey's studentized range.

    Returns:
        The table with rank, tied, rank_low and rank_high (see `sentiment.WHERE_COLUMNS`), without
        `_variance`.
    """
    count = len(table)
    score, variance = table["score"].to_numpy(), table["_variance"].to_numpy()
    # Tukey's: over all pairs at once, so that the best isn't told from the worst by chance.
    needed = float(stats.studentized_range.ppf(level, max(count, 2), np.inf)) / np.sqrt(2)
    low, high = np.ones(count, int), np.full(count, count)
    # Nobody is below who has the lower score, so half of the pairs are enough.
    order = np.argsort(-score, kind="stable")
    best, spread = score[order], needed**2 * variance[order]
    # Some rows at a time, so that all pairs of very many places don't stand in memory together.
    for start in range(0, count, 64):
        part, better = slice(start, start + 64), slice(0, start + 64)
        gap = np.maximum(best[better] - best[part, None], 0)
        above = gap**2 > spread[better] + spread[part, None]
        low[order[part]] += above.sum(axis=1)
        high[order[better]] -= above.sum(axis=0)
    rank, leader = np.empty(count, int), 0
    for i in range(count):
        if abs(score[i] - score[leader]) > needed * np.sqrt(variance[i] + variance[leader]):
            leader = i
        rank[i] = leader + 1
    tied = np.bincount(rank)[rank]
    ranks = {"rank": rank, "tied": tied, "rank_low": low, "rank_high": high}
    return table.drop(columns="_variance").assign(**ranks)
