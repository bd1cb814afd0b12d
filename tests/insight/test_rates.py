"""Each formula against a published example or an implementation of somebody else's."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import integrate, special, stats
from sklearn.linear_model import Ridge, RidgeCV
from statsmodels.stats import multitest, proportion

from zigbang_nlp.insight import rates
from zigbang_nlp.insight.keyness import log_ratio_interval
from zigbang_nlp.insight.polarity import log_odds_ratio
from zigbang_nlp.insight.ridge import ridge

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_wilson(level: float) -> None:
    k, n = np.array([0, 1, 8, 81, 15, 5]), np.array([20, 29, 10, 263, 148, 5])
    interval = rates.wilson(k, n, level)
    low, high = proportion.proportion_confint(k, n, 1 - level, "wilson")
    np.testing.assert_allclose(interval.low, low, atol=1e-12)
    np.testing.assert_allclose(interval.high, high, atol=1e-12)


def test_wilson_as_published() -> None:
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3."""
    interval = rates.wilson([81, 15, 0, 1], [263, 148, 20, 29])
    np.testing.assert_allclose(interval.low, [0.2553, 0.0624, 0.0000, 0.0061], atol=5e-5)
    np.testing.assert_allclose(interval.high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)


def test_nothing_counted_has_no_interval() -> None:
    assert np.isnan(rates.wilson(0, 0)).all()


