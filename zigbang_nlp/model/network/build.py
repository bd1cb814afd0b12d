"""Embedding -> LSTM -> Dense(1, sigmoid), built from an `Architecture`.

What a text says and what score its writer gives are two things, so a network may have a second
last layer beside the first: Dense(5, softmax), a share for each of one to five stars.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zigbang_nlp.model.architecture import STARS, Architecture
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.network.layers import Channels, MaskedPooling, NgramFeatures


def build_network(architecture: Architecture) -> keras.Model:
    """A Keras functional model: int32 ids (batch, time) -> probability of positive (batch, 1).

    Id 0 is padding and is masked throughout, so padding never changes a probability.

    Where the architecture has stars, the outputs are a list: the probability, and the share of
    each of one to five stars (batch, 5).
    """
    ids = keras.Input(shape=(None,), dtype="int32", name="ids")
    states = _read(architecture, ids)  # (batch, units)
    for i, units in enumerate(architecture.dense_units, start=1):
        before = architecture.batch_normalization and architecture.normalize_before_activation
        # Layers are made in the order of their places, since each draws its seed when it is made.
        states = _dropped(architecture, states, i)
        hidden = keras.layers.Dense(
            units,
            activation=None if before else architecture.dense_activation,
            name=f"dense_{i}",
            **_kernel(architecture),
        )
        states = _normalized(architecture, hidden(states), i)
        if before:
            states = keras.layers.Activation(architecture.dense_activation, name=f"activation_{i}")(
                states
            )
    states = _dropped(architecture, states, 0)
    if architecture.ngram_buckets:
        ngrams = NgramFeatures(
            architecture.vocabulary_size, architecture.ngram_buckets, name="ngrams"
        )
        states = keras.layers.Concatenate(name="with_ngrams")([states, ngrams(ids)])
    output = keras.layers.Dense(
        1, activation="sigmoid", name="probability", **_kernel(architecture)
    )
    outputs = [output(states)]
    if architecture.stars:
        outputs.append(keras.layers.Dense(STARS, activation="softmax", name="stars")(states))
    return keras.Model(ids, outputs if architecture.stars else outputs[0], name="zigbang_nlp")


def probability_of(network: keras.Model, rows: Any, batch_size: int = 256) -> np.ndarray:
    """The probability of positive for each row of ids, float32 (rows,), by Keras."""
    outputs = network.predict(rows, verbose=0, batch_size=batch_size)
    return np.asarray(outputs[0] if isinstance(outputs, list) else outputs)[:, 0]


def _read(architecture: Architecture, ids: Any) -> Any:
    """Embedding, LSTM layers and pooling: ids (batch, time) -> (batch, units of all blocks)."""
    layers = keras.layers
    blocks, dim = architecture.lstm_blocks, architecture.embedding_dim
    states = layers.Embedding(
        architecture.vocabulary_size, blocks * dim, mask_zero=True, name="embedding"
    )(ids)
    if architecture.spatial_dropout:
        states = layers.SpatialDropout1D(architecture.spatial_dropout, name="spatial_dropout")(
            states
        )
    if blocks == 1:
        states = _block(architecture, states, 0)
    else:
        own = [
            Channels(b * dim, (b + 1) * dim, name=f"embedding_of_block_{b + 1}")(states)
            for b in range(blocks)
        ]
        read = [_block(architecture, channels, b) for b, channels in enumerate(own)]
        states = layers.Concatenate(name="blocks")(read)
    if architecture.pooling != "last":
        states = MaskedPooling(architecture.pooling, name="pooling")(states)
    return _normalized(architecture, states, 0)


def _block(architecture: Architecture, states: Any, block: int) -> Any:
    """The LSTM layers of one block: (batch, time, dim) -> its states, or the last of them."""
    names = architecture.lstm_names(block)
    for name, units in zip(names, architecture.lstm_units, strict=True):
        lstm = keras.layers.LSTM(
            units,
            return_sequences=name != names[-1] or architecture.pooling != "last",
            recurrent_dropout=architecture.recurrent_dropout,
            name=name.removeprefix("bi"),
            **_kernel(architecture),
        )
        if architecture.bidirectional:
            lstm = keras.layers.Bidirectional(lstm, name=name)
        states = lstm(states)
    return states


def _kernel(architecture: Architecture) -> dict[str, Any]:
    """How the kernels of LSTM and Dense layers start and are kept small."""
    penalty = None
    if architecture.l1 or architecture.l2:
        penalty = keras.regularizers.L1L2(architecture.l1, architecture.l2)
    return {
        "kernel_initializer": architecture.kernel_initializer,
        "kernel_regularizer": penalty,
    }


def _normalized(architecture: Architecture, states: Any, layer: int) -> Any:
    if not architecture.batch_normalization:
        return states
    return keras.layers.BatchNormalization(name=f"normalization_{layer}")(states)


def _dropped(architecture: Architecture, states: Any, layer: int) -> Any:
    if not architecture.dropout:
        return states
    name = f"dropout_{layer}" if layer else "dropout"
    return keras.layers.Dropout(architecture.dropout, name=name)(states)


def describe(network: keras.Model) -> str:
    """The layers with shapes and parameters, and the megabytes the weights take."""
    lines: list[str] = []
    network.summary(print_fn=lines.append, line_length=88)
    size = sum(weight.size for weight in network.get_weights())
    lines.append(f"{size:,} parameters, {4 * size / 1e6:.1f} MB as float32")
    return "\n".join(lines)
