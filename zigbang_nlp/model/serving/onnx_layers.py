"""The layers of the network as nodes of an ONNX graph, one function a layer.

Gate order differs (Keras: input, forget, cell, output; ONNX: input, output, forget, cell), see
https://onnx.ai/onnx/operators/onnx__LSTM.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.ngrams import LONGEST, MULTIPLIER

#: {layer name: its weights in Keras's order}.
Weights = Mapping[str, list[np.ndarray]]
#: Of an operator: the name of a tensor, or what is always the same.
Input = str | np.ndarray | np.generic


class Graph:
    """Nodes and constants of an ONNX graph while it grows.

    Tensors are known by their names; each layer takes the name of its input and gives that of its
    output.
    """

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray | np.generic) -> str:
        """Add an array under a name, and give the name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: Sequence[Input], *outputs: str, **attributes: object) -> str:
        """Add an operator, and give the name of its first output.

        Args:
            kind: of ONNX's operators.
            inputs: names of tensors, "" for one that is left out; arrays become constants.
            outputs: names for what it gives.
            attributes: of the operator.
        """
        names = [
            given if isinstance(given, str) else self.constant(f"{outputs[0]}_given_{place}", given)
            for place, given in enumerate(inputs)
        ]
        self.nodes.append(helper.make_node(kind, names, list(outputs), **attributes))
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
    graph.node("Split", ["states_0", np.full(blocks, dim)], *names, axis=2)
    if not small:
        return names
    scales = [f"scale_{b + 1}" for b in range(blocks)]
    graph.node("Split", ["scales", np.ones(blocks, np.int64)], *scales, axis=2)
    return [graph.node("Mul", [n, s], f"scaled_{n}") for n, s in zip(names, scales, strict=True)]


def lstm(graph: Graph, states: str, weights: list[np.ndarray], layer: str) -> tuple[str, str]:
    """Add one LSTM layer.

    Args:
        graph: that grows.
        states: name of the input, float32 (time, batch, inputs).
        weights: as Keras keeps them, three a direction, forward first: kernel (inputs, 4 x units),
            recurrent kernel (units, 4 x units) and bias (4 x units,), gates in Keras's order.
        layer: what the constants are called, see `layer_suffix`.

    Returns:
        The names of all states, (time, batch, directions x units), and of the last state of each
        row, (batch, directions x units). Rows are as long as the tensor "lengths" says.
    """
    directions, units = len(weights) // 3, len(weights[1])
    triples = [weights[3 * d : 3 * d + 3] for d in range(directions)]
    w = np.stack([gates(kernel.T, TO_ONNX) for kernel, _, _ in triples])
    r = np.stack([gates(recurrent.T, TO_ONNX) for _, recurrent, _ in triples])
    biases = [gates(bias, TO_ONNX) for _, _, bias in triples]
    b = np.stack([np.concatenate([bias, np.zeros_like(bias)]) for bias in biases])
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
    shape = np.array([0, 0, directions * units], np.int64)
    out = graph.node("Reshape", [f"{every}_t", shape], f"states_{layer}")
    graph.node("Transpose", [last], f"{last}_t", perm=[1, 0, 2])
    return out, graph.node("Reshape", [f"{last}_t", shape[1:]], f"final_{layer}")


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


#: Of Keras's gates (input, forget, cell, output) in ONNX's order, and the other way round.
TO_ONNX, TO_KERAS = (0, 3, 1, 2), (0, 2, 3, 1)


