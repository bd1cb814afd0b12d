"""What Keras doesn't have: pooling that never sees padding, and a cut through channels."""

from __future__ import annotations

from typing import Any

from zigbang_nlp.model.network.backend import keras

ops = keras.ops


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class MaskedPooling(keras.layers.Layer):
    """Pool the states of a sequence over its real tokens.

    Args:
        kind: "max", "mean", or "max_mean" (both, side by side).

    Input (batch, time, units) with a mask (batch, time); output (batch, units), or
    (batch, 2 x units) for "max_mean". A row without a real token gives zeros.
    """

    def __init__(self, kind: str, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.kind = kind
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Pool over the real tokens.

        Args:
            inputs: states in (-1, 1), as an LSTM gives them, (batch, time, units).
            mask: true for real tokens, (batch, time).

        Returns:
            (batch, units), or (batch, 2 x units) for "max_mean".
        """
        real = ops.cast(mask, inputs.dtype)[:, :, None]  # (batch, time, 1)
        count = ops.sum(real, axis=1)  # (batch, 1)
        mean = ops.sum(inputs * real, axis=1) / ops.maximum(count, 1)
        if self.kind == "mean":
            return mean
        # States lie in (-1, 1), so -2 never wins over a real one.
        highest = ops.max(inputs * real - 2 * (1 - real), axis=1)
        highest = highest * ops.cast(count > 0, inputs.dtype)
        return highest if self.kind == "max" else ops.concatenate([highest, mean], axis=-1)

    def compute_mask(self, _inputs: Any, _mask: Any = None) -> None:
        """No mask goes on: the time axis is gone."""

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(batch, units or twice as many), from (batch, time, units)."""
        batch, _, units = input_shape
        return (batch, units * 2 if self.kind == "max_mean" and units else units)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        return {**super().get_config(), "kind": self.kind}


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class Channels(keras.layers.Layer):
    """The channels from `start` up to `stop`: (batch, time, all) -> (batch, time, stop - start).

    The mask goes on as it came.
    """

    def __init__(self, start: int, stop: int, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.start, self.stop = start, stop
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Cut (batch, time, all) down to (batch, time, stop - start)."""
        return inputs[..., self.start : self.stop]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the input, with the last axis cut."""
        return (*input_shape[:-1], self.stop - self.start)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        return {**super().get_config(), "start": self.start, "stop": self.stop}
