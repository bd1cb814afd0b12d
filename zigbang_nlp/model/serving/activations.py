"""The activations of hidden layers: as ONNX operators to serve with, and in numpy with the way back.

Formulas are those of `keras.activations`, with its default parameters.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import erf, log_softmax, softmax

from zigbang_nlp.model.serving.onnx_layers import Graph, Input

Array = np.ndarray
#: Takes the slope by a layer's output to the slope by its input.
Backward = Callable[[Array], Array]
_Function = Callable[[Array], Array]

_SELU_ALPHA, _SELU_GAMMA = 1.6732631921768188, 1.0507010221481323
_SHRINK = 0.5

#: Those that ONNX has as one operator; its defaults for the slopes differ from Keras's.
_OPERATORS: dict[str, tuple[str, dict[str, float]]] = {
    "linear": ("Identity", {}),
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
    "elu": ("Elu", {"alpha": 1.0}),
    "celu": ("Celu", {"alpha": 1.0}),
    "selu": ("Selu", {"alpha": _SELU_ALPHA, "gamma": _SELU_GAMMA}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "softplus": ("Softplus", {}),
    "softsign": ("Softsign", {}),
    "softmax": ("Softmax", {"axis": -1}),
    "log_softmax": ("LogSoftmax", {"axis": -1}),
    "exponential": ("Exp", {}),
    "hard_sigmoid": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "hard_silu": ("HardSwish", {}),
    "hard_shrink": ("Shrink", {"lambd": _SHRINK, "bias": 0.0}),
    "soft_shrink": ("Shrink", {"lambd": _SHRINK, "bias": _SHRINK}),
    "sparse_sigmoid": ("HardSigmoid", {"alpha": 0.5, "beta": 0.5}),
}


def activate(graph: Graph, states: str, activation: str) -> str:
    """Add an activation to a graph.

    Args:
        graph: that grows.
        states: name of a tensor (batch, units).
        activation: as Keras calls it, see `config.network`.

    Returns:
        The name of a tensor of the same shape.
    """
    out = f"{states}_{activation}"
    if activation in _OPERATORS:
        kind, attributes = _OPERATORS[activation]
        return graph.node(kind, [states], out, **attributes)

    def part(kind: str, *inputs: Input, **attributes: object) -> str:
        return graph.node(kind, list(inputs), f"{out}_part_{len(graph.nodes)}", **attributes)

    if activation == "silu":
        return graph.node("Mul", [states, part("Sigmoid", states)], out)
    if activation == "mish":
        return graph.node("Mul", [states, part("Tanh", part("Softplus", states))], out)
    if activation == "gelu":
        share = part("Add", part("Erf", part("Mul", states, np.float32(0.5**0.5))), np.float32(1))
        return graph.node("Mul", [part("Mul", states, np.float32(0.5)), share], out)
    if activation == "relu6":
        return graph.node("Clip", [states, np.float32(0), np.float32(6)], out)
    if activation == "hard_tanh":
        return graph.node("Clip", [states, np.float32(-1), np.float32(1)], out)
    if activation == "tanh_shrink":
        return graph.node("Sub", [states, part("Tanh", states)], out)
    if activation == "log_sigmoid":
        return graph.node("Neg", [part("Softplus", part("Neg", states))], out)
    if activation == "squareplus":
        root = part("Sqrt", part("Add", part("Mul", states, states), np.float32(4)))
        return graph.node("Mul", [part("Add", states, root), np.float32(0.5)], out)
    assert activation == "sparse_plus", activation
    ramp = part("HardSigmoid", states, alpha=0.5, beta=0.5)
    above = part("Relu", part("Sub", states, np.float32(1)))
    return graph.node("Add", [part("Mul", ramp, ramp), above], out)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)); as tanh it takes a quarter of the time of scipy's expit in float32."""
    return np.asarray(0.5 * np.tanh(0.5 * x) + 0.5)


def times(factor: Array) -> Backward:
    """The way back through something done element by element."""
    return lambda slope: slope * factor


def _each(function: _Function, derivative: _Function) -> Callable[[Array], tuple[Array, Backward]]:
    """An activation of each number by itself."""
    return lambda x: (function(x), times(derivative(x)))


