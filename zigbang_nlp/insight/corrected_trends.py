"""Trends and drivers corrected for the classifier's errors, beside those the model alone gives.

As `corrected` does with shares: the labels that people gave to a random sample say how far the
model's own answer is off; formulas and sources are in `prediction_powered`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.corrected import FEWEST_LABELS
from zigbang_nlp.insight.prediction_powered import ppi_regression, ppi_slope, slope
from zigbang_nlp.insight.rates import normal_interval
from zigbang_nlp.language.bilingual import refuse_few
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.records import CATEGORIES

#: Columns of `corrected_trend` and, after `driver`, of `corrected_drivers`.
SIDE_BY_SIDE: dict[str, str] = {
    "naive": "as the model judged",
    "naive_low": "lower end of its interval, which takes the model as never wrong",
    "naive_high": "upper end",
    "effect": "corrected by people's labels",
    "low": "lower end of its interval",
    "high": "upper end",
    "labelled": "texts of the random sample that people labelled",
}
_YEAR = 365.25
_TOO_FEW = N_("무작위 표본에서 사람이 답한 글이 {count}건뿐입니다. 적어도 {least}건이 필요합니다.")


def corrected_trend(corpus: Corpus, labels: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """By how much the positive share changes a year: naive and corrected.

    Args:
        corpus: the judged texts.
        labels: see `corrected.corrected_shares`.
        level: of the intervals.

    Returns:
        One row, see `SIDE_BY_SIDE`; as shares a year, 0.01 is a percentage point.

    Raises:
        InsightError: too few dated texts are labelled, or all are of one time.
    """
    texts = corpus.counted
    texts = texts[texts["written_at"].notna()]
    first = texts["written_at"].min()
    time = (texts["written_at"] - first).dt.total_seconds().to_numpy() / 86_400 / _YEAR
    by_people = labels.reindex(texts.index).to_numpy(float)
    mine = ~np.isnan(by_people)
    refuse_few(int(mine.sum()), FEWEST_LABELS, _TOO_FEW)
    judged = texts["positive"].to_numpy(float)
    estimate = ppi_slope(
        time[mine], by_people[mine], judged[mine], time[~mine], judged[~mine], level
    )
    naive = _naive(time, judged, level)
    row = (*naive, estimate.value, estimate.low, estimate.high, int(mine.sum()))
    return pd.DataFrame([row], columns=list(SIDE_BY_SIDE))


def corrected_drivers(corpus: Corpus, labels: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """How far recommendation scores of those who praise lie above those of who complain.

    Each category by itself, since the random sample is of texts, and hardly ever holds all of a
    resident's. The text beside the score is left out, as `drivers` leaves it out.

    Args:
        corpus: the judged texts with scores.
        labels: see `corrected.corrected_shares`.
        level: of the intervals.

    Returns:
        One row a category that has enough labels, the largest effect first: `driver`, then
        `SIDE_BY_SIDE`, in points of the score.

    Raises:
        InsightError: no category has enough labels, or there are no scores.
    """
    scores = corpus.texts[corpus.texts["category"].eq("total") & corpus.texts["score"].notna()]
    score_of = scores.drop_duplicates("review").set_index("review")["score"]
    rows, most = [], 0
    for name in list(CATEGORIES)[1:]:
        texts = corpus.counted[corpus.counted["category"].eq(name)]
        texts = texts[texts["review"].isin(score_of.index)]
        by_people = labels.reindex(texts.index).to_numpy(float)
        mine = ~np.isnan(by_people)
        judged = texts["positive"].to_numpy(float)
        most = max(most, int(mine.sum()))
        if mine.sum() < FEWEST_LABELS or np.ptp(judged) == 0 or np.ptp(by_people[mine]) == 0:
            continue
        score = texts["review"].map(score_of).to_numpy(float)
        estimate = ppi_regression(
            judged[:, None], score, mine, by_people[mine][:, None], level
        ).iloc[0]
        corrected = estimate[["effect", "low", "high"]]
        rows.append((name, *_naive(judged, score, level), *corrected, int(mine.sum())))
    if not rows:
        refuse_few(min(most, FEWEST_LABELS - 1), FEWEST_LABELS, _TOO_FEW)
    table = pd.DataFrame(rows, columns=["driver", *SIDE_BY_SIDE])
    return table.sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def _naive(x: np.ndarray, y: np.ndarray, level: float) -> tuple[float, float, float]:
    """The slope of what the model judged, with the ends of its interval."""
    value, variance = slope(x, y)
    low, high = normal_interval(value, variance**0.5, level)
    return value, float(low), float(high)
