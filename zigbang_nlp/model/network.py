"""Embedding -> LSTM -> Dense(1, sigmoid), built from an `Architecture`."""

from __future__ import annotations

from typing import Any

from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.backend import keras
from zigbang_nlp.model.layers import MaskedPooling


def build_network(architecture: Architecture) -> Any:
    """A Keras functional model: int32 ids (batch, time) -> probability of positive (batch, 1).

    Id 0 is padding and is masked throughout, so padding never changes a probability.
    """
    layers = keras.layers
    ids = keras.Input(shape=(None,), dtype="int32", name="ids")
    states = layers.Embedding(
        architecture.vocabulary_size, architecture.embedding_dim, mask_zero=True, name="embedding"
    )(ids)
    if architecture.spatial_dropout:
        states = layers.SpatialDropout1D(architecture.spatial_dropout, name="spatial_dropout")(
            states
        )
    last = len(architecture.lstm_units) - 1
    for i, units in enumerate(architecture.lstm_units):
        sequence = i < last or architecture.pooling != "last"
        lstm = layers.LSTM(units, return_sequences=sequence, name=f"lstm_{i + 1}")
        if architecture.bidirectional:
            lstm = layers.Bidirectional(lstm, name=f"bilstm_{i + 1}")
        states = lstm(states)
    if architecture.pooling != "last":
        states = MaskedPooling(architecture.pooling, name="pooling")(states)
    if architecture.dropout:
        states = layers.Dropout(architecture.dropout, name="dropout")(states)
    probability = layers.Dense(1, activation="sigmoid", name="probability")(states)
    return keras.Model(ids, probability, name="zigbang_nlp")


def describe(network: Any) -> str:
    """The layers with shapes and parameters, and the megabytes the weights take."""
    lines: list[str] = []
    network.summary(print_fn=lines.append, line_length=88)
    size = sum(weight.size for weight in network.get_weights())
    lines.append(f"{size:,} parameters, {4 * size / 1e6:.1f} MB as float32")
    return "\n".join(lines)
