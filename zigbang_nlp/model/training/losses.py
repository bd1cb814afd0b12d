"""The losses that training can make small, by name."""

from __future__ import annotations

from typing import Any

from zigbang_nlp.model.network.backend import keras

ops = keras.ops

#: Probabilities nearer to 0 and 1 count as this far from them, as in Keras's cross-entropy.
_EDGE = 1e-7


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
        probabilities = ops.clip(ops.convert_to_tensor(y_pred), _EDGE, 1 - _EDGE)
        # Of other shapes, they would be broadcast to every text against every label.
        signs = 2 * ops.reshape(ops.cast(y_true, probabilities.dtype), ops.shape(probabilities)) - 1
        margin = signs * ops.log(probabilities / (1 - probabilities))
        return ops.mean(ops.maximum(1 - margin, 0), axis=-1)


def make_loss(name: str) -> Any:
    """The Keras loss of `train.loss`."""
    if name == "hinge":
        return LogitHinge()
    if name == "focal":
        return keras.losses.BinaryFocalCrossentropy(gamma=2.0)
    return name
