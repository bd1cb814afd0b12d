"""Rates with intervals: the formulas that all of insight's figures stand on. Pure, vectorised.

A rate is k / n: k successes (positive texts, mentions) of n. Both are counts of any shape that
broadcasts, and may be fractional, since correlated texts count for less than one each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

#: A corrected p-value below this is a finding, in every table, page and report.
SIGNIFICANT = 0.05


def significant(p_values: ArrayLike) -> np.ndarray:
    """Which of the (corrected) p-values are findings; one that is missing is none."""
    return np.asarray(p_values, float) < SIGNIFICANT


class Interval(NamedTuple):
    """Two arrays: the lower and the upper ends."""

    low: np.ndarray
    high: np.ndarray


def findings(p_values: np.ndarray) -> dict[str, np.ndarray]:
    """The columns p_value, q_value and significant of tests that are looked at together."""
    q = benjamini_hochberg(p_values)
    return {"p_value": p_values, "q_value": q, "significant": significant(q)}


def normal_interval(value: ArrayLike, error: ArrayLike, level: float) -> Interval:
    """Where a value with a normal standard error lies; both of any shape."""
    middle = np.asarray(value, float)
    half = special.ndtri((1 + level) / 2) * np.asarray(error, float)
    return Interval(middle - half, middle + half)


def wilson(positive: ArrayLike, total: ArrayLike, level: float = 0.95) -> Interval:
    """Wilson's score interval of a rate (Wilson 1927); NaN where there is nothing to count.

    Args:
        positive: counted, of any shape.
        total: of which.
        level: of confidence.
    """
    k, n = np.asarray(positive, float), np.asarray(total, float)
    z2 = special.ndtri((1 + level) / 2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (k + z2 / 2) / (n + z2)
        half = np.sqrt(z2) / (n + z2) * np.sqrt(k * (n - k) / n + z2 / 4)
    return Interval(np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1))


def newcombe(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, level: float = 0.95
) -> Interval:
    """Interval of the difference of two rates, k1/n1 - k2/n2 (Newcombe 1998, method 10).

    Args:
        k1: successes, of any shape; they broadcast.
        n1: of how many.
        k2: as k1, of the other rate.
        n2: as n1, of the other rate.
        level: of confidence.

    Returns:
        In [-1, 1].
    """
    k1, n1, k2, n2 = (np.asarray(x, float) for x in (k1, n1, k2, n2))
    p1, p2 = k1 / n1, k2 / n2
    one, two = wilson(k1, n1, level), wilson(k2, n2, level)
    d = p1 - p2
    low = d - np.sqrt((p1 - one.low) ** 2 + (two.high - p2) ** 2)
    high = d + np.sqrt((one.high - p1) ** 2 + (p2 - two.low) ** 2)
    return Interval(low, high)


def two_rates_p(k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike) -> np.ndarray:
    """Two-sided p-value of equal rates: the "N - 1" chi-squared test (Campbell 2007).

    It is Pearson's statistic times (N - 1) / N, good from expected counts of 1 on.

    Args:
        k1: successes, of any shape; they broadcast.
        n1: of how many.
        k2: as k1, of the other rate.
        n2: as n1, of the other rate.
    """
    k1, n1, k2, n2 = (np.asarray(x, float) for x in (k1, n1, k2, n2))
    total = n1 + n2
    pooled = (k1 + k2) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
        z2 = (k1 / n1 - k2 / n2) ** 2 / variance * (total - 1) / total
    return np.where(variance > 0, stats.chi2.sf(np.nan_to_num(z2), 1), 1.0)


def fisher_p(k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike) -> np.ndarray:
    """Fisher's exact test of k1/n1 = k2/n2, two-sided by doubling the smaller tail.

    Args:
        k1: successes, whole numbers (fractions are cut off).
        n1: of how many.
        k2: as k1, of the other rate.
        n2: as n1, of the other rate.

    Returns:
        p-values.
    """
    k1, n1, k2, n2 = (np.asarray(x, np.int64) for x in (k1, n1, k2, n2))
    drawn = stats.hypergeom(n1 + n2, k1 + k2, n1)
    tail = np.minimum(drawn.cdf(k1), drawn.sf(k1 - 1))
    return np.asarray(np.minimum(2 * tail, 1.0))


def beyond_p(
    k1: ArrayLike, n1: ArrayLike, k2: ArrayLike, n2: ArrayLike, least: float
) -> np.ndarray:
    """Two-sided p-value of rates that differ by at most `least`: a minimum-effect test.

    With enough texts every difference is significant; this asks whether it is surely larger than
    what matters (Murphy & Myors 1999). The larger of Fisher's exact p-value, of no difference,
    and that of the normal test at the edge, with one success and one failure added to each rate's
    variance (Agresti & Caffo 2000).

    Args:
        k1: successes, of any shape; they broadcast.
        n1: of how many.
        k2: as k1, of the other rate.
        n2: as n1, of the other rate.
        least: the smallest difference of the rates that matters, in [0, 1].
    """
    k1, n1, k2, n2 = (np.asarray(x, float) for x in (k1, n1, k2, n2))
    p1, p2 = (k1 + 1) / (n1 + 2), (k2 + 1) / (n2 + 2)
    error = np.sqrt(p1 * (1 - p1) / (n1 + 2) + p2 * (1 - p2) / (n2 + 2))
    excess = (np.abs(k1 / n1 - k2 / n2) - least) / error
    at_edge = np.minimum(2 * stats.norm.sf(excess), 1.0)
    return np.asarray(np.maximum(at_edge, fisher_p(k1, n1, k2, n2)))


def cohens_h(p1: ArrayLike, p2: ArrayLike) -> np.ndarray:
    """Effect size of two rates (Cohen 1988): 0.2 is small, 0.5 medium, 0.8 large."""
    p1, p2 = np.asarray(p1, float), np.asarray(p2, float)
    return np.asarray(2 * np.arcsin(np.sqrt(p1)) - 2 * np.arcsin(np.sqrt(p2)))


def design_effect(positive: ArrayLike, total: ArrayLike, group: ArrayLike) -> float:
    """How much wider correlated texts make an interval, as a factor of the variance (>= 1).

    The five texts of one resident resemble each other, so 500 texts of 100 residents say less
    than 500 texts of 500. This is the ratio of the variance between residents to the binomial
    one, pooled over the groups that are compared (Rao & Scott 1992, Biometrics 48, 577-585);
    counts divided by it are used in place of the counts.

    Args:
        positive: positive texts of each cluster (resident), (clusters,).
        total: all texts of each cluster, (clusters,).
        group: integer code of each cluster's group, from 0 on; the deviations are within groups.
    """
    k, m = np.asarray(positive, float), np.asarray(total, float)
    g = np.asarray(group)
    clusters = np.bincount(g)
    size = np.bincount(g, m)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.bincount(g, k) / size
        squared = np.bincount(g, (k - p[g] * m) ** 2) * clusters / (clusters - 1)
    binomial = size * p * (1 - p)
    usable = (clusters > 1) & (binomial > 0)
    if not usable.any():
        return 1.0
    return max(1.0, float(squared[usable].sum() / binomial[usable].sum()))


class Shrunk(NamedTuple):
    """Rates drawn toward what is known of the others: mean, ends of the interval, variance."""

    score: np.ndarray
    low: np.ndarray
    high: np.ndarray
    variance: np.ndarray


class Prior(NamedTuple):
    """How much groups differ, as weights of what all the others are worth.

    Attributes:
        strength: texts that the others may be worth, ascending, shape (strengths,).
        weight: how likely each is, summing to 1, shape (strengths,).
    """

    strength: np.ndarray
    weight: np.ndarray


def shrink(
    positive: ArrayLike,
    total: ArrayLike,
    mean: ArrayLike,
    level: float = 0.95,
    prior: Prior | None = None,
) -> Shrunk:
    """Each group's rate, given its own counts and how much all the groups differ.

    The rates are taken as drawn from Beta(M mean, M (1 - mean)). How much the others tell, M, in
    texts, is not fixed but averaged over, by its likelihood and the uniform shrinkage prior
    p(M) = n / (n + M)^2 with n the smallest size (Daniels 1999, Canadian Journal of Statistics 27,
    567-578): with one best M the intervals would be too narrow just where groups look alike.
    The average of the posteriors is given as the beta distribution with its mean and variance.

    Args:
        positive: positive texts of each group, (groups,).
        total: all texts of each group, (groups,); a group of none gets what is expected of it.
        mean: what the rates are drawn toward, one number or one a group.
        level: of the interval.
        prior: how much groups differ, where more is known than these groups tell; see `prior_of`.
    """
    k, n = np.asarray(positive, float), np.asarray(total, float)
    mu = _means(mean, k)
    known = prior_of(k, n, mu) if prior is None else prior
    strength, weight = known.strength[:, None], known.weight[:, None]  # (strengths, groups)
    means = (strength * mu + k) / (strength + n)
    score = (weight * means).sum(axis=0)
    within = means * (1 - means) / (strength + n + 1)
    variance = (weight * (within + (means - score) ** 2)).sum(axis=0)
    worth = score * (1 - score) / variance - 1
    beta, tail = stats.beta(score * worth, (1 - score) * worth), (1 - level) / 2
    return Shrunk(score, beta.ppf(tail), beta.ppf(1 - tail), variance)


def prior_of(positive: ArrayLike, total: ArrayLike, mean: ArrayLike) -> Prior:
    """How much these groups differ; the arguments are those of `shrink`."""
    k, n = np.asarray(positive, float), np.asarray(total, float)
    mu = _means(mean, k)
    strength = np.geomspace(0.5, 1e5, 80)[:, None]  # (strengths, groups) from here on
    a, b = strength * mu, strength * (1 - mu)
    # Groups are drawn toward few means, those of their districts.
    means, at = np.unique(mu, return_inverse=True)
    before = special.betaln(strength * means, strength * (1 - means))[:, at]
    likelihood = (special.betaln(a + k, b + n - k) - before).sum(axis=1)
    size = max(float(n.min(initial=np.inf, where=n > 0)), 1.0) if (n > 0).any() else 1.0
    # The grid is even in log M, hence the factor M.
    log_weight = likelihood + np.log(strength[:, 0] * size / (size + strength[:, 0]) ** 2)
    return Prior(strength[:, 0], special.softmax(log_weight))


def _means(mean: ArrayLike, like: np.ndarray) -> np.ndarray:
    spread = np.broadcast_to(np.asarray(mean, float), like.shape)
    return np.asarray(np.clip(spread, 1e-6, 1 - 1e-6))


def holm(p_values: ArrayLike) -> np.ndarray:
    """P-values adjusted so that the chance of even one false alarm stays at the level (Holm 1979)."""
    p = np.asarray(p_values, float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray:
    """P-values adjusted so that the share of false ones among the alarms stays at the level.

    Benjamini & Hochberg (1995).
    """
    p = np.asarray(p_values, float)
    return np.asarray(stats.false_discovery_control(p)) if p.size else p
