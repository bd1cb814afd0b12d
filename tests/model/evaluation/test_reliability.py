"""Doubt that keeps its word."""

import itertools

import numpy as np

from zigbang_nlp.model.evaluation.reliability import (
    DELTA,
    RELIABILITY,
    Promise,
    band_for,
    promises,
    usual_promise,
)


def world(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and calibrated probabilities that are right in about 94 of 100."""
    random = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-random.normal(0, 5, count)))
    return (random.random(count) < p).astype(np.float32), p


def test_promises_hold_on_new_texts() -> None:
    labels, probabilities = world(200_000, 99)
    wrong = (probabilities >= 0.5) != (labels == 1)
    broken = count = 0
    for seed in range(120):
        for promise in promises(*world(1_200, seed), 0.5):
            if promise.reliability in (0.95, 0.98):
                sure = (probabilities <= promise.low) | (probabilities >= promise.high)
                broken += wrong[sure].mean() > 1 - promise.reliability
                count += 1
    assert count > 150
    # A promise is false with a chance of at most DELTA; three standard deviations more.
    assert broken / count < DELTA + 3 * np.sqrt(DELTA * (1 - DELTA) / 120)


def test_more_is_promised_by_wider_bands() -> None:
    kept = promises(*world(3_000, 1), 0.5)
    assert len(kept) > 3
    assert all(a.low >= b.low and a.high <= b.high for a, b in itertools.pairwise(kept))
    assert all(p.right >= p.right_low for p in kept)
    chosen = band_for(kept, 0.96)
    assert chosen is not None
    assert chosen.reliability == 0.97


def test_nothing_is_promised_on_a_few_texts_or_by_a_model_that_cannot_tell() -> None:
    assert not promises(*world(20, 1), 0.5)
    random = np.random.default_rng(0)
    labels = (random.random(2_000) < 0.5).astype(np.float32)
    assert not promises(labels, random.random(2_000), 0.5)
    assert band_for((), 0.98) is None


def test_more_than_usual_is_promised_where_nine_of_ten_texts_stay_sure() -> None:
    def promised(*coverages: float) -> tuple[Promise, ...]:
        levels = (0.97, 0.98, 0.985, 0.99)
        return tuple(
            Promise(level, 0.4, 0.6, coverage, 1, 1, 900)
            for level, coverage in zip(levels, coverages, strict=False)
        )

    def usual(*coverages: float) -> float | None:
        promise = usual_promise(promised(*coverages))
        return None if promise is None else promise.reliability

    assert usual(1.0, 0.98, 0.96, 0.93) == 0.99
    assert usual(1.0, 0.98, 0.9, 0.89) == 0.985
    assert usual(1.0, 0.8, 0.7, 0.6) == RELIABILITY, "no less, at any cost"
    assert usual(1.0, 0.98) == RELIABILITY
    assert usual(1.0) is None
    assert usual() is None
