"""Measures of an epoch that a rare class and the choice of a threshold care about."""

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
        true_positive, false_positive = self.true_positives, self.false_positives
        true_negative, false_negative = self.true_negatives, self.false_negatives
        wrong = false_positive + false_negative
        positive = 2 * true_positive / ops.maximum(2 * true_positive + wrong, 1e-7)
        negative = 2 * true_negative / ops.maximum(2 * true_negative + wrong, 1e-7)
        return ops.max((positive + negative) / 2)


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
