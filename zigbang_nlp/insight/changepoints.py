"""When sentiment changed: change points of the monthly or quarterly counts."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import xlogy

from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.periods import Period, trend
from zigbang_nlp.insight.rates import newcombe
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.records import CATEGORIES

#: Columns of `changes`.
CHANGE_COLUMNS: dict[str, str] = {
    "category": "a key of records.CATEGORIES, or all",
    "period": "first day of the first period at the new level",
    "label": "2024-03, 2024 Q1 or 2024",
    "before": "positive share from the change before (or the beginning) to this one",
    "after": "positive share from here to the next change (or the end)",
    "difference": "after less before",
    "low": "lower end of its interval (Newcombe 1998)",
    "high": "upper end",
    "p_value": "of no change, corrected for all moments and categories",
}

#: Periods with texts, and texts, that a series needs at least.
FEWEST_PERIODS, FEWEST_TEXTS = 8, 100
#: A level lasts at least half a year; what is shorter is an event.
_SHORTEST = {"month": 6, "quarter": 2, "year": 2}
_SIMULATIONS = 1_999


def changes(
    corpus: Corpus, period: Period = "month", *, least: float = 0.05, level: float = 0.95
) -> pd.DataFrame:
    """Lasting changes of sentiment, over all texts and by category.

    The counts of each series are cut into segments of one rate each (PELT with a binomial
    likelihood). A further segment must pay a penalty: the likelihood ratio that the best cut of a
    series without any change reaches in 1 - level of the cases, found by simulating such series
    with the same counts; so a corpus in which nothing changes gives a false alarm in at most
    1 - level of the cases, all series together. A change also has to be surely larger than
    `least`; else the two levels are taken as one.

    Args:
        corpus: the texts to count, with their predictions.
        period: "month" or "quarter".
        least: a difference of shares that is too small to matter; 0.05 is 5 points.
        level: 1 - the chance of a false alarm; also the level of the intervals.

    Returns:
        One row a change, by category and time; empty when nothing changed. See `CHANGE_COLUMNS`.

    Raises:
        InsightError: no dates, or too few periods or texts to see a change.
    """
    series = {"all": trend(corpus, period)}
    present = set(corpus.judged["category"])
    for category in CATEGORIES:
        # A corpus of one category has one series.
        if category in present and len(present) > 1:
            with suppress(InsightError):
                series[category] = trend(corpus, period, category=category)
    fewest = max(FEWEST_PERIODS, 2 * _SHORTEST[period])
    filled = {name: table[table["texts"] > 0] for name, table in series.items()}
    usable = {
        name: table.reset_index(drop=True)
        for name, table in filled.items()
        if len(table) >= fewest and table["texts"].sum() >= FEWEST_TEXTS
    }
    if not usable:
        raise insight_error(
            "{count}개 기간의 글 {texts}개로는 변화를 볼 수 없습니다. 적어도 {periods}개 기간에 {least}개가 필요합니다.",
            texts=int(filled["all"]["texts"].sum()),
            count=len(filled["all"]),
            least=FEWEST_TEXTS,
            periods=fewest,
        )
    rows = [
        row
        for name, table in usable.items()
        for row in _changes_of(name, table, period, len(usable), least, level)
    ]
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))


def _changes_of(
    name: str, table: pd.DataFrame, period: Period, series: int, least: float, level: float
) -> list[dict[Any, Any]]:
    n = table["effective"].to_numpy(float)
    k = table["share"].to_numpy(float) * n
    shortest = _SHORTEST[period]
    nulls = null_gains(n, float(k.sum() / n.sum()), shortest)
    penalty = float(np.quantile(nulls, 1 - (1 - level) / series))
    edges = [0, *segment(k, n, penalty, shortest)]
    while len(edges) > 2:
        levels = _levels(k, n, edges, level)
        sure = np.where(levels["difference"] > 0, levels["low"], -levels["high"])
        if sure.min() > least:
            chance = [(1 + (nulls >= gain).sum()) / (len(nulls) + 1) for gain in levels["gain"]]
            levels["p_value"] = np.minimum(np.array(chance) * series, 1)
            levels[["period", "label"]] = table.loc[edges[1:-1], ["period", "label"]].to_numpy()
            return levels.assign(category=name)[list(CHANGE_COLUMNS)].to_dict("records")
        del edges[int(sure.argmin()) + 1]
    return []


def _levels(k: np.ndarray, n: np.ndarray, edges: list[int], level: float) -> pd.DataFrame:
    """The levels before and after each inner edge, and the gain in likelihood by having it."""
    k_sums, n_sums = np.add.reduceat(k, edges[:-1]), np.add.reduceat(n, edges[:-1])
    k1, n1, k2, n2 = k_sums[:-1], n_sums[:-1], k_sums[1:], n_sums[1:]
    low, high = newcombe(k2, n2, k1, n1, level)
    apart = _log_likelihood(k1, n1) + _log_likelihood(k2, n2)
    return pd.DataFrame(
        {
            "before": k1 / n1,
            "after": k2 / n2,
            "difference": k2 / n2 - k1 / n1,
            "low": low,
            "high": high,
            "gain": 2 * (apart - _log_likelihood(k1 + k2, n1 + n2)),
        }
    )


def segment(k: np.ndarray, n: np.ndarray, penalty: float, shortest: int) -> list[int]:
    """Ends of the segments that are cheapest: -2 log-likelihood, plus `penalty` a segment.

    Args:
        k: positive texts of each period, (periods,).
        n: all texts of each period, (periods,).
        penalty: the price of one more segment.
        shortest: periods of a segment at least.
    """
    import ruptures

    class Binomial(ruptures.base.BaseCost):
        model = "binomial"
        min_size = shortest

        def fit(self, signal: np.ndarray) -> Binomial:
            self.signal = signal
            # Plain numbers: this is asked tens of thousands of times, one pair at a time.
            self.sums = np.vstack([[0.0, 0.0], np.cumsum(signal, axis=0)]).tolist()
            return self

        def error(self, start: int, end: int) -> float:
            positive = self.sums[end][0] - self.sums[start][0]
            total = self.sums[end][1] - self.sums[start][1]
            return -2 * (_times_log(positive, total) + _times_log(total - positive, total))

    search = ruptures.Pelt(custom_cost=Binomial(), min_size=shortest, jump=1)
    return list(search.fit(np.column_stack([k, n])).predict(pen=penalty))


def null_gains(n: np.ndarray, rate: float, shortest: int, seed: int = 0) -> np.ndarray:
    """Likelihood ratio (2 log) of the best single cut in simulated series that never change.

    Args:
        n: texts of each period, (periods,).
        rate: of positive in all of them.
        shortest: periods on each side of a cut at least.
        seed: of the simulation.

    Returns:
        float (simulations,).
    """
    rng = np.random.default_rng(seed)
    sizes = np.maximum(np.round(n).astype(int), 1)
    k = rng.binomial(sizes, rate, (_SIMULATIONS, len(n))).cumsum(axis=1).astype(float)
    total = sizes.cumsum().astype(float)
    cuts = slice(shortest - 1, len(n) - shortest)
    before, after = k[:, cuts], k[:, -1:] - k[:, cuts]
    gains = (
        _log_likelihood(before, total[cuts])
        + _log_likelihood(after, total[-1] - total[cuts])
        - _log_likelihood(k[:, -1:], total[-1])
    )
    return np.asarray(2 * gains.max(axis=1))


def _times_log(part: float, whole: float) -> float:
    return part * math.log(part / whole) if part > 0 else 0.0


def _log_likelihood(k: np.ndarray, n: np.ndarray | float) -> np.ndarray:
    """Of the best rate for k of n, without the part that doesn't depend on the cut."""
    return np.asarray(xlogy(k, k / n) + xlogy(n - k, 1 - k / n))
