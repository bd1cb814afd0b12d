"""The network as an ONNX graph, so that serving needs no TensorFlow.

Written by hand rather than traced: ONNX's own LSTM operator takes each row's length, so padding
is skipped as exactly as by Keras's mask and without its slow loop. Gate order differs (Keras:
input, forget, cell, output; ONNX: input, output, forget, cell), see
https://onnx.ai/onnx/operators/onnx__LSTM.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from zigbang_nlp.model.architecture import Architecture

OPSET = 17
IR_VERSION = 9

#: {layer name: its weights in Keras's order}.
Weights = Mapping[str, list[np.ndarray]]


def write_onnx(
    architecture: Architecture, weights: Weights, path: Path, half_embedding: bool = False
) -> None:
    """Write the graph: int64 "ids" (batch, time) -> float32 "probability" (batch,).

    Args:
        architecture: of the network.
        weights: of its layers.
        path: the file.
        half_embedding: keep the embedding, nearly all of a network's size, as float16.
    """
    graph = _Graph()
    graph.constant("zero", np.array(0, np.int64))
    graph.constant("axis_time", np.array([1], np.int64))
    (table,) = weights["embedding"]
    graph.constant("embedding", table.astype(np.float16 if half_embedding else np.float32))
    graph.node("Equal", ["ids", "zero"], "is_padding")
    graph.node("Not", ["is_padding"], "is_real")
    graph.node("Cast", ["is_real"], "real_int", to=TensorProto.INT32)
    graph.node("ReduceSum", ["real_int", "axis_time"], "lengths", keepdims=0)
    graph.node("Transpose", ["ids"], "ids_by_time", perm=[1, 0])
    graph.node("Gather", ["embedding", "ids_by_time"], "rows")  # (time, batch, dim)
    graph.node("Cast", ["rows"], "states_0", to=TensorProto.FLOAT)
    states, final = "states_0", ""
    for i, units in enumerate(architecture.lstm_units, start=1):
        name = f"bilstm_{i}" if architecture.bidirectional else f"lstm_{i}"
        states, final = _lstm(graph, states, weights[name], units, i)
    pooled = final if architecture.pooling == "last" else _pool(graph, states, architecture.pooling)
    if architecture.batch_normalization:
        pooled = _normalize(graph, pooled, weights["normalization_0"], 0)
    for i, _ in enumerate(architecture.dense_units, start=1):
        pooled = _dense(graph, pooled, weights[f"dense_{i}"], f"dense_{i}")
        pooled = _activate(graph, pooled, architecture.dense_activation)
        if architecture.batch_normalization:
            pooled = _normalize(graph, pooled, weights[f"normalization_{i}"], i)
    graph.constant("axis_last", np.array([1], np.int64))
    logit = _dense(graph, pooled, weights["probability"], "logit_2d")
    graph.node("Squeeze", [logit, "axis_last"], "logit")
    graph.node("Sigmoid", ["logit"], "probability")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "zigbang_nlp",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "time"])],
            [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["batch"])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="zigbang_nlp",
    )
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def read_weights(architecture: Architecture, path: Path) -> dict[str, list[np.ndarray]]:
    """The weights that `write_onnx` wrote, float32, in Keras's order and names.

    Args:
        architecture: of the network; one with BatchNormalization can't be read back, since
            serving needs only two of its four numbers a unit.
        path: the ONNX file.
    """
    assert not architecture.batch_normalization, "folded into a scale and a shift"
    constants = read_constants(path)
    weights = {"embedding": [constants["embedding"].astype(np.float32)]}
    for i, _ in enumerate(architecture.lstm_units, start=1):
        name = f"bilstm_{i}" if architecture.bidirectional else f"lstm_{i}"
        w, r, b = (constants[f"lstm_{i}_{part}"] for part in "wrb")
        weights[name] = [
            part
            for direction in range(len(w))
            for part in (
                _gates_back(w[direction]).T,
                _gates_back(r[direction]).T,
                _gates_back(b[direction][: len(b[direction]) // 2]),
            )
        ]
    names = [(f"dense_{i}", f"dense_{i}") for i in range(1, len(architecture.dense_units) + 1)]
    for layer, name in [*names, ("probability", "logit_2d")]:
        weights[layer] = [constants[f"{name}_kernel"], constants[f"{name}_bias"]]
    return weights


def read_constants(path: Path) -> dict[str, np.ndarray]:
    """The constants of an ONNX file by name, in ONNX's own shapes and order of gates."""
    return {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in onnx.load(path.as_posix()).graph.initializer
    }


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], *outputs: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, list(outputs), **attributes))
        return outputs[0]


