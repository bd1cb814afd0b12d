"""Periods without gaps, and cuts that are the cheapest there are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tests.factories.corpus import World
from zigbang_nlp import insight
from zigbang_nlp.insight.changepoints import null_gains, segment

WORLD = World(reviews=600, months=30, resemblance=0)


@pytest.fixture(scope="module")
def corpus() -> insight.Corpus:
    return WORLD.corpus()


def test_months_and_quarters_count_what_a_query_counts(corpus: insight.Corpus) -> None:
    texts = corpus.texts
    periods: list[tuple[insight.Period, str]] = [("month", "M"), ("quarter", "Q")]
    for period, code in periods:
        table = insight.trend(corpus, period)
        assert list(table) == list(insight.TREND_COLUMNS)
        counted = texts.groupby(texts["written_at"].dt.to_period(code))["positive"]
        assert table["positive"].tolist() == counted.sum().astype(int).tolist()
        assert table["texts"].tolist() == counted.size().tolist()
    assert insight.trend(corpus, "quarter")["label"].tolist()[0] == "2021 Q1"
    care = insight.trend(corpus, category="care")
    low, high = proportion_confint(care["positive"], care["texts"], method="wilson")
    np.testing.assert_allclose(care["low"], low)
    np.testing.assert_allclose(care["high"], high)


def test_an_empty_month_has_a_row_and_no_share(corpus: insight.Corpus) -> None:
    texts = corpus.texts[corpus.texts["written_at"].dt.to_period("M") != pd.Period("2021-05")]
    table = insight.trend(insight.Corpus.from_frames(texts)).set_index("label")
    assert table.loc["2021-05", "texts"] == 0
    assert table.loc["2021-05", ["share", "low", "high"]].isna().all()
    assert len(table) == 30


def test_mention_rates_are_of_reviews(corpus: insight.Corpus) -> None:
    word = WORLD.vocabulary()[2]
    table = insight.mention_trend(corpus, [word, "없는말"], "year")
    assert list(table) == list(insight.MENTION_COLUMNS)
    texts = corpus.texts.assign(said=corpus.texts["text"].str.split().map(lambda w: word in w))
    mentioned = texts.groupby("review").agg(said=("said", "any"), when=("written_at", "first"))
    counted = mentioned.groupby(mentioned["when"].dt.year)["said"]
    own = table[table["word"].eq(word)]
    assert own["mentions"].tolist() == counted.sum().tolist()
    assert own["reviews"].tolist() == counted.size().tolist()
    assert table.loc[table["word"].eq("없는말"), "rate"].tolist() == [0, 0, 0]


def cost(k: np.ndarray, n: np.ndarray, edges: tuple[int, ...], penalty: float) -> float:
    total = 0.0
    for start, end in zip((0, *edges), (*edges, len(k)), strict=True):
        rate = k[start:end].sum() / n[start:end].sum()
        # The binomial coefficients are the same for every cut.
        total -= 2 * stats.binom.logpmf(k[start:end], n[start:end], rate).sum()
    return total + penalty * len(edges)


def test_no_cut_is_cheaper() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(20, 60, 14)
    k = rng.binomial(n, np.repeat([0.4, 0.7, 0.5], [5, 5, 4]))
    for penalty in (2.0, 6.0, 15.0):
        ways = [
            edges
            for count in range(4)
            for edges in combinations(range(2, 13), count)
            if all(b - a >= 2 for a, b in zip((0, *edges), (*edges, 14), strict=True))
        ]
        best = min(ways, key=lambda edges: cost(k, n, edges, penalty))
        segments = segment(k.astype(float), n.astype(float), penalty, 2)
        assert tuple(segments[:-1]) == best


def test_the_gains_of_series_without_a_change() -> None:
    """With one place for a cut the gain is the likelihood ratio of two rates: chi-squared, 1."""
    gains = null_gains(np.full(4, 500.0), 0.5, 2)
    assert np.quantile(gains, 0.95) == pytest.approx(stats.chi2.ppf(0.95, 1), rel=0.12)
