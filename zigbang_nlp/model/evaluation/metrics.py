"""Figures of a binary classifier, and their bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

#: Names of the figures that depend on a threshold, in the order they are shown. Accuracy comes
#: last: where 91% praise, whoever always says so has 0.91 of it, and a macro-F1 of 0.48.
AT_THRESHOLD = (
    "macro_f1",
    "balanced_accuracy",
    "precision",
    "recall",
    "specificity",
    "f1",
    "accuracy",
)
_CELLS = ("true_negative", "false_positive", "false_negative", "true_positive")


def binary_metrics(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float
) -> dict[str, Any]:
    """All figures of one classifier on one set of texts.

    Args:
        labels: (texts,) 0 or 1, both present.
        probabilities: (texts,) of positive.
        threshold: texts at or above it are called positive.

    Returns:
        The figures of `AT_THRESHOLD`, `larger_class_share`, `roc_auc`, `average_precision`, and
        `confusion` as {true_negative, false_positive, false_negative, true_positive}.
    """
    # Scikit-learn takes long to load, and a page that shows a model's figures needs none of it.
    from sklearn.metrics import average_precision_score, roc_auc_score

    cells = confusion(labels, probabilities, threshold)
    figures = from_confusion(np.array(cells, np.float64))
    return {
        **{name: float(figures[name]) for name in AT_THRESHOLD},
        "larger_class_share": float(max(labels.mean(), 1 - labels.mean())),
        "roc_auc": float(roc_auc_score(labels, probabilities)),
        "average_precision": float(average_precision_score(labels, probabilities)),
        "confusion": dict(zip(_CELLS, cells, strict=True)),
    }


def confusion(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float
) -> tuple[int, int, int, int]:
    """The cells of the confusion matrix.

    Args:
        labels: 0 or 1, (texts,).
        probabilities: of positive, (texts,).
        threshold: from which on a text is called positive, in [0, 1].

    Returns:
        True negatives, false positives, false negatives, true positives.
    """
    called, positive = probabilities >= threshold, labels == 1
    tn, fp, fn, tp = np.bincount(2 * positive + called, minlength=4).tolist()
    return tn, fp, fn, tp


def from_confusion(cells: np.ndarray) -> dict[str, np.ndarray]:
    """Figures from confusion cells (..., 4) in the order of `confusion`; 0 where undefined."""
    tn, fp, fn, tp = np.moveaxis(cells, -1, 0)

    def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
        defined = whole > 0
        return np.asarray(np.divide(part, whole, out=np.zeros(whole.shape), where=defined))

    recall, specificity = ratio(tp, tp + fn), ratio(tn, tn + fp)
    f1, f1_negative = ratio(2 * tp, 2 * tp + fp + fn), ratio(2 * tn, 2 * tn + fp + fn)
    return {
        "macro_f1": (f1 + f1_negative) / 2,
        "accuracy": ratio(tp + tn, tp + tn + fp + fn),
        "balanced_accuracy": (recall + specificity) / 2,
        "precision": ratio(tp, tp + fp),
        "recall": recall,
        "specificity": specificity,
        "f1": f1,
    }


def macro_f1_of(figures: Mapping[str, Any]) -> float:
    """The macro-F1 of what `binary_metrics` gave, by an earlier version too.

    Args:
        figures: has `confusion`.
    """
    cells = [float(figures["confusion"][name]) for name in _CELLS]
    return float(from_confusion(np.array(cells))["macro_f1"])


def bootstrap_intervals(
    labels: np.ndarray,
    probabilities: np.ndarray,
    threshold: float,
    resamples: int,
    seed: int,
) -> dict[str, tuple[float, float]]:
    """95% percentile intervals of every figure of `binary_metrics`.

    Texts are drawn with replacement (Efron & Tibshirani 1993, ch. 13). Resamples that miss a
    class are left out of the two ranking figures.

    Args:
        labels: 0 or 1, (texts,).
        probabilities: of positive, (texts,).
        threshold: from which on a text is called positive, in [0, 1].
        resamples: how many.
        seed: of the draws.

    Returns:
        {figure: (low, high)}.
    """
    random = np.random.default_rng(seed)
    n = len(labels)
    cells = np.array(confusion(labels, probabilities, threshold), np.float64)
    # Counting the cells of a resample of n texts is one multinomial draw.
    drawn = random.multinomial(n, cells / n, size=resamples).astype(np.float64)
    samples = from_confusion(drawn)
    samples["roc_auc"], samples["average_precision"] = _resampled_rankings(
        labels, probabilities, resamples, random
    )
    ends = {name: np.nanpercentile(values, [2.5, 97.5]) for name, values in samples.items()}
    return {name: (float(low), float(high)) for name, (low, high) in ends.items()}


def _resampled_rankings(
    labels: np.ndarray, probabilities: np.ndarray, resamples: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """ROC AUC and average precision of each resample, (resamples,) each.

    The texts are sorted once; a resample is then a weight a text, and both figures are sums over
    the groups of equal probability.
    """
    order = np.argsort(-probabilities, kind="stable")
    positive = labels[order].astype(np.float64)
    scores = probabilities[order]
    starts = np.concatenate([[0], np.flatnonzero(scores[1:] != scores[:-1]) + 1])
    n = len(labels)
    auc, precision = np.empty(resamples), np.empty(resamples)
    for i in range(resamples):
        weights = np.bincount(random.integers(0, n, n), minlength=n).astype(np.float64)
        tp = np.add.reduceat(weights * positive, starts)
        fp = np.add.reduceat(weights * (1 - positive), starts)
        total_positive, total_negative = tp.sum(), fp.sum()
        if not total_positive or not total_negative:
            auc[i] = precision[i] = np.nan
            continue
        above = np.cumsum(tp)
        auc[i] = (fp * (above - tp / 2)).sum() / (total_positive * total_negative)
        called = above + np.cumsum(fp)
        precision[i] = (tp * above / np.maximum(called, 1e-12)).sum() / total_positive
    return auc, precision
