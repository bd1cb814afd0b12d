"""What people say of a sample corrects what a wrong model says of all: the interval holds the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.corrected import corrected_difference, corrected_shares
from zigbang_nlp.insight.corrected_trends import corrected_drivers, corrected_trend
from zigbang_nlp.insight.prediction_powered import (
    ppi_difference,
    ppi_mean,
    ppi_regression,
    ppi_slope,
)
from zigbang_nlp.insight.rates import wilson


def judged(rng: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """A biased model: it calls 30% of the complaints praise, and 5% of the praise complaints."""
    wrong = np.where(truth == 1, 0.05, 0.30)
    return np.where(rng.random(truth.shape) < wrong, 1 - truth, truth)


def test_the_formula_by_hand() -> None:
    y, f = np.array([1, 0, 1, 1, 0, 1.0]), np.array([1, 1, 1, 1, 0, 0.0])
    others = np.array([1, 1, 0, 1, 1, 0, 1, 1.0])
    estimate = ppi_mean(y, f, others, weight=0.5)
    rest = y - 0.5 * f
    assert estimate.value == pytest.approx(0.5 * others.mean() + rest.mean())
    assert estimate.variance == pytest.approx(rest.var(ddof=1) / 6 + 0.25 * others.var(ddof=1) / 8)
    assert estimate.value - estimate.low == pytest.approx(2.5706 * estimate.variance**0.5, rel=1e-4)
    whole = ppi_mean(y, f, others)
    spread = np.concatenate([f, others]).var()
    assert whole.weight == pytest.approx(np.cov(y, f)[0, 1] / ((1 + 6 / 8) * spread))
    # A model that tells nothing is not believed, and one that knows all is.
    assert ppi_mean(y, np.ones(6), np.ones(8)).weight == 0
    assert ppi_mean(y, np.ones(6), np.ones(8)).value == pytest.approx(y.mean())
    with pytest.raises(InputError, match="6 labels and 5 predictions"):
        ppi_mean(y, f[:5], others)


def test_the_interval_holds_the_truth_in_95_of_100_samples() -> None:
    """And the naive one hardly ever: the model's bias is eight times its width."""
    rng = np.random.default_rng(1)
    rounds, n, count, truth = 4_000, 200, 4_000, 0.55
    held = naive_held = 0
    widths = []
    for _ in range(rounds):
        y = (rng.random(n + count) < truth).astype(float)
        f = judged(rng, y)
        estimate = ppi_mean(y[:n], f[:n], f[n:])
        held += estimate.low < truth < estimate.high
        low, high = wilson(f.sum(), n + count)
        naive_held += bool(low < truth < high)
        widths.append(estimate.high - estimate.low)
    assert held / rounds == pytest.approx(0.95, abs=0.015)
    assert naive_held / rounds < 0.05
    alone = 2 * 1.96 * np.sqrt(truth * (1 - truth) / n)
    assert np.mean(widths) < 0.85 * alone, "the model's predictions are worth something"


def test_differences_hold_the_truth_as_often() -> None:
    rng = np.random.default_rng(2)
    rounds, n, count = 3_000, 150, 2_000
    held = 0
    for _ in range(rounds):
        sides = []
        for truth in (0.65, 0.50):
            y = (rng.random(n + count) < truth).astype(float)
            f = judged(rng, y)
            sides.append(ppi_mean(y[:n], f[:n], f[n:]))
        estimate = ppi_difference(sides[0], sides[1])
        held += estimate.low < 0.15 < estimate.high
    assert held / rounds == pytest.approx(0.95, abs=0.015)


def test_trends_hold_the_truth_as_often() -> None:
    """The model gets worse with time, so its own trend points the other way."""
    rng = np.random.default_rng(3)
    rounds, n, count, slope = 3_000, 300, 3_000, -0.02
    held, naive = 0, []
    for _ in range(rounds):
        time = rng.integers(0, 10, n + count).astype(float)
        y = (rng.random(n + count) < 0.6 + slope * time).astype(float)
        f = np.where(rng.random(n + count) < 0.06 * time, 1.0, y)
        estimate = ppi_slope(time[:n], y[:n], f[:n], time[n:], f[n:])
        held += estimate.low < slope < estimate.high
        naive.append(np.polyfit(time, f, 1)[0])
    assert held / rounds == pytest.approx(0.95, abs=0.015)
    assert np.mean(naive) > 0


def test_drivers_are_corrected() -> None:
    rng = np.random.default_rng(4)
    count, n = 4_000, 800
    truth = (rng.random((count, 2)) < 0.5).astype(float)
    score = 3 + truth @ [1.0, -0.5] + rng.normal(0, 0.5, count)
    seen = judged(rng, truth)
    labelled = np.zeros(count, bool)
    labelled[rng.choice(count, n, replace=False)] = True
    table = ppi_regression(seen, score, labelled, truth[labelled])
    assert (table["low"] < [1.0, -0.5]).all()
    assert (table["high"] > [1.0, -0.5]).all()
    assert abs(table["naive"][0] - 1.0) > 0.25, "the naive effect is drawn toward 0"


