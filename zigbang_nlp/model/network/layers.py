"""What Keras doesn't have: pooling without padding, a cut through channels, and n-grams."""

from __future__ import annotations

from typing import Any

from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.ngrams import FEATURES, LONGEST, MULTIPLIER

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


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class NgramFeatures(keras.layers.Layer):
    """What the n-grams of a text add, see `model.ngrams`; not trained.

    Args:
        vocabulary_size: ids, padding (0) among them.
        buckets: rows of the table.

    Input int32 ids (batch, time), padded with 0 at the end; output (batch, `FEATURES`). Weights:
    the code of each id, int32 (ids,), and the table, float32 (buckets, `FEATURES`).
    """

    def __init__(self, vocabulary_size: int, buckets: int, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.vocabulary_size, self.buckets = vocabulary_size, buckets

    def build(self, _input_shape: tuple[int | None, ...]) -> None:
        """Make the weights, all 0."""
        self.codes = self.add_weight(
            name="codes",
            shape=(self.vocabulary_size,),
            dtype="int32",
            initializer="zeros",
            trainable=False,
        )
        self.table = self.add_weight(
            name="table", shape=(self.buckets, FEATURES), initializer="zeros", trainable=False
        )

    def call(self, ids: Any) -> Any:
        """Add up the rows of all n-grams: int32 ids (batch, time) -> (batch, `FEATURES`)."""
        real = ops.cast(ops.not_equal(ids, 0), self.compute_dtype)
        codes = ops.cast(ops.take(self.codes, ids, axis=0), "int64")
        rows = codes % self.buckets
        total: Any = 0.0
        count: Any = 0.0
        for length in range(1, LONGEST + 1):
            if length > 1:
                rows = (rows[:, :-1] * MULTIPLIER + codes[:, length - 1 :]) % self.buckets
            here = real[:, length - 1 :]  # an n-gram is real where its last token is
            total += ops.sum(ops.take(self.table, rows, axis=0) * here[:, :, None], axis=1)
            count += ops.sum(here, axis=1)
        return total / ops.sqrt(ops.maximum(count, 1))[:, None]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(batch, `FEATURES`), from (batch, time)."""
        return (input_shape[0], FEATURES)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        config = {"vocabulary_size": self.vocabulary_size, "buckets": self.buckets}
        return {**super().get_config(), **config}
