"""Going on with a model without forgetting what it knew.

Averaging the weights of a fine-tuned network with those it started from keeps most of what the
start knew of other texts (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"). Of the
start, the middle and the fine-tuned network the one nearest the start is taken whose log loss on
the validation texts is within one standard error of the best (Breiman et al. 1984, section 3.4.3).
Where one label has few validation texts, these can't tell how much else was lost, and the middle is
as far as it goes.
"""

from __future__ import annotations

import numpy as np

from zigbang_nlp.console import log
from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.model.evaluation.thresholds import LEAST_TO_LEAVE_THE_START, rarer_class
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.network.build import probability_of
from zigbang_nlp.text.dataset import Split

#: Shares of the fine-tuned weights, the nearest to the start first.
SHARES = (0.0, 0.5, 1.0)


def keep_start(network: keras.Model, start: list[np.ndarray], validation: Split) -> float:
    """Give a fine-tuned network the mixture of its weights and the start's that is chosen.

    Args:
        network: trained.
        start: its weights before that.
        validation: chooses.

    Returns:
        The share of the fine-tuned weights, one of `SHARES`.
    """
    tuned = network.get_weights()
    rarer = rarer_class(validation.labels)
    few = rarer < LEAST_TO_LEAVE_THE_START
    rows = np.asarray(validation.ids)
    losses = {}
    for share in SHARES:
        network.set_weights(_mixed(start, tuned, share))
        losses[share] = _losses(validation.labels, probability_of(network, rows, 512))
    allowed = SHARES[:-1] if few else SHARES
    best = min(allowed, key=lambda share: float(losses[share].mean()))
    chosen = next(s for s in allowed if _as_good(losses[s], losses[best]))
    network.set_weights(_mixed(start, tuned, chosen))
    log.info(
        "Validation loss of the start, its mean with the trained network, and that: "
        "%.4f, %.4f, %.4f; %s is kept, as the nearest to the start within a standard error%s.",
        *(losses[share].mean() for share in SHARES),
        {0.0: "the start", 0.5: "the mean", 1.0: "the trained network"}[chosen],
        f" (no further than the mean, by {rarer} validation texts of one label)" if few else "",
    )
    return chosen


def _mixed(start: list[np.ndarray], tuned: list[np.ndarray], share: float) -> list[np.ndarray]:
    # Counters of random generators are integers, and stay as they are.
    return [
        (1 - share) * old + share * new if np.issubdtype(new.dtype, np.floating) else new
        for old, new in zip(start, tuned, strict=True)
    ]


def _losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The log loss of each text, balanced so that both labels count the same in their mean."""
    signs = np.where(labels == 1, -1.0, 1.0)
    positive = float(np.clip((labels == 1).mean(), 1e-6, 1 - 1e-6))
    weights = np.where(labels == 1, 0.5 / positive, 0.5 / (1 - positive))
    return np.asarray(weights * np.logaddexp(0, signs * logit(probabilities)))


def _as_good(losses: np.ndarray, best: np.ndarray) -> bool:
    """Whether the mean isn't above the best by more than the standard error of the difference."""
    more = losses - best
    return bool(more.mean() <= more.std() / np.sqrt(max(len(more), 1)))
