import numpy as np
import pytest

from zigbang_nlp.model.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    logit,
)


def drawn(temperature: float, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Labels from true probabilities, and what a network `temperature` times too sure says."""
    random = np.random.default_rng(0)
    true_logits = random.normal(0, 1.5, n)
    labels = (random.random(n) < 1 / (1 + np.exp(-true_logits))).astype(float)
    return labels, 1 / (1 + np.exp(-true_logits * temperature))


@pytest.mark.parametrize("planted", [0.5, 1.0, 2.5])
def test_the_planted_temperature_is_found(planted: float) -> None:
    labels, p = drawn(planted)
    assert fit_temperature(labels, p) == pytest.approx(planted, rel=0.06)


def test_calibrating_lowers_the_error_and_keeps_the_sides() -> None:
    labels, p = drawn(3.0)
    calibrated = 1 / (1 + np.exp(-logit(p) / fit_temperature(labels, p)))
    assert expected_calibration_error(labels, p) > 0.08
    assert expected_calibration_error(labels, calibrated) < 0.015
    assert ((calibrated >= 0.5) == (p >= 0.5)).all()


def test_error_of_a_worked_example() -> None:
    # Ten texts at 0.8, of which six are right; ten at 0.3 (confidence 0.7), of which nine.
    p = np.array([0.8] * 10 + [0.3] * 10)
    labels = np.array([1] * 6 + [0] * 4 + [0] * 9 + [1])
    assert expected_calibration_error(labels, p) == pytest.approx(0.5 * 0.2 + 0.5 * 0.2)
