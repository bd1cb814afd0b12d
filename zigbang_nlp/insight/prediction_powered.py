"""Prediction-powered inference: the formulas.

A share of what a model judged is off by as much as the model errs, and its interval knows nothing
of it. People's labels of a random sample say how much the model errs there; what it says of all
texts is corrected by that, and the interval covers the truth whatever the model is like.

Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, "Prediction-powered inference", Science 382,
669-674, for means (algorithm 1 and proposition 1), with the weight of the predictions chosen by
the data as in Angelopoulos, Duchi & Zrnic 2023, "PPI++: Efficient prediction-powered inference",
arXiv:2311.01453 (section 6, example 6.1):

    share    = lam mean(f of N texts) + mean(y - lam f of n labelled texts)
    variance = var(y - lam f) / n + lam^2 var(f) / N
    lam      = cov(y, f) / ((1 + n / N) var(f)), cut to 0..1

where y is people's label, f the model's (both 0 or 1, or f a probability), n the labelled texts
and N the others. With a model that tells nothing lam is 0, and people's labels alone are left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.ridge import ridge
from zigbang_nlp.language.bilingual import insight_error


class Estimate(NamedTuple):
    """A mean or a difference with its interval.

    Attributes:
        value, low, high: of the mean.
        variance: of the value.
        weight: how far the predictions were believed, 0 to 1 (lam).
    """

    value: float
    low: float
    high: float
    variance: float
    weight: float


def ppi_mean(
    labels: ArrayLike,
    predicted_labelled: ArrayLike,
    predicted: ArrayLike,
    level: float = 0.95,
    weight: float | None = None,
) -> Estimate:
    """The mean of what people would say, from a few labels and many predictions.

    Args:
        labels: people's, of a random sample, 0 or 1 (or any number), shape (n,).
        predicted_labelled: the model's of the same texts, (n,).
        predicted: the model's of the other texts, (N,).
        level: of the interval.
        weight: of the predictions; None chooses the one with the smallest variance.

    Returns:
        The estimate; see the module for formula and source.

    Raises:
        InputError: the labels and their predictions differ in number, or are fewer than two.

    >>> round(ppi_mean([1, 0, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1] * 50).value, 2)
    0.75
    """
    y, f, others = (np.asarray(x, float) for x in (labels, predicted_labelled, predicted))
    n, count = len(y), len(others)
    if n != len(f) or n < 2:
        raise InputError(
            f"There are {n} labels and {len(f)} predictions of them.",
            "Give a prediction for each label, and two labels at least.",
        )
    spread = float(np.concatenate([f, others]).var())
    if weight is None:
        together = float(np.cov(y, f)[0, 1])
        weight = together / ((1 + n / count) * spread) if spread > 0 and count else 0.0
        weight = min(max(weight, 0.0), 1.0)
    residual = y - weight * f
    value = float(residual.mean()) + (weight * float(others.mean()) if count else 0.0)
    variance = float(residual.var(ddof=1)) / n
    if count > 1:
        variance += weight**2 * float(others.var(ddof=1)) / count
    return _interval(value, variance, weight, n, level)


def ppi_difference(one: Estimate, other: Estimate, level: float = 0.95) -> Estimate:
    """The difference of two independent means, one less other."""
    variance = one.variance + other.variance
    weight = min(one.weight, other.weight)
    return _interval(one.value - other.value, variance, weight, None, level)


def ppi_slope(
    time: ArrayLike,
    labels: ArrayLike,
    predicted_labelled: ArrayLike,
    time_others: ArrayLike,
    predicted: ArrayLike,
    level: float = 0.95,
) -> Estimate:
    """The trend of what people would say: change of the mean for each unit of time.

    Least squares, with the slope of the predictions over all texts corrected by the slope of
    what the model errs on the labelled ones (algorithm 3 of Angelopoulos et al. 2023), weight 1.

    Args:
        time: of the labelled texts, in any unit, (n,).
        labels: people's, (n,).
        predicted_labelled: the model's of the same texts, (n,).
        time_others: of the other texts, (N,).
        predicted: the model's of the other texts, (N,).
        level: of the interval.
    """
    t, y, f = (np.asarray(x, float) for x in (time, labels, predicted_labelled))
    s, g = np.asarray(time_others, float), np.asarray(predicted, float)
    naive, naive_variance = slope(s, g)
    error, error_variance = slope(t, y - f)
    return _interval(naive + error, naive_variance + error_variance, 1.0, len(t), level)


def slope(t: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """(least-squares slope, its variance whatever the errors' spread (HC1)).

    Raises:
        InsightError: all of `t` are equal, or they are fewer than three.
    """
    centred = t - t.mean()
    square = float(centred @ centred)
    if square == 0 or len(t) < 3:
        raise insight_error("모든 글이 같은 때의 것이라 추세를 볼 수 없습니다.")
    slope = float(centred @ y) / square
    residual = y - y.mean() - slope * centred
    variance = float((centred**2) @ (residual**2)) / square**2 * len(t) / (len(t) - 2)
    return slope, variance


def _interval(
    value: float, variance: float, weight: float, n: int | None, level: float
) -> Estimate:
    # With few labels the variance itself is a guess, hence Student's t.
    tail = (1 + level) / 2
    quantile = special.ndtri(tail) if n is None else special.stdtrit(n - 1, tail)
    half = float(quantile) * float(np.sqrt(variance))
    return Estimate(value, value - half, value + half, variance, weight)


def ppi_regression(
    features: np.ndarray,
    score: np.ndarray,
    labelled: np.ndarray,
    true_features: np.ndarray,
    level: float = 0.95,
) -> pd.DataFrame:
    """Drivers of a score, with features that a model judged corrected by those people did.

    The normal equations are corrected, as the features (not the target) are predicted: with X the
    judged and Z the true features, the moments of Z over all texts are estimated by those of X
    over all plus the mean of (those of Z - those of X) over the labelled rows, the estimator of
    means of Angelopoulos et al. 2023 applied to each moment; intervals by the bootstrap.

    Args:
        features: as the model judged, (rows, drivers).
        score: (rows,).
        labelled: rows that people labelled, bool (rows,).
        true_features: people's, (labelled rows, drivers).
        level: of the intervals.

    Returns:
        One row a driver: naive, effect, low, high.
    """
    rng = np.random.default_rng(0)
    naive = ridge(features, score, penalty=0.0).coefficients

    def solved(rows: np.ndarray, mine: np.ndarray) -> np.ndarray:
        x, y = features[rows], score[rows]
        where_labelled = np.flatnonzero(labelled)[mine]
        xm, zm, ym = features[where_labelled], true_features[mine], score[where_labelled]
        both = [np.column_stack([np.ones(len(m)), m]) for m in (x, xm, zm)]
        square = both[0].T @ both[0] / len(x)
        square += (both[2].T @ both[2] - both[1].T @ both[1]) / len(xm)
        product = both[0].T @ y / len(x) + (both[2].T @ ym - both[1].T @ ym) / len(xm)
        return np.asarray(np.linalg.lstsq(square, product, rcond=None)[0][1:])

    rows, mine = np.arange(len(score)), np.arange(len(true_features))
    effect = solved(rows, mine)
    drawn = np.array(
        [solved(rng.choice(rows, len(rows)), rng.choice(mine, len(mine))) for _ in range(400)]
    )
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame({"naive": naive, "effect": effect, "low": low, "high": high})
