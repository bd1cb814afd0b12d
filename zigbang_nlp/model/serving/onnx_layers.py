"""The layers of the network as nodes of an ONNX graph, one function a layer.

Gate order differs (Keras: input, forget, cell, output; ONNX: input, output, forget, cell), see
https://onnx.ai/onnx/operators/onnx__LSTM.html.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from zigbang_nlp.model.architecture import Architecture

#: {layer name: its weights in Keras's order}.
Weights = Mapping[str, list[np.ndarray]]


class Graph:
    """Nodes and constants of an ONNX graph while it grows.

    Tensors are known by their names; each layer takes the name of its input and gives that of its
    output.
    """

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        """Add an array under a name, and give the name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], *outputs: str, **attributes: object) -> str:
        """Add an operator, and give the name of its first output.

        Args:
            kind: of ONNX's operators.
            inputs: names of tensors; "" for one that is left out.
            outputs: names for what it gives.
            attributes: of the operator.
        """
        self.nodes.append(helper.make_node(kind, inputs, list(outputs), **attributes))
        return outputs[0]


def layer_suffix(layer: int, block: int) -> str:
    """What a layer's constants are called; the first block as in networks of one block.

    >>> layer_suffix(2, 0), layer_suffix(2, 1)
    ('2', '2_2')
    """
    return f"{layer}_{block + 1}" if block else f"{layer}"


def embed(graph: Graph, architecture: Architecture, weights: Weights, small: bool) -> list[str]:
    """Add the embedding of the tensor "ids_by_time", int64 (time, batch).

    Args:
        graph: that grows.
        architecture: says the blocks and the width of each, dim.
        weights: "embedding" holds one table, float32 (ids, blocks x dim).
        small: keep the table as int8, with a float32 scale for each id and block.

    Returns:
        The names of each block's rows, float32 (time, batch, dim).
    """
    (table,) = weights["embedding"]
    blocks, dim = architecture.lstm_blocks, architecture.embedding_dim
    if small:
        by_block = table.reshape(len(table), blocks, dim)
        scale = np.maximum(np.abs(by_block).max(axis=2) / 127, 1e-12).astype(np.float32)
        table = np.round(by_block / scale[:, :, None]).astype(np.int8).reshape(table.shape)
        graph.constant("embedding_scale", scale)  # (ids, blocks)
        graph.node("Gather", ["embedding_scale", "ids_by_time"], "scales")
    graph.constant("embedding", table if small else table.astype(np.float32))
    graph.node("Gather", ["embedding", "ids_by_time"], "rows")  # (time, batch, blocks * dim)
    graph.node("Cast", ["rows"], "states_0", to=TensorProto.FLOAT)
    if blocks == 1:
        return [graph.node("Mul", ["states_0", "scales"], "scaled") if small else "states_0"]
    names = [f"rows_{b + 1}" for b in range(blocks)]
    graph.node(
        "Split", ["states_0", graph.constant("widths", np.full(blocks, dim))], *names, axis=2
    )
    if not small:
        return names
    scales = [f"scale_{b + 1}" for b in range(blocks)]
    graph.node(
        "Split", ["scales", graph.constant("ones", np.ones(blocks, np.int64))], *scales, axis=2
    )
    return [graph.node("Mul", [n, s], f"scaled_{n}") for n, s in zip(names, scales, strict=True)]


def lstm(
    graph: Graph, states: str, weights: list[np.ndarray], units: int, layer: str
) -> tuple[str, str]:
    """Add one LSTM layer.

    Args:
        graph: that grows.
        states: name of the input, float32 (time, batch, inputs).
        weights: as Keras keeps them, three a direction, forward first: kernel (inputs, 4 x units),
            recurrent kernel (units, 4 x units) and bias (4 x units,), gates in Keras's order.
        units: of one direction.
        layer: what the constants are called, see `layer_suffix`.

    Returns:
        The names of all states, (time, batch, directions x units), and of the last state of each
        row, (batch, directions x units). Rows are as long as the tensor "lengths" says.
    """
    directions = len(weights) // 3
    triples = [weights[3 * d : 3 * d + 3] for d in range(directions)]
    w = np.stack([gates(kernel.T) for kernel, _, _ in triples])
    r = np.stack([gates(recurrent.T) for _, recurrent, _ in triples])
    b = np.stack([np.concatenate([gates(bias), np.zeros_like(bias)]) for _, _, bias in triples])
    names = [
        graph.constant(f"lstm_{layer}_{part}", value.astype(np.float32))
        for part, value in (("w", w), ("r", r), ("b", b))
    ]
    every, last = f"lstm_{layer}_every", f"lstm_{layer}_last"
    graph.node(
        "LSTM",
        [states, *names, "lengths"],
        every,
        last,
        hidden_size=units,
        direction="bidirectional" if directions == 2 else "forward",
    )
    # (time, directions, batch, units) -> (time, batch, directions * units)
    graph.node("Transpose", [every], f"{every}_t", perm=[0, 2, 1, 3])
    shape = graph.constant(f"{every}_shape", np.array([0, 0, directions * units], np.int64))
    out = graph.node("Reshape", [f"{every}_t", shape], f"states_{layer}")
    graph.node("Transpose", [last], f"{last}_t", perm=[1, 0, 2])
    shape = graph.constant(f"{last}_shape", np.array([0, directions * units], np.int64))
    return out, graph.node("Reshape", [f"{last}_t", shape], f"final_{layer}")


