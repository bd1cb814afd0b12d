"""Judge what came out of a training, and keep it from looking surer than it is."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np

from zigbang_nlp.console import log
from zigbang_nlp.model.bundle import ONNX, Bundle
from zigbang_nlp.model.evaluation.baseline import fit_baseline
from zigbang_nlp.model.evaluation.thresholds import rarer_class
from zigbang_nlp.model.evaluation.verdict import verdict
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.dataset import Split
from zigbang_nlp.text.encoder import unpadded

#: Texts that the rivals are fitted and judged on at most: enough to tell, in a few seconds.
_FITTED, _JUDGED = 30_000, 5_000
#: Validation texts of each class below which a network without a start has no band: one that is
#: chosen on a handful shrinks to a point, and every label looks certain.
_FEWEST_FOR_BAND = 8
#: A band that no probability lies outside of, 0 and 1 included.
_ALL = (-1e-6, 1 + 1e-6)


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
        Network(bundle.directory / ONNX).probabilities(rows),
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
    read = [clean(text) for text in training.rows["text"].iloc[chosen]]
    try:
        rival = fit_baseline(read, labels)
    except ValueError:  # no n-gram comes twice
        return None
    scores: np.ndarray = rival.predict_proba([clean(text) for text in texts])[:, 1]
    return scores


def _drawn(count: int, most: int) -> np.ndarray:
    """Rows to look at: all, or as many as are enough."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False))