def test_newcombe_as_published() -> None:
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10."""
    interval = rates.newcombe([56, 9, 6], [70, 10, 7], [48, 3, 2], [80, 10, 7])
    np.testing.assert_allclose(interval.low, [0.0524, 0.1705, 0.0582], atol=5e-5)
    np.testing.assert_allclose(interval.high, [0.3339, 0.8090, 0.8062], atol=5e-5)


def test_newcombe_and_the_effect_size_as_statsmodels_has_them() -> None:
    for k1, n1, k2, n2 in [(56, 70, 48, 80), (0, 10, 3, 12), (200, 400, 190, 410)]:
        low, high = proportion.confint_proportions_2indep(k1, n1, k2, n2, method="newcomb")
        np.testing.assert_allclose(rates.newcombe(k1, n1, k2, n2), (low, high), atol=1e-12)
        h = proportion.proportion_effectsize(k1 / n1, k2 / n2)
        np.testing.assert_allclose(rates.cohens_h(k1 / n1, k2 / n2), h)


def test_two_rates() -> None:
    for k1, n1, k2, n2 in [(56, 70, 48, 80), (3, 12, 9, 14), (190, 410, 200, 400)]:
        table = [[k1, n1 - k1], [k2, n2 - k2]]
        pearson = stats.chi2_contingency(table, correction=False).statistic
        expected = stats.chi2.sf(pearson * (n1 + n2 - 1) / (n1 + n2), 1)
        assert rates.two_rates_p(k1, n1, k2, n2) == pytest.approx(expected)
    assert rates.two_rates_p(5, 5, 8, 8) == 1, "two rates of 1 don't differ"


def test_fisher() -> None:
    for k1, n1, k2, n2 in [(8, 10, 1, 6), (0, 30, 7, 400), (3, 3, 2, 90), (5, 50, 50, 500)]:
        table = [[k1, n1 - k1], [k2, n2 - k2]]
        sides = [stats.fisher_exact(table, side).pvalue for side in ("less", "greater")]
        assert rates.fisher_p(k1, n1, k2, n2) == pytest.approx(min(1, 2 * min(sides)))


def test_a_difference_has_to_be_beyond_what_matters() -> None:
    counts = (560, 1000, 500, 1000)
    assert rates.beyond_p(*counts, 0.0) == pytest.approx(float(rates.fisher_p(*counts)), rel=0.5)
    assert rates.beyond_p(*counts, 0.03) > 0.05 > rates.beyond_p(*counts, 0.0)
    assert rates.beyond_p(*counts, 0.2) == 1
    assert rates.beyond_p(800, 1000, 500, 1000, 0.05) < 1e-9


def test_a_minimum_effect_is_found_by_chance_at_most_as_often_as_said() -> None:
    edge = RNG.binomial(300, 0.55, 4_000), 300, RNG.binomial(3_000, 0.5, 4_000), 3_000
    assert (rates.beyond_p(*edge, 0.05) < 0.05).mean() < 0.06


def test_corrections_for_many_tests() -> None:
    p = RNG.random(50) ** 3
    p[7] = p[8]
    np.testing.assert_allclose(rates.holm(p), multitest.multipletests(p, method="holm")[1])
    adjusted = rates.benjamini_hochberg(p)
    np.testing.assert_allclose(adjusted, multitest.multipletests(p, method="fdr_bh")[1])
    assert rates.benjamini_hochberg([]).size == 0


def test_the_design_effect_is_that_of_a_cluster_robust_regression() -> None:
    size = RNG.integers(1, 6, 400)
    p = RNG.beta(2, 2, 400)
    positive = RNG.binomial(size, p)
    cluster = np.repeat(np.arange(400), size)
    y = np.concatenate([[1.0] * k + [0.0] * (m - k) for k, m in zip(positive, size, strict=True)])
    fitted = sm.OLS(y, np.ones(len(y))).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    binomial = y.mean() * (1 - y.mean()) / len(y)
    expected = fitted.cov_params()[0, 0] / binomial * 400 / 399
    assert rates.design_effect(positive, size, np.zeros(400, int)) == pytest.approx(expected)


def test_independent_texts_have_no_design_effect() -> None:
    size = np.full(4_000, 5)
    positive = RNG.binomial(size, 0.6)
    assert rates.design_effect(positive, size, np.arange(4_000) % 8) < 1.06
    assert rates.design_effect([1, 0], [1, 1], [0, 1]) == 1, "one resident each says nothing"


def test_shrinking_is_the_integral_it_claims_to_be() -> None:
    k, n = np.array([3, 12, 20, 5]), np.array([3, 20, 50, 30])
    mu, size = 0.55, float(n.min())

    def weight(strength: float) -> float:
        a, b = strength * mu, strength * (1 - mu)
        likelihood = np.exp(np.sum(special.betaln(a + k, b + n - k) - special.betaln(a, b)))
        return float(likelihood * size / (size + strength) ** 2) * 1e40

    def mean(power: int, group: int) -> float:
        def inner(log_strength: float) -> float:
            strength = np.exp(log_strength)
            a, b = strength * mu + k[group], strength * (1 - mu) + (n - k)[group]
            moment = a / (a + b) if power == 1 else a * (a + 1) / ((a + b) * (a + b + 1))
            return float(weight(strength) * strength * moment)

        ends = (np.log(0.5), np.log(1e5))
        total = integrate.quad(lambda s: weight(np.exp(s)) * np.exp(s), *ends)[0]
        return float(integrate.quad(inner, *ends)[0] / total)

    shrunken = rates.shrink(k, n, mu)
    for group in range(4):
        assert shrunken.score[group] == pytest.approx(mean(1, group), rel=1e-3)
        spread = mean(2, group) - mean(1, group) ** 2
        assert shrunken.variance[group] == pytest.approx(spread, rel=1e-2)
    assert (shrunken.low < shrunken.score).all()
    assert (shrunken.score < shrunken.high).all()


def test_three_glowing_reviews_do_not_beat_three_hundred_good_ones() -> None:
    rest = RNG.binomial(40, 0.6, 20)
    k, n = np.array([3, 290, *rest]), np.array([3, 300, *[40] * 20])
    shrunken = rates.shrink(k, n, k.sum() / n.sum())
    assert shrunken.low[0] < shrunken.low[1]
    assert shrunken.score[0] < shrunken.score[1]


def test_shrunken_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    for strength in (10, 40, 150):
        held = []
        for _ in range(60):
            truth = rng.beta(0.6 * strength, 0.4 * strength, 40)
            n = rng.integers(3, 80, 40)
            shrunken = rates.shrink(rng.binomial(n, truth), n, 0.6)
            held.append(((shrunken.low < truth) & (truth < shrunken.high)).mean())
        assert 0.92 < np.mean(held) < 0.98, strength


def test_groups_that_do_not_differ_become_one() -> None:
    n = np.full(100, 60)
    shrunken = rates.shrink(RNG.binomial(n, 0.5), n, 0.5)
    assert np.ptp(shrunken.score) < 0.05
    assert (shrunken.high - shrunken.low).min() > 0.02, "but not with a certainty that nobody has"


def test_the_ratio_of_two_rates() -> None:
    k1, k2 = np.array([0, 3, 40, 80]), np.array([5, 9, 40, 300])
    interval = log_ratio_interval(k1, 500, k2, 2_000)
    for i in range(4):
        low, high = proportion.confint_proportions_2indep(
            k1[i], 500, k2[i], 2_000, compare="ratio", method="log-adjusted"
        )
        assert (interval.low[i], interval.high[i]) == pytest.approx((low, high))


def test_the_log_odds_ratio_word_by_word() -> None:
    one, other = np.array([30, 4, 0, 100]), np.array([10, 9, 2, 120])
    ratios, error = log_odds_ratio(one, other, one + other, 50.0)
    for w in range(4):  # Monroe et al. 2008, equations 15, 16 and 20, as they are printed
        a0, aw = 50.0, 50.0 * (one + other)[w] / (one + other).sum()
        i = np.log((one[w] + aw) / (one.sum() + a0 - one[w] - aw))
        j = np.log((other[w] + aw) / (other.sum() + a0 - other[w] - aw))
        assert ratios[w] == pytest.approx(i - j)
        assert error[w] ** 2 == pytest.approx(1 / (one[w] + aw) + 1 / (other[w] + aw))


def regression() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 6))
    x[:, 5] += x[:, 4]
    return x, x @ [0.5, 0, 0, -0.3, 0.1, 0] + rng.normal(0, 1 + np.abs(x[:, 0]), 200) + 3


def test_without_a_penalty_ridge_is_least_squares_with_robust_errors() -> None:
    x, y = regression()
    fitted = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC1")
    fit = ridge(x, y, penalty=0.0)
    np.testing.assert_allclose(fit.coefficients, fitted.params[1:])
    np.testing.assert_allclose(fit.error, fitted.bse[1:])
    assert fit.r2 == pytest.approx(fitted.rsquared)


def test_the_penalty_and_coefficients_are_those_of_scikit_learn() -> None:
    x, y = regression()
    fit = ridge(x, y)
    assert fit.penalty > 0
    np.testing.assert_allclose(fit.coefficients, Ridge(fit.penalty).fit(x, y).coef_)
    grid = np.geomspace(1e-5, 1, 26) * len(y)
    assert RidgeCV(grid).fit(x, y).alpha_ == pytest.approx(fit.penalty)


def test_a_column_that_repeats_another_breaks_nothing() -> None:
    x, y = regression()
    fit = ridge(np.column_stack([x, x[:, 0]]), y)
    assert np.isfinite(fit.coefficients).all()
    assert np.isfinite(fit.error).all()
