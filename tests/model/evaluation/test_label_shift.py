"""The share of complaints in texts without labels, on worlds whose share is known."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from tests.factories.bundles import TOKENS, fake_bundle
from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.evaluation.calibration import fit_temperature
from zigbang_nlp.model.evaluation.label_shift import (
    ComplaintShare,
    Counts,
    Way,
    estimate_share,
    shift_to,
    validation_counts,
)
from zigbang_nlp.model.evaluation.metrics import binary_metrics

LEARNED, THRESHOLD = 0.375, 0.6
#: Distance of both labels' scores in standard deviations: ROC AUC 0.92, and 0.995.
FAIR, GOOD = 2.0, 3.6


def drawn(
    random: np.random.Generator, count: int, complaints: float, distance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and log-odds of a model that is far too sure of itself."""
    labels = (random.random(count) >= complaints).astype(np.float32)
    score = random.normal((labels - 0.5) * distance, 1.0)
    return labels, 1.6 * (distance * score + np.log((1 - LEARNED) / LEARNED))


def worlds(complaints: float, texts: int, distance: float, seeds: range) -> Iterator[Any]:
    """Validation texts that the model is calibrated on, as `train` does it, and texts of a place."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        labels, validation = drawn(random, 1_250, LEARNED, distance)
        temperature = fit_temperature(labels, 1 / (1 + np.exp(-validation)))
        known = 1 / (1 + np.exp(-validation / temperature))
        confusion = binary_metrics(labels, known, THRESHOLD)["confusion"]
        _, there = drawn(random, texts, complaints, distance)
        yield Counts.of(confusion), 1 / (1 + np.exp(-there / temperature))


def test_the_right_share_is_within_its_interval() -> None:
    held: dict[str, list[bool]] = {way: [] for way in get_args(Way)}
    cases = [(0.03, 300, GOOD), (0.1, 5_000, GOOD), (0.1, 300, FAIR), (0.8, 5_000, FAIR)]
    for number, (complaints, texts, distance) in enumerate(cases):
        drawn = list(worlds(complaints, texts, distance, range(25 * number, 25 * number + 25)))
        for way in get_args(Way):
            estimates = [estimate_share(p, THRESHOLD, counts, way) for counts, p in drawn]
            held[way] += [one.low <= complaints <= one.high for one in estimates]
            assert np.mean([one.share for one in estimates]) == pytest.approx(complaints, abs=0.012)
            assert all(0 <= one.low <= one.share <= one.high <= 1 for one in estimates)
            # As it stands, the model is led astray by the share that it knows.
            assert abs(np.mean([one.called for one in estimates]) - complaints) > 0.012
    # 95% of 100, less two standard deviations of chance.
    assert min(np.mean(one) for one in held.values()) >= 0.906


def test_em_is_the_more_exact() -> None:
    errors: dict[str, list[float]] = {"em": [], "bbse": []}
    for counts, p in worlds(0.1, 1_000, FAIR, range(40)):
        for way, kept in errors.items():
            kept.append(estimate_share(p, THRESHOLD, counts, way).share - 0.1)  # type: ignore[arg-type]
    assert np.std(errors["em"]) < 0.8 * np.std(errors["bbse"])


def test_em_gives_the_share_with_the_highest_likelihood() -> None:
    """Against a grid, and nobody's expectation: one text in four is certain to complain."""
    counts = Counts(50, 50, 45, 5)
    p = np.array([1e-6, 1 - 1e-6, 1 - 1e-6, 1 - 1e-6] * 30)
    assert estimate_share(p, 0.5, counts, "em").share == pytest.approx(0.25, abs=1e-4)
    p = np.random.default_rng(1).beta(2, 1, 400)
    grid = np.linspace(0, 1, 2_001)
    likelihood = [np.log(2 * (g * (1 - p) + (1 - g) * p)).sum() for g in grid]
    best = grid[int(np.argmax(likelihood))]
    assert estimate_share(p, 0.5, counts, "em").share == pytest.approx(best, abs=5e-4)


def test_bbse_takes_false_alarms_and_misses_out() -> None:
    """By hand: 0.9 of the complaints and 0.2 of the praise are called so, of all 0.41."""
    counts = Counts(9_999, 9_999, 8_999, 2_000)
    p = np.repeat([0.1, 0.9], [41, 59])
    estimate = estimate_share(p, 0.5, counts, "bbse")
    assert estimate.called == 0.41
    assert estimate.share == pytest.approx((0.41 - 0.2) / (0.9 - 0.2), abs=2e-4)


@pytest.mark.parametrize("way", get_args(Way))
@pytest.mark.parametrize(("p", "side"), [(0.999, 0.0), (0.001, 1.0)])
def test_all_of_one_kind_is_no_error(way: Way, p: float, side: float) -> None:
    counts = Counts(469, 781, 448, 22)
    estimate: ComplaintShare = estimate_share(np.full(200, p), 0.5, counts, way)
    assert estimate.share == pytest.approx(side, abs=0.005)
    assert estimate.low <= side <= estimate.high


def bundle_with(place: Path, confusion: dict[str, int] | None, **metrics: Any) -> Bundle:
    bundle = fake_bundle(Architecture(len(TOKENS) + 2, 6, (5,), True, "max_mean"), place)
    if confusion is not None:
        metrics["validation"] = {"confusion": confusion}
    return dataclasses.replace(bundle, metrics=metrics)


def confusion(caught: int, missed: int, alarms: int, right: int) -> dict[str, int]:
    return {
        "true_negative": caught,
        "false_positive": missed,
        "false_negative": alarms,
        "true_positive": right,
    }


def test_a_share_moves_the_log_odds_by_bayes(tmp_path: Path) -> None:
    bundle = bundle_with(tmp_path, confusion(25, 5, 10, 60))
    assert validation_counts(bundle) == Counts(30, 70, 25, 10)
    assert shift_to(bundle, 0.3) == pytest.approx(0)
    # Praise to complaints 9:1 instead of 7:3.
    assert np.exp(shift_to(bundle, 0.1)) == pytest.approx(9 / (7 / 3))
    assert np.isfinite([shift_to(bundle, 0.0), shift_to(bundle, 1.0)]).all()


@pytest.mark.parametrize(
    ("counts", "more", "why"),
    [
        (None, {}, "doesn't say how often it was wrong"),
        (confusion(15, 2, 5, 90), {}, "fewer than 20 validation texts"),
        (confusion(50, 50, 40, 60), {}, "hardly tells complaints from praise"),
        (confusion(90, 10, 5, 95), {"kept_from_start": True}, "not chosen on its own"),
    ],
)
def test_a_bundle_that_does_not_know_refuses(
    tmp_path: Path, counts: dict[str, int] | None, more: dict[str, Any], why: str
) -> None:
    with pytest.raises(BundleError, match=why) as refused:
        validation_counts(bundle_with(tmp_path, counts, **more))
    assert "predict.prior_shift" in refused.value.next_step
