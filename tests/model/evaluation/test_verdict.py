"""What validation says of a network, on scores whose truth is known."""

from typing import Any

import numpy as np
import pytest

from zigbang_nlp.model.evaluation.verdict import FEWEST, verdict


def scores(
    negatives: int, positives: int, apart: float, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and probabilities whose log-odds lie `apart` standard deviations apart."""
    random = np.random.default_rng(seed)
    labels = np.repeat([0, 1], [negatives, positives])
    odds = random.normal(apart * (labels - 0.5), 1.0)
    return labels, 1 / (1 + np.exp(-odds))


def kinds(labels: np.ndarray, p: np.ndarray, threshold: float = 0.5, **rivals: Any) -> set[str]:
    return {warned.kind for warned in verdict(labels, p, threshold, **rivals)}


@pytest.mark.parametrize(("negatives", "positives"), [(40, 40), (25, 400), (300, 3_000)])
def test_one_that_learned_is_not_warned_of(negatives: int, positives: int) -> None:
    assert not any(kinds(*scores(negatives, positives, 2.0, seed)) for seed in range(40))


@pytest.mark.parametrize(("negatives", "positives"), [(25, 25), (30, 270), (40, 3_000)])
def test_one_that_guesses_is_found_out(negatives: int, positives: int) -> None:
    warned = [kinds(*scores(negatives, positives, 0.0, seed)) for seed in range(100)]
    assert sum("chance" in one for one in warned) >= 99


def test_the_best_of_many_epochs_of_guessing_is_found_out() -> None:
    labels = np.repeat([0, 1], [100, 400])
    random = np.random.default_rng(5)
    passed = 0
    for _ in range(60):
        epochs = [random.random(len(labels)) for _ in range(200)]
        best = max(epochs, key=lambda p: float(p[labels == 1].mean() - p[labels == 0].mean()))
        passed += not any(one.kind == "chance" for one in verdict(labels, best, 0.5, epochs=200))
    assert passed <= 1


def test_few_texts_are_named_with_their_number() -> None:
    labels, p = scores(3, 200, 3.0)
    (few,) = [warned for warned in verdict(labels, p, 0.5) if warned.kind == "few"]
    assert "Only 3 validation texts are negative" in few.fact
    assert str(FEWEST) in few.fact


@pytest.mark.parametrize("labels", [np.ones(50, int), np.zeros(50, int)])
def test_texts_of_one_class_tell_nothing(labels: np.ndarray) -> None:
    p = np.linspace(0.1, 0.9, 50)
    assert "one_class" in kinds(labels, p)
    assert "few" in kinds(labels, p)


def test_a_threshold_beyond_all_scores_calls_one_class() -> None:
    labels, p = scores(50, 50, 3.0)
    assert kinds(labels, p, 1.0) == {"one_class"}


def test_a_rival_that_ranks_better_is_named() -> None:
    labels, ours = scores(150, 400, 1.0, seed=1)
    _, better = scores(150, 400, 3.0, seed=2)
    _, alike = scores(150, 400, 1.0, seed=3)
    assert kinds(labels, ours, start=better, tfidf=alike) == {"start"}
    assert kinds(labels, ours, tfidf=better) == {"tfidf"}
    assert not kinds(labels, better, start=ours, tfidf=ours)
