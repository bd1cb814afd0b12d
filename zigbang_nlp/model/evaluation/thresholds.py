"""Where positive begins: a threshold chosen on validation texts, by a rule with a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zigbang_nlp.config.threshold_rule import RULES, Rule, read_rule
from zigbang_nlp.console import table
from zigbang_nlp.model.evaluation.calibration import logit, probability_of
from zigbang_nlp.model.evaluation.metrics import confusion, from_confusion

#: The unsure band holds at most this share of the validation texts,
_LARGEST_SHARE = 0.2
#: and only as long as the labels in it are right no more often than this.
_DOUBTFUL_ACCURACY = 0.75
#: Validation texts of each class below which a threshold chosen on them is worse than the start's.
#: Simulated for normal log-odds that fine-tuning moves by 0.6 (standard deviation): macro-F1 lost
#: with 10, 20 and 50 of the rarer class 0.017 to 0.019, 0.011 to 0.013 and 0.007, with the start's
#: threshold 0.016 to 0.023.
LEAST_OF_A_CLASS = 20
#: The same where nobody named a rule. On the sample, with 33 complaints among 545 texts, macro-F1
#: chose 0.10: polite complaints passed for praise, and macro-F1 on 11,506 residents' texts was
#: 0.785, with the start's threshold 0.806 (data/LOG.md, 2026-11-30).
LEAST_TO_LEAVE_THE_START = 50


def rarer_class(labels: np.ndarray) -> int:
    """How many texts the class has that has fewer."""
    positives = int((labels == 1).sum())
    return min(positives, len(labels) - positives)


def choose_threshold(
    labels: np.ndarray, probabilities: np.ndarray, rule: str = "macro-f1"
) -> float:
    """The threshold that is best by a rule; the rare class, complaints, is what rules are about.

    - macro-f1: the mean of both classes' F1 is highest, so that a rare class isn't given up;
    - balanced: the mean of the shares found of both classes is highest;
    - precision=P: the most complaints are found while at least P of what is called a complaint is
      one (or, where that can't be had, precision is highest);
    - cost=M:A: the least cost, if a missed complaint costs M and a false alarm A.

    Where several thresholds are as good, the middle of the widest such stretch is taken.

    Args:
        labels: (texts,) 0 or 1.
        probabilities: (texts,) of positive.
        rule: see `config.threshold_rule`.

    Returns:
        A threshold in [0, 1]; texts at or above it are positive.

    Raises:
        ValueError: there is no such rule.
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
    merit = _merit(read_rule(rule), true_positive, true_negative, called, positives, negatives)
    upper = np.concatenate([[1.0], p])
    lower = np.concatenate([p, [0.0]])
    merit[upper == lower] = -np.inf
    best = np.flatnonzero(merit >= merit.max() - 1e-12)
    widest = best[np.argmax(upper[best] - lower[best])]
    return float((upper[widest] + lower[widest]) / 2)


def steady_threshold(
    labels: np.ndarray,
    probabilities: np.ndarray,
    rule: str = "macro-f1",
    resamples: int = 500,
    weights: np.ndarray | None = None,
) -> float:
    """The mean, in log-odds, of the thresholds that are best on resamples of the texts.

    Near its best a rule's curve is flat, and which point of it wins hangs on a handful of texts;
    the mean over resamples lies in the middle of the flat part (bagging: Breiman 1996).

    Args:
        labels: (texts,) 0 or 1.
        probabilities: (texts,) of positive.
        rule: see `choose_threshold`.
        resamples: bootstrap samples of the texts.
        weights: how many texts each stands for (texts,); None = all as many.
    """
    random = np.random.default_rng(0)
    count = len(labels)
    chances = None if weights is None else weights / weights.sum()
    drawn = (random.choice(count, count, p=chances) for _ in range(resamples))
    best = [choose_threshold(labels[rows], probabilities[rows], rule) for rows in drawn]
    return float(probability_of(float(logit(np.array(best)).mean())))


def _merit(
    rule: Rule,
    true_positive: np.ndarray,
    true_negative: np.ndarray,
    called: np.ndarray,
    positives: int,
    negatives: int,
) -> np.ndarray:
    """What each cut is worth by a rule, float64 (cuts,); the arguments but the rule are counts."""
    alarms = (len(called) - 1 - called) - true_negative  # praise called a complaint
    missed = negatives - true_negative
    if rule.kind == "macro-f1":
        f1_positive = 2 * true_positive / np.maximum(called + positives, 1)
        f1_negative = 2 * true_negative / np.maximum(2 * true_negative + alarms + missed, 1)
        return np.asarray((f1_positive + f1_negative) / 2)
    if rule.kind == "balanced":
        shares = true_positive / max(positives, 1), true_negative / max(negatives, 1)
        return np.asarray((shares[0] + shares[1]) / 2)
    if rule.kind == "precision":
        precision = true_negative / np.maximum(true_negative + alarms, 1)
        recall = true_negative / max(negatives, 1)
        # Any cut that is precise enough is worth more than the most precise of the others.
        return np.where(precision >= rule.precision, 1 + recall, precision)
    cost: np.ndarray = rule.missed * missed + rule.alarm * alarms
    return -cost


def by_rules(
    labels: np.ndarray,
    probabilities: np.ndarray,
    chosen_on: tuple[np.ndarray, np.ndarray] | None = None,
) -> list[dict[str, float | str]]:
    """What each rule would give: its threshold, and what that finds.

    Args:
        labels: (texts,) 0 or 1, that the figures are about.
        probabilities: (texts,) of positive.
        chosen_on: labels and probabilities of validation texts that thresholds are chosen on;
            None = the same texts.

    Returns:
        A row a rule: rule, threshold, complaints_found, complaint_precision, macro_f1, accuracy.
    """
    rows: list[dict[str, float | str]] = []
    for rule in RULES:
        threshold = choose_threshold(*(chosen_on or (labels, probabilities)), rule)
        cells = confusion(labels, probabilities, threshold)
        hits, _, alarms, _ = cells
        figures = from_confusion(np.array(cells, np.float64))
        rows.append(
            {
                "rule": rule,
                "threshold": threshold,
                "complaints_found": float(figures["specificity"]),
                "complaint_precision": hits / max(hits + alarms, 1),
                "macro_f1": float(figures["macro_f1"]),
                "accuracy": float(figures["accuracy"]),
            }
        )
    return rows


def rules_table(rows: Sequence[Mapping[str, float | str]]) -> str:
    """What `by_rules` gave, for people; complaints are what is rare, so they lead."""
    shown = ("threshold", "complaints_found", "complaint_precision", "macro_f1", "accuracy")
    return table(
        [[str(row["rule"]), *(f"{float(row[name]):.3f}" for name in shown)] for row in rows],
        ["--threshold-for", *(name.replace("_", " ") for name in shown)],
    )


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
    return probability_of(centre - margin), probability_of(centre + margin)
