"""When sentiment changed: change points of the monthly or quarterly counts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.periods import Period, trend
from zigbang_nlp.insight.rates import newcombe
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
#: A level lasts at least this many periods.
_SHORTEST = 3
_SIMULATIONS = 1_999


def changes(corpus: Corpus, period: Period = "month", *, level: float = 0.95) -> pd.DataFrame:
    """Lasting changes of sentiment, over all texts and by category.

    The counts of each series are cut into segments of one rate each (PELT with a binomial
    likelihood). A further segment must pay a penalty: the likelihood ratio that the best cut of a
    series without any change reaches in 1 - level of the cases, found by simulating such series
    with the same counts; so a corpus in which nothing changes gives a false alarm in at most
    1 - level of the cases, all series together.

    Args:
        period: "month" or "quarter".
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
            try:
                series[category] = trend(corpus, period, category=category)
            except InsightError:
                continue
    usable = {name: table[table["texts"] > 0] for name, table in series.items()}
    usable = {name: table for name, table in usable.items() if _is_enough(table)}
    if not usable:
        longest = series["all"]
        count, texts = int((longest["texts"] > 0).sum()), int(longest["texts"].sum())
        raise InsightError(
            f"{texts} texts in {count} periods are too few to see a change; "
            f"{FEWEST_TEXTS} in {FEWEST_PERIODS} are the least.",
            f"{count}개 기간의 글 {texts}개로는 변화를 볼 수 없습니다. 적어도 {FEWEST_PERIODS}개 "
            f"기간에 {FEWEST_TEXTS}개가 필요합니다.",
        )
    found = [
        row
        for name, table in usable.items()
        for row in _changes_of(name, table.reset_index(drop=True), len(usable), level)
    ]
    return pd.DataFrame(found, columns=list(CHANGE_COLUMNS))


def _is_enough(table: pd.DataFrame) -> bool:
    return len(table) >= FEWEST_PERIODS and int(table["texts"].sum()) >= FEWEST_TEXTS


def _changes_of(
    name: str, table: pd.DataFrame, series: int, level: float
) -> list[dict[str, object]]:
    n = table["effective"].to_numpy(float)
    k = table["share"].to_numpy(float) * n
    nulls = null_gains(n, float(k.sum() / n.sum()))
    penalty = float(np.quantile(nulls, 1 - (1 - level) / series))
    edges = [0, *segment(k, n, penalty)]
    rows = []
    for start, cut, end in zip(edges, edges[1:], edges[2:], strict=False):
        k1, n1 = k[start:cut].sum(), n[start:cut].sum()
        k2, n2 = k[cut:end].sum(), n[cut:end].sum()
        gain = (
            -_log_likelihood(k1 + k2, n1 + n2) + _log_likelihood(k1, n1) + _log_likelihood(k2, n2)
        )
        chance = (1 + int((nulls >= 2 * gain).sum())) / (len(nulls) + 1)
        low, high = newcombe(k2, n2, k1, n1, level)
        rows.append(
            {
                "category": name,
                "period": table["period"][cut],
                "label": table["label"][cut],
                "before": k1 / n1,
                "after": k2 / n2,
                "difference": k2 / n2 - k1 / n1,
                "low": float(low),
                "high": float(high),
                "p_value": min(1.0, chance * series),
            }
        )
    return rows


def segment(k: np.ndarray, n: np.ndarray, penalty: float) -> list[int]:
    """Ends of the segments that are cheapest: -2 log-likelihood, plus `penalty` a segment.

    Args:
        k, n: positive and all texts of each period, (periods,).
        penalty: the price of one more segment.
    """
    import ruptures

    class Binomial(ruptures.base.BaseCost):
        model = "binomial"
        min_size = _SHORTEST

        def fit(self, signal: np.ndarray) -> Binomial:
            self.signal = signal
            # Plain numbers: this is asked tens of thousands of times, one pair at a time.
            self.sums = np.vstack([[0.0, 0.0], np.cumsum(signal, axis=0)]).tolist()
            return self

        def error(self, start: int, end: int) -> float:
            positive = self.sums[end][0] - self.sums[start][0]
            total = self.sums[end][1] - self.sums[start][1]
            return -2 * (_times_log(positive, total) + _times_log(total - positive, total))

    search = ruptures.Pelt(custom_cost=Binomial(), min_size=_SHORTEST, jump=1)
    return list(search.fit(np.column_stack([k, n])).predict(pen=penalty))


def null_gains(n: np.ndarray, rate: float, seed: int = 0) -> np.ndarray:
    """Likelihood ratio (2 log) of the best single cut in simulated series that never change.

    Args:
        n: texts of each period, (periods,).
        rate: of positive in all of them.

    Returns:
        float (simulations,).
    """
    rng = np.random.default_rng(seed)
    sizes = np.maximum(np.round(n).astype(int), 1)
    k = rng.binomial(sizes, rate, (_SIMULATIONS, len(n))).cumsum(axis=1).astype(float)
    total = sizes.cumsum().astype(float)
    cuts = slice(_SHORTEST - 1, len(n) - _SHORTEST)
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
    from scipy.special import xlogy

    return np.asarray(xlogy(k, k / n) + xlogy(n - k, 1 - k / n))
