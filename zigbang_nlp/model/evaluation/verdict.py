"""Whether a network that was trained can tell praise from complaint at all, and what it can't.

A network always gives probabilities; on labels that nothing explains it gives them just as readily.
Here its validation texts are asked whether it learned; one that didn't is unsure of everything.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.stats import mannwhitneyu, norm, rankdata

from zigbang_nlp.console import log
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.evaluation.baseline import fit_baseline
from zigbang_nlp.model.evaluation.thresholds import rarer_class
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.text.dataset import Split
from zigbang_nlp.text.encoder import unpadded

#: One-sided p above which a ranking may be chance, over all epochs that could have been chosen: small,
#: since people train again and again, and one in forty hopeless trainings would pass 0.025.
_CHANCE = 0.0005
#: One-sided p below which a rival's ranking is better; that of the network was chosen, its isn't.
_WORSE = 0.001
#: A rival's AUC must be higher by this, beyond chance, before it is said to be better.
_MARGIN = 0.005
#: Texts of each class below which no threshold and no band can be chosen; simulated for log-odds
#: of two normal classes: with 20 the threshold costs 0.012 of macro-F1, with 10 0.018.
FEWEST = 20
#: Texts that the rivals are fitted and judged on at most: enough to tell, in a few seconds.
_FITTED, _JUDGED = 30_000, 5_000
#: Validation texts of each class below which a network without a start has no band: one that is
#: chosen on a handful shrinks to a point, and every label looks certain.
_FEWEST_FOR_BAND = 8
#: A band that no probability lies outside of, 0 and 1 included.
_ALL = (-1e-6, 1 + 1e-6)


@dataclass(frozen=True)
class Warned:
    """Something that is wrong with a trained network.

    Attributes:
        kind: "chance", "one_class", "few", "start" or "tfidf".
        fact: a sentence about it, with its numbers.
    """

    kind: str
    fact: str


def verdict(
    labels: np.ndarray,
    probabilities: np.ndarray,
    threshold: float,
    start: np.ndarray | None = None,
    tfidf: np.ndarray | None = None,
    epochs: int = 1,
) -> list[Warned]:
    """What is wrong with a network, the worst first; nothing where it learned.

    Args:
        labels: (texts,) 0 or 1, of validation.
        probabilities: (texts,) of positive.
        threshold: texts at or above it are called positive.
        start: (texts,) what the model that training started from says of them; None without one.
        tfidf: (texts,) what TF-IDF with logistic regression, fitted on the same texts, says.
        epochs: among which these texts chose the network; its p is multiplied by them (Bonferroni).
    """
    warnings: list[Warned] = []
    positive = labels == 1
    counts = {"positive": int(positive.sum()), "negative": int((~positive).sum())}
    rarer = min(counts, key=lambda name: counts[name])
    if counts[rarer]:
        p = mannwhitneyu(probabilities[positive], probabilities[~positive], alternative="greater")
        auc = float(_placements(labels, probabilities)[0].mean())
        if p.pvalue * max(epochs, 1) > _CHANCE:
            doubt = f"ROC AUC on validation, {auc:.3f}, may be chance (0.5)."
            warnings.append(Warned("chance", doubt))
    called = probabilities >= threshold
    if not counts[rarer] or called.all() or not called.any():
        side = "positive" if called.all() else "negative" if not called.any() else "one"
        warnings.append(Warned("one_class", f"It calls all validation texts {side}."))
    if counts[rarer] < FEWEST:
        warnings.append(
            Warned(
                "few",
                f"Only {counts[rarer]} validation texts are {rarer}; a threshold needs {FEWEST}.",
            )
        )
    if counts[rarer]:
        for kind, name, rival in (
            ("start", "the model it started from", start),
            ("tfidf", "TF-IDF", tfidf),
        ):
            if rival is not None and (fact := _worse(labels, probabilities, rival, name)):
                warnings.append(Warned(kind, fact))
    return warnings


def _worse(labels: np.ndarray, ours: np.ndarray, rival: np.ndarray, name: str) -> str | None:
    """That a rival ranks the same texts better beyond chance, or None.

    The variance of a difference of two AUCs on the same texts is DeLong, DeLong & Clarke-Pearson's
    (1988, Biometrics 44, equation 5), by placements.
    """
    mine, theirs = _placements(labels, ours), _placements(labels, rival)
    difference = float(theirs[0].mean() - mine[0].mean())
    variance = sum(
        float(np.var(b - a, ddof=1)) / len(a) if len(a) > 1 else 1.0
        for a, b in zip(mine, theirs, strict=True)
    )
    if difference <= _MARGIN or difference <= float(norm.isf(_WORSE)) * variance**0.5:
        return None
    return (
        f"ROC AUC on validation is {mine[0].mean():.3f}; that of {name} is {theirs[0].mean():.3f}."
    )


def _placements(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each positive text the share of negative ones below it, for each negative one those above."""
    positive = labels == 1
    ranks = rankdata(scores)
    above = (ranks[positive] - rankdata(scores[positive])) / max(int((~positive).sum()), 1)
    below = 1 - (ranks[~positive] - rankdata(scores[~positive])) / max(int(positive.sum()), 1)
    return above, below


def with_verdict(bundle: Bundle, training: Split, validation: Split, base: Bundle | None) -> Bundle:
    """The bundle with what is wrong with it in its metrics, each said in the log.

    One that can't tell, or whose band was chosen on too few texts and not borrowed from a start,
    is unsure of everything.

    Args:
        bundle: just trained; its network lies in its directory.
        training: that it was trained on.
        validation: that it was chosen on.
        base: what training started from, or None.
    """
    chosen = _drawn(len(validation.rows), _JUDGED)
    labels = np.asarray(validation.labels)[chosen]
    rows = unpadded(validation.ids[chosen])
    texts = validation.rows["text"].iloc[chosen].tolist()
    warnings = verdict(
        labels,
        Network(bundle.onnx_path).probabilities(rows),
        bundle.threshold,
        None if base is None else Network(base.onnx_path).probabilities(base.encoder.ids(texts)),
        _by_tfidf(training, texts),
        int(bundle.metrics.get("epochs", 1)),
    )
    for warned in warnings:
        log.warning("%s", warned.fact)
    judged = replace(
        bundle, metrics={**bundle.metrics, "warnings": [asdict(warned) for warned in warnings]}
    )
    if not judged.can_tell or (base is None and rarer_class(labels) < _FEWEST_FOR_BAND):
        log.warning("Every label of this model is unsure.")
        # What it promised of the labels it would be sure of is void.
        metrics = {**judged.metrics, "promises": [], "unsure": {"share": 1.0}}
        judged = replace(judged, metrics=metrics, unsure_low=_ALL[0], unsure_high=_ALL[1])
    return judged


def _by_tfidf(training: Split, texts: list[str]) -> np.ndarray | None:
    """What TF-IDF fitted on the training texts says; None where they have one class, or no text."""
    chosen = _drawn(len(training.rows), _FITTED)
    labels = (np.asarray(training.labels)[chosen] >= 0.5).astype(int)  # some are soft
    if len(set(labels.tolist())) < 2:
        return None
    try:
        rival = fit_baseline(training.rows["text"].iloc[chosen], labels)
    except ValueError:  # no n-gram comes twice
        return None
    scores: np.ndarray = rival.predict_proba(texts)[:, 1]
    return scores


def _drawn(count: int, most: int) -> np.ndarray:
    """Rows to look at: all, or as many as are enough."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False))
