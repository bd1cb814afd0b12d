"""Learning the writer's score beside the label, where a network tells both.

While it is trained, such a network takes the score as a second input and adds the loss of its
stars to the loss of its label, so that what is measured and watched (`val_loss`, `val_accuracy`)
stays what it is without stars: of the label alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.model.architecture import STARS
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.text.dataset import Split

ops = keras.ops


def stars_of(scores: pd.Series) -> np.ndarray:
    """Scores as shares of one to five stars, float32 (texts, 5).

    A score between two stars has a share in both; one below 1 counts as 1. Texts without a score
    have zeros, and teach nothing about stars.
    """
    values = pd.to_numeric(scores, errors="coerce").to_numpy(np.float64, copy=True)
    values[~np.isfinite(values)] = np.nan
    shares = 1 - np.abs(np.clip(values, 1, STARS)[:, None] - np.arange(1, STARS + 1))
    return np.asarray(np.nan_to_num(np.maximum(shares, 0)), np.float32)


def stars_to_learn(network: keras.Model, training: Split) -> np.ndarray | None:
    """What `stars_of` gives for the training texts; None where there is nothing to learn from it.

    Args:
        network: what `build_network` gives.
        training: whose rows may have a score.
    """
    if len(network.outputs) == 1 or "score" not in training.rows:
        return None
    stars = stars_of(training.rows["score"])
    return stars if stars.any() else None


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class StarsLoss(keras.layers.Layer):
    """Hands the probability on, and adds the cross-entropy of the stars to the loss.

    Args:
        share: of the stars in the loss, beside 1 for the label.

    Inputs are the probability (batch, 1), the predicted (batch, 5) and the true shares of the
    stars; the latter are all 0 where a text has no score. In validation nothing is added.
    """

    def __init__(self, share: float, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.share = share

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The probability as it came; see the class."""
        probability, stars, scores = inputs
        if training:
            loss = -ops.sum(scores * ops.log(ops.maximum(stars, 1e-7)), axis=-1)
            self.add_loss(self.share * ops.mean(loss))
        return probability

    def get_config(self) -> dict[str, Any]:
        """The layer's arguments, as Keras keeps them."""
        return {**super().get_config(), "share": self.share}


def learning_form(network: keras.Model, share: float, with_scores: bool) -> keras.Model:
    """The network as it is trained; its weights are the same variables.

    Args:
        network: what `build_network` gives.
        share: of the stars in the loss.
        with_scores: whether the training texts have scores to learn from.

    Returns:
        A model that gives the probability alone: of ids, or of (ids, shares of the stars).
    """
    if len(network.outputs) == 1:
        return network
    probability, stars = network.outputs
    if not with_scores:
        return keras.Model(network.inputs, probability, name="zigbang_nlp")
    scores = keras.Input(shape=(STARS,), name="scores")
    loss = StarsLoss(share, name="stars_loss")([probability, stars, scores])
    return keras.Model([*network.inputs, scores], loss, name="zigbang_nlp")