@pytest.fixture(scope="module")
def sampled() -> tuple[insight.Corpus, pd.Series, np.ndarray]:
    rng = np.random.default_rng(5)
    count = 3_000
    place = rng.integers(0, 2, count)
    truth = (rng.random(count) < np.where(place == 0, 0.7, 0.45)).astype(float)
    frame = pd.DataFrame(
        {
            "text": [f"글 {n}" for n in range(count)],
            "complex": np.where(place == 0, "a:1", "a:2"),
            "positive": judged(rng, truth),
        }
    )
    rows = rng.choice(count, 500, replace=False)
    return insight.Corpus.from_frames(frame), pd.Series(truth[rows], rows), truth


def test_shares_stand_side_by_side(sampled: tuple[insight.Corpus, pd.Series, np.ndarray]) -> None:
    corpus, labels, truth = sampled
    table = corrected_shares(corpus, labels, "complex").set_index("complex")
    places = corpus.texts["complex"]
    for name, row in table.iterrows():
        own = truth[places.eq(str(name)).to_numpy()]
        assert row["low"] < own.mean() < row["high"]
        assert not row["naive_low"] < own.mean() < row["naive_high"]
    assert table["texts"].sum() == 3_000
    assert table["labelled"].sum() == 500
    assert 0.7 < table.attrs["accuracy"] < 0.95
    few = corrected_shares(corpus, labels.head(20))
    assert few["share"].isna().all()
    assert few["labelled"].tolist() == [20]
    with pytest.raises(insight.InsightError, match="labelled by people"):
        corrected_shares(corpus, labels.head(0))


def test_two_places_are_told_apart(sampled: tuple[insight.Corpus, pd.Series, np.ndarray]) -> None:
    corpus, labels, truth = sampled
    one = corpus.texts["complex"].eq("a:1").to_numpy()
    difference = corrected_difference(corpus, labels, one, ~one)
    real = truth[one].mean() - truth[~one].mean()
    assert difference["low"] < real < difference["high"]
    assert difference["significant"]
    assert abs(difference["naive"] - real) > 0.03
    with pytest.raises(insight.InsightError, match="labels of the random sample"):
        corrected_difference(corpus, labels.head(30), one, ~one)


@pytest.fixture(scope="module")
def scored() -> tuple[insight.Corpus, pd.Series]:
    """Residents with a score beside texts of two categories; traffic moves it by 1, care by nothing.

    Praise falls by 5 points a year, and the model, which errs more each year, hides it.
    """
    rng = np.random.default_rng(6)
    count = 3_000
    written = pd.Timestamp(2020, 1, 1) + pd.to_timedelta(rng.integers(0, 1_826, count), "D")
    years = ((written - pd.Timestamp(2020, 1, 1)).days / 365.25).to_numpy()
    frames, truths = [], []
    traffic = (rng.random(count) < 0.75 - 0.05 * years).astype(float)
    care = (rng.random(count) < 0.75 - 0.05 * years).astype(float)
    score = np.clip(np.round(2.5 + traffic + rng.normal(0, 0.8, count)), 0, 5)
    for category, truth in (("total", None), ("traffic", traffic), ("care", care)):
        positive = np.full(count, np.nan)
        if truth is not None:
            positive = np.where(rng.random(count) < 0.07 * years, 1.0, truth)
        frames.append(
            pd.DataFrame(
                {
                    "text": [f"{category} 글 {n}" for n in range(count)],
                    "complex": "a:1", "review": np.arange(count), "category": category,
                    "positive": positive, "written_at": written,
                    "score": score if truth is None else np.nan,
                }
            )
        )  # fmt: skip
        truths.append(np.full(count, np.nan) if truth is None else truth)
    corpus = insight.Corpus.from_frames(pd.concat(frames, ignore_index=True))
    labels = pd.Series(np.concatenate(truths))
    return corpus, labels.dropna().sample(1_500, random_state=0).sort_index()


def test_a_trend_that_the_model_hides_is_corrected(
    scored: tuple[insight.Corpus, pd.Series],
) -> None:
    row = corrected_trend(*scored).iloc[0]
    texts = scored[0].judged
    years = (texts["written_at"] - texts["written_at"].min()).dt.days / 365.25
    assert row["naive"] == pytest.approx(np.polyfit(years, texts["positive"], 1)[0])
    assert not row["naive_low"] < -0.05 < row["naive_high"]
    assert row["low"] < -0.05 < row["high"] < 0
    assert row["labelled"] == 1_500
    with pytest.raises(InsightError, match="29 texts"):
        corrected_trend(scored[0], scored[1].head(29))


def test_drivers_are_corrected_each_by_itself(scored: tuple[insight.Corpus, pd.Series]) -> None:
    table = corrected_drivers(*scored).set_index("driver")
    assert list(table.index) == ["traffic", "care"]
    corpus, labels = scored
    traffic = corpus.texts["category"].eq("traffic")
    score = corpus.texts.loc[corpus.texts["category"].eq("total")].set_index("review")["score"]
    own = corpus.texts[traffic]
    means = own["review"].map(score).groupby(own["positive"]).mean()
    assert table["naive"]["traffic"] == pytest.approx(means[1.0] - means[0.0])
    assert table["low"]["traffic"] < 1 < table["high"]["traffic"]
    assert table["naive_high"]["traffic"] < 1, "errors draw it toward 0"
    assert table["low"]["care"] < 0 < table["high"]["care"]
    assert table["labelled"].sum() == len(labels)
    with pytest.raises(InsightError, match="labelled"):
        corrected_drivers(corpus, labels.head(20))
