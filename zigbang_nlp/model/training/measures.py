"""What training makes small, the loss, and what it measures each epoch, by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.checkpoint_name import measures_in
from zigbang_nlp.model.network.backend import keras

ops = keras.ops

#: Even in log-odds: a network that goes on is sure of nearly everything, and between Keras's own
#: thresholds, even in probability, all of that is one. Then the epoch is chosen by chance.
THRESHOLDS: list[float] = (1 / (1 + np.exp(-np.linspace(-16, 16, 199)))).tolist()


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class BestMacroF1(keras.metrics.AUC):
    """The mean of both classes' F1 at the best of the thresholds."""

    def result(self) -> Any:
        """The highest macro-F1 so far, between 0 and 1."""
        wrong = self.false_positives + self.false_negatives
        hits = 2 * self.true_positives, 2 * self.true_negatives
        return ops.max(sum(hit / ops.maximum(hit + wrong, 1e-7) for hit in hits) / 2)


#: How each metric is made; precision, recall and accuracy are at the threshold 0.5.
_MAKERS: dict[str, Any] = {
    "auc": lambda name: keras.metrics.AUC(thresholds=THRESHOLDS, name=name),
    "pr_auc": lambda name: keras.metrics.AUC(curve="PR", thresholds=THRESHOLDS, name=name),
    "macro_f1": lambda name: BestMacroF1(thresholds=THRESHOLDS, name=name),
    "precision": keras.metrics.Precision,
    "recall": keras.metrics.Recall,
    "mse": keras.metrics.MeanSquaredError,
    "mae": keras.metrics.MeanAbsoluteError,
}


def wanted_metrics(settings: TrainSettings) -> list[str]:
    """Names of the metrics asked for, or needed by a monitor or a checkpoint's name."""
    watched = {
        settings.monitor,
        settings.checkpoint_monitor,
        *measures_in(settings.checkpoint_name),
    }
    names = {*settings.metrics, *(name.removeprefix("val_") for name in watched)}
    return [name for name in _MAKERS if name in names]


def watched_metrics(settings: TrainSettings) -> list[Any]:
    """Accuracy, and those of `wanted_metrics`."""
    return ["accuracy", *(_MAKERS[name](name=name) for name in wanted_metrics(settings))]


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class LogitHinge(keras.losses.Loss):
    """The hinge of a support vector machine: max(0, 1 - y z).

    y is -1 or 1 (labels between 0 and 1 lie between them), z the logit of the probability that
    the network gives. Keras's own hinge takes the last layer to give z itself; after a sigmoid
    it never reaches 0.
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The hinge of each text, (batch,).

        Args:
            y_true: labels, 0 to 1, (batch,) or (batch, 1).
            y_pred: probabilities, (batch, 1).
        """
        # As in Keras's cross-entropy, none is nearer to 0 and 1 than this.
        probabilities = ops.clip(ops.convert_to_tensor(y_pred), 1e-7, 1 - 1e-7)
        # Of other shapes, they would be broadcast to every text against every label.
        signs = 2 * ops.reshape(ops.cast(y_true, probabilities.dtype), ops.shape(probabilities)) - 1
        margin = signs * ops.log(probabilities / (1 - probabilities))
        return ops.mean(ops.maximum(1 - margin, 0), axis=-1)


def make_loss(name: str) -> Any:
    """The Keras loss of `train.loss`."""
    focal = keras.losses.BinaryFocalCrossentropy(gamma=2.0)
    return {"hinge": LogitHinge(), "focal": focal}.get(name, name)
