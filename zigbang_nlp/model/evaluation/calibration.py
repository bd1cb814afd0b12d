"""Probabilities that mean what they say."""

from __future__ import annotations

import numpy as np

_BINS = 15


def fit_temperature(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature with the least log loss: probability = sigmoid(logit / temperature).

    Above 1 it makes an over-confident network more modest. It never changes an order, nor on
    which side of 0.5 a probability lies (Guo et al. 2017, "On Calibration of Modern Neural
    Networks", section 4.2).

    Args:
        labels: (texts,) 0 or 1; validation texts, never test.
        probabilities: (texts,) of positive.

    Returns:
        A temperature between 0.2 and 5.
    """
    # Scipy takes long to load, and a classifier needs `logit` alone.
    from scipy.optimize import minimize_scalar

    logits = logit(probabilities)
    signs = np.where(labels == 1, -1.0, 1.0)

    def log_loss(log_temperature: float) -> float:
        return float(np.logaddexp(0, signs * logits / np.exp(log_temperature)).mean())

    best = minimize_scalar(log_loss, bounds=(np.log(0.2), np.log(5)), method="bounded")
    return float(np.exp(best.x))


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean distance between the confidence in the label given and how often it is right.

    Confidence is the larger of p and 1 - p, in 15 bins of equal width (Guo et al. 2017,
    equation 3). In [0, 1]; 0 is perfect.
    """
    called = probabilities >= 0.5
    confidence = np.where(called, probabilities, 1 - probabilities)
    right = called == (labels == 1)
    bins = np.digitize(confidence, np.linspace(0, 1, _BINS + 1)[1:-1], right=True)
    # A bin's share of the texts times the gap of its means is the gap of its sums, by all texts.
    gaps = np.abs(np.bincount(bins, weights=right) - np.bincount(bins, weights=confidence))
    return float(gaps.sum() / max(len(labels), 1))


def logit(probabilities: np.ndarray, margin: float = 1e-7) -> np.ndarray:
    """Log-odds, with probabilities kept `margin` away from 0 and 1: what 32 bits hold of them."""
    p = np.clip(np.asarray(probabilities, np.float64), margin, 1 - margin)
    return np.log(p) - np.log1p(-p)


def probability_of(log_odds: float) -> float:
    """The probability of log-odds; undoes `logit`."""
    return float(1 / (1 + np.exp(-log_odds)))
