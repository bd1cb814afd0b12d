"""Doubt that keeps its word: the smallest unsure band that makes the other labels reliable.

"Of the labels given without doubt, at least 98% are right" is a promise about new texts, so what
happened on the validation texts isn't enough: the band must hold with high confidence. Bands are
tried from wide to narrow, each with an exact binomial test of "too many are wrong outside", and
the last that passes before the first that fails is taken. Testing in a fixed order keeps the
chance that the promise is false below `DELTA` (Learn then Test: Angelopoulos et al. 2021,
section 2.2, fixed sequence testing).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, binom

from zigbang_nlp.model.evaluation.calibration import logit, probability_of

#: The chance, over validation sets, that a promise is false.
DELTA = 0.1
#: What is promised at least where nothing else is asked, and what can be.
RELIABILITY = 0.98
LEVELS = (0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.9925, 0.995)
#: More is promised as long as so many texts stay sure.
_AMPLE_COVERAGE = 0.9
#: Bands that leave fewer texts sure than this share are of no use.
_LEAST_COVERAGE = 0.5


@dataclass(frozen=True)
class Promise:
    """A band, and what it promises.

    Attributes:
        reliability: at least this share of the labels outside is right.
        low, high: probabilities strictly between them are unsure.
        coverage: share of the validation texts outside.
        right: share of the labels outside that is right there,
        right_low: and its 95% lower bound (Clopper-Pearson, one-sided).
        texts: validation texts that it was chosen on.
    """

    reliability: float
    low: float
    high: float
    coverage: float
    right: float
    right_low: float
    texts: int


def promises(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float
) -> tuple[Promise, ...]:
    """The band of each of `LEVELS` that can be promised, from the least to the most reliable.

    Args:
        labels: (texts,) 0 or 1; validation texts whose labels say what the texts say.
        probabilities: (texts,) of positive.
        threshold: texts at or above it are positive.
    """
    count = len(labels)
    centre = float(logit(np.array(threshold)))
    distance = np.abs(logit(probabilities) - centre)
    order = np.argsort(-distance, kind="stable")
    wrong = np.cumsum(((probabilities >= threshold) != (labels == 1))[order])
    kept: list[Promise] = []
    for level in LEVELS:
        sure = None
        for share in np.arange(_LEAST_COVERAGE, 1.0001, 0.005):
            size = round(share * count)
            if not size or binom.cdf(wrong[size - 1], size, 1 - level) > DELTA:
                break
            sure = size
        if sure is None:
            continue
        margin = float(distance[order[sure]]) + 1e-6 if sure < count else 0.0
        errors = int(wrong[sure - 1])
        kept.append(
            Promise(
                reliability=level,
                low=probability_of(centre - margin),
                high=probability_of(centre + margin),
                coverage=sure / count,
                right=1 - errors / sure,
                right_low=float(1 - beta.ppf(0.95, errors + 1, sure - errors)),
                texts=count,
            )
        )
    return tuple(kept)


def band_for(kept: tuple[Promise, ...], reliability: float) -> Promise | None:
    """The narrowest band that promises at least `reliability`; None where none does."""
    enough = [p for p in kept if p.reliability >= reliability - 1e-9]
    return min(enough, key=lambda p: p.reliability) if enough else None


def usual_promise(kept: tuple[Promise, ...]) -> Promise | None:
    """What is promised where nothing is asked: `RELIABILITY`, or more where it costs little.

    The most reliable promise that leaves nine texts of ten sure, or else the narrowest band that
    promises `RELIABILITY`; None where none does.
    """
    ample = [p for p in kept if p.coverage >= _AMPLE_COVERAGE and p.reliability > RELIABILITY]
    return max(ample, key=lambda p: p.reliability, default=band_for(kept, RELIABILITY))
