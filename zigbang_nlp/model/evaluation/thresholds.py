"""The two numbers chosen on validation: where positive begins, and where to say `unsure`."""

from __future__ import annotations

import numpy as np

from zigbang_nlp.model.evaluation.calibration import logit

#: The unsure band holds at most this share of the validation texts,
_LARGEST_SHARE = 0.2
#: and only as long as the labels in it are right no more often than this.
_DOUBTFUL_ACCURACY = 0.75


def choose_threshold(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The threshold with the best macro-F1 (the mean of both classes' F1).

    Macro-F1 rather than accuracy, so that a rare class isn't given up. Where several thresholds
    are as good, the middle of the widest such stretch is taken.

    Args:
        labels: (texts,) 0 or 1.
        probabilities: (texts,) of positive.

    Returns:
        A threshold in [0, 1]; texts at or above it are positive.
    """
    order = np.argsort(-probabilities, kind="stable")
    sorted_labels = labels[order].astype(np.int64)
    p = probabilities[order].astype(np.float64)
    # Calling the first k texts positive, for k = 0 .. n; cuts between equal scores aren't real.
    true_positive = np.concatenate([[0], np.cumsum(sorted_labels)])
    called = np.arange(len(p) + 1)
    positives = true_positive[-1]
    negatives = len(p) - positives
    true_negative = negatives - (called - true_positive)
    f1_positive = 2 * true_positive / np.maximum(called + positives, 1)
    f1_negative = 2 * true_negative / np.maximum((len(p) - called) + negatives, 1)
    macro_f1 = (f1_positive + f1_negative) / 2
    upper = np.concatenate([[1.0], p])
    lower = np.concatenate([p, [0.0]])
    macro_f1[upper == lower] = -1.0
    best = np.flatnonzero(macro_f1 >= macro_f1.max() - 1e-12)
    widest = best[np.argmax(upper[best] - lower[best])]
    return float((upper[widest] + lower[widest]) / 2)


def choose_unsure_band(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float
) -> tuple[float, float]:
    """The probabilities around the threshold between which the label can't be trusted.

    The band grows from the threshold, in log-odds, as long as the validation texts inside are
    labelled right at most 75% of the time, and holds at most 20% of them.

    Returns:
        Its ends; both are the threshold where no band is needed.
    """
    distance = np.abs(logit(probabilities) - logit(np.array(threshold)))
    order = np.argsort(distance, kind="stable")
    right = ((probabilities >= threshold) == (labels == 1))[order]
    accuracy = np.cumsum(right) / np.arange(1, len(right) + 1)
    most = int(_LARGEST_SHARE * len(right))
    doubtful = np.flatnonzero(accuracy[:most] <= _DOUBTFUL_ACCURACY)
    if not len(doubtful):
        return threshold, threshold
    margin = float(distance[order[doubtful[-1]]]) + 1e-6
    centre = float(logit(np.array(threshold)))
    return _sigmoid(centre - margin), _sigmoid(centre + margin)


def _sigmoid(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))
