"""A threshold by the rule that the user names."""

from typing import Any

import numpy as np
import pytest

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.model.evaluation.thresholds import (
    by_rules,
    choose_threshold,
    rarer_class,
    steady_threshold,
)


def skewed() -> tuple[np.ndarray, np.ndarray]:
    """Nine of ten texts are praise, as in life."""
    random = np.random.default_rng(0)
    labels = (random.random(4_000) < 0.9).astype(np.float32)
    return labels, 1 / (1 + np.exp(-(3 * labels - 0.5 + random.normal(0, 1.2, 4_000))))


def measures(labels: np.ndarray, p: np.ndarray, t: float) -> dict[str, float]:
    called, negative = p < t, labels == 0
    hit = (called & negative).sum()
    return {
        "balanced": (hit / negative.sum() + (~called & ~negative).sum() / (~negative).sum()) / 2,
        "precision": hit / max(called.sum(), 1),
        "found": hit / negative.sum(),
        "cost": 5 * (negative & ~called).sum() + (~negative & called).sum(),
    }


def test_each_rule_gives_the_best_threshold_by_its_measure() -> None:
    labels, p = skewed()
    grid = [measures(labels, p, t) for t in np.linspace(0.001, 0.999, 999)]
    at = {r: measures(labels, p, choose_threshold(labels, p, r)) for r in ("balanced", "cost=5:1")}
    assert at["balanced"]["balanced"] >= max(m["balanced"] for m in grid)
    assert at["cost=5:1"]["cost"] <= min(m["cost"] for m in grid)
    precise = measures(labels, p, choose_threshold(labels, p, "precision=0.9"))
    assert precise["precision"] >= 0.9
    assert precise["found"] >= max(m["found"] for m in grid if m["precision"] >= 0.9)


def test_the_mean_over_resamples_hangs_less_on_which_texts_there_are() -> None:
    """The log-odds of both classes are normal and alike, so the best balanced cut is known."""
    random = np.random.default_rng(3)
    best, steady = [], []
    for _ in range(40):
        labels = (random.random(400) < 0.6).astype(np.float32)
        p = 1 / (1 + np.exp(-(4 * labels - 1.5 + random.normal(0, 1, 400))))
        best.append(choose_threshold(labels, p, "balanced"))
        steady.append(steady_threshold(labels, p, "balanced", 60))
    off = [np.mean(np.square(np.log(t) - np.log1p(-t) - 0.5)) for t in np.array([best, steady])]
    assert off[1] < 0.75 * off[0]


def test_texts_count_as_often_as_they_occur() -> None:
    """Plain complaints were read as often as polite ones, of which life has nine times as many."""
    random = np.random.default_rng(5)
    kinds = random.integers(0, 4, 4_000)  # plain, polite, and two of praise
    middle = np.array([-4.0, 1.0, 4.0, 4.0])[kinds]
    labels = (kinds >= 2).astype(np.float32)
    p = 1 / (1 + np.exp(-(middle + random.normal(0, 1, len(kinds)))))
    weights = np.where(kinds == 0, 0.2, np.where(kinds == 1, 1.8, 1.0))
    as_read = steady_threshold(labels, p, "balanced", 60)
    as_in_life = steady_threshold(labels, p, "balanced", 60, weights)
    # Where the densities of praise and complaint cross: N(4) = share of polite ones x N(1).
    for cut, share in ((as_read, 0.5), (as_in_life, 0.9)):
        assert logit(np.array(cut)) == pytest.approx(2.5 + np.log(share) / 3, abs=0.15)
    assert as_in_life > as_read


def test_every_rule_is_shown_beside_the_others() -> None:
    rows: dict[object, dict[str, Any]] = {row["rule"]: row for row in by_rules(*skewed())}
    assert list(rows) == ["macro-f1", "balanced", "precision=0.8", "cost=5:1"]
    assert rows["macro-f1"]["macro_f1"] == max(row["macro_f1"] for row in rows.values())
    assert rows["cost=5:1"]["complaints_found"] > rows["macro-f1"]["complaints_found"]


@pytest.mark.parametrize("rule", ["f1", "precision=1.5", "cost=0:1", "cost=5", "balanced=1", ""])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="is no rule for a threshold"):
        choose_threshold(*skewed(), rule)
    with pytest.raises((ValueError, ConfigError), match="is no rule for a threshold"):
        TrainSettings(threshold_for=rule)


def test_the_rarer_class_is_counted() -> None:
    assert rarer_class(np.array([0] * 19 + [1] * 500)) == 19
    assert rarer_class(np.array([0] * 500 + [1] * 20)) == 20
