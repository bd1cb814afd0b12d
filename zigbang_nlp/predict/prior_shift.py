"""A classifier put right for where its texts are from: another share of complaints than it learned.

See `model.evaluation.label_shift` for how the share is estimated and what that takes for granted.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import get_args

import numpy as np

from zigbang_nlp.config.sections import PriorShift
from zigbang_nlp.console import log, progress
from zigbang_nlp.errors import InputError
from zigbang_nlp.model.evaluation.label_shift import (
    ComplaintShare,
    Way,
    estimate_share,
    validation_counts,
)
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.out_of_scope import out_of_scope
from zigbang_nlp.text.reader import Reader

#: Texts that a share is estimated from at most, drawn at random: so many are known to 0.7 points,
#: which is less than what validation leaves open.
MOST = 20_000
#: Texts with a label below which no share is estimated: its interval would be 20 points wide.
LEAST = 100
_AT_ONCE = 2_048


def estimate_complaints(
    classifier: Classifier, texts: Iterable[str], way: Way = "em", seed: int = 42
) -> ComplaintShare:
    """The share of complaints in texts that have no labels, with its interval.

    Texts that get no label, since they are no Korean sentences, count neither way.

    Args:
        classifier: as it stands; one that is corrected already gives the same share.
        texts: of one place, or of one file; of more than 20,000 so many are drawn at random.
        way: em or bbse, see `label_shift`.
        seed: of the draw.

    Raises:
        InputError: fewer than 100 of them get a label.
        BundleError: the model's validation texts don't tell how often it is wrong.
    """
    return estimate_share(
        _plain_probabilities(classifier, texts, seed),
        classifier.bundle.threshold,
        validation_counts(classifier.bundle),
        way,
    )


def corrected(
    classifier: Classifier,
    texts: Iterable[str],
    prior_shift: PriorShift,
    reader: Reader | None = None,
) -> Classifier:
    """The classifier, put right for the texts as `predict.prior_shift` says; what it does is logged.

    Args:
        classifier: as it stands.
        texts: those that it will classify.
        prior_shift: "none" gives the classifier back.
        reader: of the bundle's encoder, with a cache perhaps; None = the encoder itself.

    Raises:
        ZigbangError: see `estimate_complaints`.
    """
    if prior_shift == "none":
        return classifier
    counts = validation_counts(classifier.bundle)  # first, since it may refuse
    probabilities = _plain_probabilities(classifier, texts, reader=reader)
    by = {
        way: estimate_share(probabilities, classifier.bundle.threshold, counts, way)
        for way in get_args(Way)
    }
    estimate = by[prior_shift]
    log.info(
        "Estimated by %s from %s texts, %.1f%% complain (95%% interval: %.1f%% to %.1f%%); of those "
        "that the model was adjusted to, %.1f%%. Probabilities, labels and doubt are put right "
        "for that. As it stands, the model would call %.1f%% complaints.",
        prior_shift,
        f"{estimate.texts:,}",
        *(100 * share for share in (estimate.share, estimate.low, estimate.high)),
        *(100 * share for share in (estimate.learned, estimate.called)),
    )
    if max(one.low for one in by.values()) > min(one.high for one in by.values()):
        log.warning(
            "em says %.1f%% and bbse %.1f%%, too far apart for chance: these texts differ from those "
            "that the model knows by more than their share of complaints. Trust neither before you "
            "have read some of them.",
            100 * by["em"].share,
            100 * by["bbse"].share,
        )
    # Four digits, so that work that is gone on with is put right by the same number.
    return classifier.where(round(estimate.share, 4))


def _plain_probabilities(
    classifier: Classifier, texts: Iterable[str], seed: int = 42, reader: Reader | None = None
) -> np.ndarray:
    """What the model says as it stands of those of the drawn texts that get a label: (texts,)."""
    bundle = classifier.bundle
    plain = Classifier(bundle, classifier.batch_size, classifier.threads)
    drawn = _drawn(texts, seed)
    chunks = [np.zeros(0, np.float32)]
    reader = reader or Reader(bundle.encoder)
    rest = iter(progress(drawn, "estimating", len(drawn)))
    while chunk := list(islice(rest, _AT_ONCE)):
        ids = reader(chunk)
        kept = [row for text, row in zip(chunk, ids, strict=True) if not out_of_scope(text, row)]
        chunks.append(plain.network.probabilities(kept, plain.batch_size, bundle.encoder.length))
    probabilities = np.concatenate(chunks)
    if len(probabilities) < LEAST:
        raise InputError(
            f"{len(probabilities)} texts that get a label are too few to estimate a share of "
            "complaints from.",
            f"Give at least {LEAST}, or leave predict.prior_shift at none.",
        )
    return probabilities


def _drawn(texts: Iterable[str], seed: int) -> list[str]:
    """All texts, or `MOST` of them at random, in bounded memory (reservoir sampling)."""
    rest = iter(texts)
    drawn = list(islice(rest, MOST))
    random = np.random.default_rng(seed)
    for seen, text in enumerate(rest, start=MOST + 1):
        at = int(random.integers(seen))
        if at < MOST:
            drawn[at] = text
    return drawn