def _elu(alpha: float, gamma: float) -> Callable[[Array], tuple[Array, Backward]]:
    return _each(
        lambda x: gamma * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
        lambda x: gamma * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0))),
    )


def _softmax(x: Array) -> tuple[Array, Backward]:
    shares = np.asarray(softmax(x, axis=-1))
    return shares, lambda slope: shares * (slope - (slope * shares).sum(-1, keepdims=True))


def _log_softmax(x: Array) -> tuple[Array, Backward]:
    logs = np.asarray(log_softmax(x, axis=-1))
    return logs, lambda slope: slope - np.exp(logs) * slope.sum(-1, keepdims=True)


def _softplus(x: Array) -> Array:
    return np.asarray(np.logaddexp(x, np.zeros((), x.dtype)))


def _mish_slope(x: Array) -> Array:
    squashed = np.tanh(_softplus(x))
    return np.asarray(squashed + x * (1 - squashed**2) * sigmoid(x))


def _inside(x: Array, edge: float) -> Array:
    return np.asarray((np.abs(x) < edge).astype(x.dtype))


def _ramp(x: Array) -> Array:
    return np.asarray(np.clip((x + 1) / 2, 0, 1))


#: Each activation: what it gives for (..., units), and the way back.
ACTIVATIONS: dict[str, Callable[[Array], tuple[Array, Backward]]] = {
    "linear": _each(lambda x: x, np.ones_like),
    "relu": _each(lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype)),
    "relu6": _each(lambda x: np.clip(x, 0, 6), lambda x: ((x > 0) & (x < 6)).astype(x.dtype)),
    "leaky_relu": _each(lambda x: np.where(x > 0, x, 0.2 * x), lambda x: np.where(x > 0, 1, 0.2)),
    "elu": _elu(1.0, 1.0),
    "celu": _elu(1.0, 1.0),
    "selu": _elu(_SELU_ALPHA, _SELU_GAMMA),
    "silu": _each(lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    "gelu": _each(
        lambda x: x * (1 + erf(x * 0.5**0.5)) / 2,
        lambda x: (1 + erf(x * 0.5**0.5)) / 2 + x * np.exp(-(x**2) / 2) / (2 * np.pi) ** 0.5,
    ),
    "mish": _each(lambda x: x * np.tanh(_softplus(x)), _mish_slope),
    "tanh": _each(np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid": _each(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "softplus": _each(_softplus, sigmoid),
    "softsign": _each(lambda x: x / (1 + np.abs(x)), lambda x: (1 + np.abs(x)) ** -2.0),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "log_sigmoid": _each(lambda x: -_softplus(-x), lambda x: sigmoid(-x)),
    "exponential": _each(np.exp, np.exp),
    "hard_sigmoid": _each(lambda x: np.clip(x / 6 + 0.5, 0, 1), lambda x: _inside(x, 3) / 6),
    "hard_silu": _each(
        lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
        lambda x: np.clip(x / 6 + 0.5, 0, 1) + x * _inside(x, 3) / 6,
    ),
    "hard_tanh": _each(lambda x: np.clip(x, -1, 1), lambda x: _inside(x, 1)),
    "hard_shrink": _each(
        lambda x: x * (1 - _inside(x, _SHRINK)), lambda x: 1 - _inside(x, _SHRINK)
    ),
    "soft_shrink": _each(
        lambda x: np.sign(x) * np.maximum(np.abs(x) - _SHRINK, 0),
        lambda x: 1 - _inside(x, _SHRINK),
    ),
    "tanh_shrink": _each(lambda x: x - np.tanh(x), lambda x: np.tanh(x) ** 2),
    "sparse_plus": _each(lambda x: _ramp(x) ** 2 + np.maximum(x - 1, 0), _ramp),
    "sparse_sigmoid": _each(_ramp, lambda x: _inside(x, 1) / 2),
    "squareplus": _each(
        lambda x: (x + np.sqrt(x**2 + 4)) / 2, lambda x: (1 + x / np.sqrt(x**2 + 4)) / 2
    ),
}