def _lstm(
    graph: _Graph, states: str, weights: list[np.ndarray], units: int, layer: int
) -> tuple[str, str]:
    """Add one LSTM layer; returns the names of its states (time, batch, all units) and last."""
    directions = len(weights) // 3
    triples = [weights[3 * d : 3 * d + 3] for d in range(directions)]
    w = np.stack([_gates(kernel.T) for kernel, _, _ in triples])
    r = np.stack([_gates(recurrent.T) for _, recurrent, _ in triples])
    b = np.stack([np.concatenate([_gates(bias), np.zeros_like(bias)]) for _, _, bias in triples])
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


def _dense(graph: _Graph, states: str, weights: list[np.ndarray], name: str) -> str:
    """Add a Dense layer without its activation."""
    kernel, bias = weights
    graph.constant(f"{name}_kernel", kernel.astype(np.float32))
    graph.constant(f"{name}_bias", bias.astype(np.float32))
    graph.node("MatMul", [states, f"{name}_kernel"], f"{name}_product")
    return graph.node("Add", [f"{name}_product", f"{name}_bias"], name)


SELU_ALPHA, SELU_GAMMA = 1.6732631921768188, 1.0507010221481323

#: Keras's activations as ONNX operators; ONNX's own defaults for the slopes differ from Keras's.
_ACTIVATIONS: dict[str, tuple[str, dict[str, float]]] = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
    "elu": ("Elu", {"alpha": 1.0}),
    "selu": ("Selu", {"alpha": SELU_ALPHA, "gamma": SELU_GAMMA}),
    "tanh": ("Tanh", {}),
}


def _activate(graph: _Graph, states: str, activation: str) -> str:
    out = f"{states}_{activation}"
    if activation == "silu":
        graph.node("Sigmoid", [states], f"{states}_sigmoid")
        return graph.node("Mul", [states, f"{states}_sigmoid"], out)
    kind, attributes = _ACTIVATIONS[activation]
    return graph.node(kind, [states], out, **attributes)


#: Keras's BatchNormalization adds this to the variance.
_EPSILON = 1e-3


def _normalize(graph: _Graph, states: str, weights: list[np.ndarray], layer: int) -> str:
    """Add a BatchNormalization as one multiplication and one addition, by its moving statistics."""
    gamma, beta, mean, variance = (w.astype(np.float64) for w in weights)
    scale = gamma / np.sqrt(variance + _EPSILON)
    name = f"normalization_{layer}"
    graph.constant(f"{name}_scale", scale.astype(np.float32))
    graph.constant(f"{name}_shift", (beta - mean * scale).astype(np.float32))
    graph.node("Mul", [states, f"{name}_scale"], f"{name}_scaled")
    return graph.node("Add", [f"{name}_scaled", f"{name}_shift"], name)


def _gates(values: np.ndarray) -> np.ndarray:
    """Reorder the first axis from Keras's (i, f, c, o) to ONNX's (i, o, f, c)."""
    i, f, c, o = np.split(values, 4, axis=0)
    return np.concatenate([i, o, f, c], axis=0)


def _gates_back(values: np.ndarray) -> np.ndarray:
    """The inverse of `_gates`."""
    i, o, f, c = np.split(values, 4, axis=0)
    return np.concatenate([i, f, c, o], axis=0)


def _pool(graph: _Graph, states: str, kind: str) -> str:
    """Add masked pooling over time, as `layers.MaskedPooling` does."""
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
