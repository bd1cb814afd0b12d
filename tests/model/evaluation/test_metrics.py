"""Our figures against scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics as sk

from zigbang_nlp.model.evaluation.metrics import (
    binary_metrics,
    bootstrap_intervals,
    from_confusion,
    macro_f1_of,
)
from zigbang_nlp.model.evaluation.thresholds import choose_threshold, choose_unsure_band


def scored(n: int, seed: int, separation: float = 1.2) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = (random.random(n) < 0.35).astype(np.float32)
    logits = random.normal(separation * (labels * 2 - 1), 1.0)
    return labels, (1 / (1 + np.exp(-logits))).round(3).astype(np.float32)


def test_figures_equal_scikit_learns() -> None:
    labels, p = scored(500, 1)
    ours = binary_metrics(labels, p, 0.4)
    called = p >= 0.4
    assert ours["accuracy"] == pytest.approx(sk.accuracy_score(labels, called))
    assert ours["balanced_accuracy"] == pytest.approx(sk.balanced_accuracy_score(labels, called))
    assert ours["precision"] == pytest.approx(sk.precision_score(labels, called))
    assert ours["recall"] == pytest.approx(sk.recall_score(labels, called))
    assert ours["specificity"] == pytest.approx(sk.recall_score(labels, called, pos_label=0))
    assert ours["f1"] == pytest.approx(sk.f1_score(labels, called))
    assert ours["macro_f1"] == pytest.approx(sk.f1_score(labels, called, average="macro"))
    assert macro_f1_of(ours) == pytest.approx(ours["macro_f1"])
    tn, fp, fn, tp = sk.confusion_matrix(labels, called).ravel()
    assert list(ours["confusion"].values()) == [tn, fp, fn, tp]


def test_figures_without_a_called_positive_are_zero() -> None:
    figures = from_confusion(np.array([5.0, 0, 3, 0]))
    assert figures["precision"] == 0
    assert figures["specificity"] == 1


def test_whoever_always_says_positive_has_little_macro_f1() -> None:
    figures = from_confusion(np.array([0.0, 9, 0, 91]))
    assert figures["accuracy"] == pytest.approx(0.91)
    assert figures["macro_f1"] == pytest.approx(0.476, abs=0.001)


def test_intervals_hold_the_figure_and_match_a_plain_bootstrap() -> None:
    labels, p = scored(400, 2)
    ours = bootstrap_intervals(labels, p, 0.5, 2_000, seed=5)
    random = np.random.default_rng(9)
    plain: dict[str, list[float]] = {"accuracy": [], "roc_auc": [], "average_precision": []}
    for draw in range(2_000):
        i = random.integers(0, 400, 400)
        scores, positive = p[i], labels[i] == 1
        plain["accuracy"].append(float(((scores >= 0.5) == positive).mean()))
        # By their definitions, over all pairs of texts; scikit-learn checks each call for longer.
        above, equal = scores[:, None] > scores, scores[:, None] == scores
        wins = above[positive][:, ~positive].mean() + equal[positive][:, ~positive].mean() / 2
        reached = (above | equal)[:, positive]  # where a positive text is called one
        precision = reached[positive].sum(axis=0) / reached.sum(axis=0)
        plain["roc_auc"].append(float(wins))
        plain["average_precision"].append(float(precision.mean()))
        if draw < 20:
            assert wins == pytest.approx(sk.roc_auc_score(positive, scores))
            assert precision.mean() == pytest.approx(sk.average_precision_score(positive, scores))
    for name, values in plain.items():
        expected = np.percentile(values, [2.5, 97.5])
        np.testing.assert_allclose(ours[name], expected, atol=0.008)


def test_threshold_has_the_best_macro_f1_of_all() -> None:
    labels, p = scored(300, 3)
    chosen = choose_threshold(labels, p)

    def macro(threshold: float) -> float:
        return float(sk.f1_score(labels, p >= threshold, average="macro"))

    # Thresholds that call as many texts positive call the same ones.
    different = {int((p >= t).sum()): t for t in np.linspace(0, 1, 2001)}.values()
    assert macro(chosen) == pytest.approx(max(map(macro, different)), abs=1e-9)


def test_threshold_between_separate_classes_is_in_the_middle() -> None:
    assert choose_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])) == 0.5


def test_unsure_band_is_doubtful_bounded_and_around_the_threshold() -> None:
    labels, p = scored(2_000, 4)
    low, high = choose_unsure_band(labels, p, 0.5)
    inside = (p > low) & (p < high)
    assert low < 0.5 < high
    assert 0 < inside.mean() <= 0.25
    assert ((p[inside] >= 0.5) == (labels[inside] == 1)).mean() <= 0.76


def test_a_perfect_model_is_never_unsure() -> None:
    labels = np.array([0, 1] * 50)
    assert choose_unsure_band(labels, np.where(labels == 1, 0.9, 0.1), 0.5) == (0.5, 0.5)