def gates(values: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """Reorder the gates on the first axis, (4 x units, ...), by `TO_ONNX` or `TO_KERAS`."""
    parts = np.split(values, 4, axis=0)
    return np.concatenate([parts[place] for place in order], axis=0)


def pool(graph: Graph, states: str, kind: str) -> str:
    """Add masked pooling over time, as `layers.MaskedPooling` does.

    Args:
        graph: that grows; it has the tensor "is_real", bool (batch, time).
        states: name of the input, float32 (time, batch, units).
        kind: "max", "mean" or "max_mean".

    Returns:
        The name of the result, (batch, units), or (batch, 2 x units) for "max_mean".
    """
    first_axis, one = np.array([0], np.int64), np.float32(1)
    graph.node("Cast", ["is_real"], "real_float", to=TensorProto.FLOAT)
    graph.node("Transpose", ["real_float"], "real_by_time", perm=[1, 0])
    graph.node("Unsqueeze", ["real_by_time", np.array([2], np.int64)], "real")  # (time, batch, 1)
    graph.node("Mul", [states, "real"], "real_states")
    graph.node("ReduceSum", ["real", first_axis], "count", keepdims=0)  # (batch, 1)
    graph.node("Max", ["count", one], "divisor")
    graph.node("ReduceSum", ["real_states", first_axis], "sum", keepdims=0)
    graph.node("Div", ["sum", "divisor"], "mean")
    if kind == "mean":
        return "mean"
    graph.node("Sub", [one, "real"], "padded")
    graph.node("Mul", ["padded", np.float32(2)], "penalty")
    graph.node("Sub", ["real_states", "penalty"], "candidates")
    graph.node("ReduceMax", ["candidates"], "max_raw", axes=[0], keepdims=0)
    graph.node("Min", ["count", one], "has_tokens")
    graph.node("Mul", ["max_raw", "has_tokens"], "max")
    if kind == "max":
        return "max"
    return graph.node("Concat", ["max", "mean"], "max_mean", axis=1)


def ngrams(graph: Graph, weights: list[np.ndarray]) -> str:
    """Add what the n-grams of a text add, as `layers.NgramFeatures` does; see `model.ngrams`.

    Args:
        graph: that grows; it has "ids", int64 (batch, time), and "is_real", bool (batch, time).
        weights: the code of each id, int (ids,), and the table, float32 (buckets, features).

    Returns:
        The name of the result, (batch, features).
    """
    codes, table = weights
    graph.constant("ngram_codes", codes.astype(np.int64))
    graph.constant("ngram_table", table.astype(np.float32))
    buckets, time, end = np.int64(len(table)), np.array([1], np.int64), 2**31

    def cut(tensor: str, start: int, stop: int, name: str) -> str:
        """A part of the time axis."""
        edges = np.array([start], np.int64), np.array([stop], np.int64)
        return graph.node("Slice", [tensor, *edges, time], name)

    tokens = graph.node("Gather", ["ngram_codes", "ids"], "codes")
    real = graph.node("Cast", ["is_real"], "real_tokens", to=TensorProto.FLOAT)
    rows = graph.node("Mod", [tokens, buckets], "ngram_rows_1")
    sums, counts = [], []
    for n in range(1, LONGEST + 1):
        here = real
        if n > 1:
            here = cut(real, n - 1, end, f"real_{n}")  # real where the last token is
            before = cut(rows, 0, -1, f"before_{n}")
            before = graph.node("Mul", [before, np.int64(MULTIPLIER)], f"times_{n}")
            sum_of = graph.node("Add", [before, cut(tokens, n - 1, end, f"last_{n}")], f"plus_{n}")
            rows = graph.node("Mod", [sum_of, buckets], f"ngram_rows_{n}")
        own = graph.node("Gather", ["ngram_table", rows], f"ngram_weights_{n}")
        column = graph.node("Unsqueeze", [here, np.array([2], np.int64)], f"real_column_{n}")
        kept = graph.node("Mul", [own, column], f"ngram_kept_{n}")
        sums.append(graph.node("ReduceSum", [kept, time], f"ngram_sum_{n}", keepdims=0))
        counts.append(graph.node("ReduceSum", [here, time], f"ngram_count_{n}", keepdims=1))
    count = graph.node("Sum", counts, "ngram_count")
    some = graph.node("Max", [count, np.float32(1)], "ngram_some")
    root = graph.node("Sqrt", [some], "ngram_root")
    return graph.node("Div", [graph.node("Sum", sums, "ngram_sum"), root], "ngrams")
