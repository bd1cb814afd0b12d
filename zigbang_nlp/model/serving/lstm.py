"""LSTM layers in numpy, forwards and backwards, and their gates one by one.

Weights and gates are in ONNX's shapes and order: input, output, forget, cell
(https://onnx.ai/onnx/operators/onnx__LSTM.html).
"""

from __future__ import annotations

import numpy as np

from zigbang_nlp.model.serving.activations import Array, Backward, sigmoid


def lstm_layer(states: Array, w: Array, r: Array, b: Array) -> tuple[Array, Backward]:
    """One layer in one or two directions; weights as in ONNX's LSTM, (directions, ...)."""
    ahead, ahead_back = _lstm(states, w[0], r[0], b[0])
    if len(w) == 1:
        return ahead, ahead_back
    behind, behind_back = _lstm(states[::-1], w[1], r[1], b[1])
    units = r.shape[-1]

    def backward(slope: Array) -> Array:
        return ahead_back(slope[..., :units]) + behind_back(slope[::-1, :, units:])[::-1]

    return np.concatenate([ahead, behind[::-1]], axis=-1), backward


def _lstm(states: Array, w: Array, r: Array, b: Array) -> tuple[Array, Backward]:
    """(tokens, versions, in) -> (tokens, versions, units), and the way back."""
    tokens, versions, _ = states.shape
    units = r.shape[-1]
    driven = _driven(states, w, b)
    gates = np.empty((tokens, versions, 4 * units), states.dtype)
    cells = np.zeros((tokens + 1, versions, units), states.dtype)
    hidden = np.zeros((tokens + 1, versions, units), states.dtype)
    for t in range(tokens):
        gates[t] = _opened(driven[t] + hidden[t] @ r.T)
        i, o, f, c = np.split(gates[t], 4, axis=-1)
        cells[t + 1] = f * cells[t] + i * c
        hidden[t + 1] = o * np.tanh(cells[t + 1])

    def backward(slope: Array) -> Array:
        by_z = np.empty_like(gates)
        by_hidden = np.zeros((versions, units), states.dtype)
        by_cell = np.zeros((versions, units), states.dtype)
        for t in reversed(range(tokens)):
            i, o, f, c = np.split(gates[t], 4, axis=-1)
            squashed = np.tanh(cells[t + 1])
            by_hidden += slope[t]
            by_cell += by_hidden * o * (1 - squashed**2)
            by_z[t] = np.concatenate(
                [
                    by_cell * c * i * (1 - i),
                    by_hidden * squashed * o * (1 - o),
                    by_cell * cells[t] * f * (1 - f),
                    by_cell * i * (1 - c**2),
                ],
                axis=-1,
            )
            by_hidden = by_z[t] @ r
            by_cell = by_cell * f
        return np.asarray(by_z @ w)

    return hidden[1:], backward


def _driven(states: Array, w: Array, b: Array) -> Array:
    """What the input alone adds to the gates: (..., 4 x units)."""
    half = len(b) // 2
    return np.asarray(states @ w.T + b[:half] + b[half:])


def _opened(z: Array) -> Array:
    """Three sigmoids and the cell's tanh, in ONNX's order of gates: (..., 4 x units)."""
    squashed = 3 * z.shape[-1] // 4
    return np.concatenate([sigmoid(z[..., :squashed]), np.tanh(z[..., squashed:])], axis=-1)


def lstm_gates(inputs: Array, states: Array, w: Array, r: Array, b: Array) -> Array:
    """The gates of one direction of a layer, from what it reads and the states it gave.

    Args:
        inputs: (tokens, inputs), in the order in which this direction reads.
        states: (tokens, units), in the same order.
        w: input weights as in ONNX's LSTM, (4 x units, inputs).
        r: recurrent weights, (4 x units, units).
        b: both biases, (8 x units,).

    Returns:
        (tokens, 4, units): input, output and forget gate in [0, 1], and what is offered to the
        cell, in [-1, 1].
    """
    before = np.concatenate([np.zeros_like(states[:1]), states[:-1]])
    return _opened(_driven(inputs, w, b) + before @ r.T).reshape(len(states), 4, -1)