def dense(graph: Graph, states: str, weights: list[np.ndarray], name: str) -> str:
    """Add a Dense layer without its activation.

    Args:
        graph: that grows.
        states: name of the input, float32 (batch, inputs).
        weights: kernel (inputs, outputs) and bias (outputs,).
        name: of the result, which begins the constants' names.

    Returns:
        `name`, a tensor (batch, outputs).
    """
    kernel, bias = weights
    graph.constant(f"{name}_kernel", kernel.astype(np.float32))
    graph.constant(f"{name}_bias", bias.astype(np.float32))
    graph.node("MatMul", [states, f"{name}_kernel"], f"{name}_product")
    return graph.node("Add", [f"{name}_product", f"{name}_bias"], name)


#: Keras's BatchNormalization adds this to the variance.
_EPSILON = 1e-3


def normalize(graph: Graph, states: str, weights: list[np.ndarray], layer: int) -> str:
    """Add a BatchNormalization as one multiplication and one addition, by its moving statistics.

    Args:
        graph: that grows.
        states: name of the input, float32 (batch, inputs).
        weights: as Keras keeps them: gamma, beta, moving mean and variance, each (inputs,).
        layer: number of the layer, for the constants' names.

    Returns:
        The name of the result, (batch, inputs).
    """
    gamma, beta, mean, variance = (w.astype(np.float64) for w in weights)
    scale = gamma / np.sqrt(variance + _EPSILON)
    name = f"normalization_{layer}"
    graph.constant(f"{name}_scale", scale.astype(np.float32))
    graph.constant(f"{name}_shift", (beta - mean * scale).astype(np.float32))
    graph.node("Mul", [states, f"{name}_scale"], f"{name}_scaled")
    return graph.node("Add", [f"{name}_scaled", f"{name}_shift"], name)


def gates(values: np.ndarray) -> np.ndarray:
    """Reorder the first axis from Keras's (i, f, c, o) to ONNX's (i, o, f, c).

    Args:
        values: (4 x units, ...).
    """
    i, f, c, o = np.split(values, 4, axis=0)
    return np.concatenate([i, o, f, c], axis=0)


def gates_back(values: np.ndarray) -> np.ndarray:
    """The inverse of `gates`."""
    i, o, f, c = np.split(values, 4, axis=0)
    return np.concatenate([i, f, c, o], axis=0)


def pool(graph: Graph, states: str, kind: str) -> str:
    """Add masked pooling over time, as `layers.MaskedPooling` does.

    Args:
        graph: that grows; it has the tensor "is_real", bool (batch, time).
        states: name of the input, float32 (time, batch, units).
        kind: "max", "mean" or "max_mean".

    Returns:
        The name of the result, (batch, units), or (batch, 2 x units) for "max_mean".
    """
    graph.constant("axis_first", np.array([0], np.int64))
    graph.constant("axis_unit", np.array([2], np.int64))
    graph.constant("one", np.array(1, np.float32))
    graph.constant("below", np.array(2, np.float32))
    graph.node("Cast", ["is_real"], "real_float", to=TensorProto.FLOAT)
    graph.node("Transpose", ["real_float"], "real_by_time", perm=[1, 0])
    graph.node("Unsqueeze", ["real_by_time", "axis_unit"], "real")  # (time, batch, 1)
    graph.node("Mul", [states, "real"], "real_states")
    graph.node("ReduceSum", ["real", "axis_first"], "count", keepdims=0)  # (batch, 1)
    graph.node("Max", ["count", "one"], "divisor")
    graph.node("ReduceSum", ["real_states", "axis_first"], "sum", keepdims=0)
    graph.node("Div", ["sum", "divisor"], "mean")
    if kind == "mean":
        return "mean"
    graph.node("Sub", ["one", "real"], "padded")
    graph.node("Mul", ["padded", "below"], "penalty")
    graph.node("Sub", ["real_states", "penalty"], "candidates")
    graph.node("ReduceMax", ["candidates"], "max_raw", axes=[0], keepdims=0)
    graph.node("Min", ["count", "one"], "has_tokens")
    graph.node("Mul", ["max_raw", "has_tokens"], "max")
    if kind == "max":
        return "max"
    return graph.node("Concat", ["max", "mean"], "max_mean", axis=1)
