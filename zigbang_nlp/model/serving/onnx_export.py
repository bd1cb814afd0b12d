"""The network as an ONNX graph, so that serving needs no TensorFlow.

Written by hand rather than traced: ONNX's own LSTM operator takes each row's length, so padding
is skipped as exactly as by Keras's mask and without its slow loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.serving.activations import activate
from zigbang_nlp.model.serving.int8 import dequantized
from zigbang_nlp.model.serving.onnx_layers import (
    TO_KERAS,
    Graph,
    Weights,
    dense,
    embed,
    gates,
    layer_suffix,
    lstm,
    ngrams,
    normalize,
    pool,
)

OPSET = 17
IR_VERSION = 9


@dataclass(frozen=True)
class InnerTensors:
    """The names that a graph has for what lies between its layers.

    Attributes:
        states: of each LSTM block, of each of its layers: (time, batch, directions x units).
        pooled: (batch, units), before any normalization.
        dense: what each hidden Dense layer hands on: (batch, units).
        ngrams: what n-grams add, (batch, features); "" where the network has none.
        logit: (batch,).
    """

    states: tuple[tuple[str, ...], ...]
    pooled: str
    dense: tuple[str, ...]
    ngrams: str = ""
    logit: str = "logit"

    def names(self) -> list[str]:
        """All of them."""
        states = [name for block in self.states for name in block]
        ngrams = [self.ngrams] if self.ngrams else []
        return [*states, self.pooled, *self.dense, *ngrams, self.logit]


def write_onnx(
    architecture: Architecture, weights: Weights, path: Path, small_embedding: bool = False
) -> None:
    """Write the graph: int64 "ids" (batch, time) -> float32 "probability" (batch,).

    With stars there is a second output, float32 "stars" (batch, 5).

    Args:
        architecture: of the network.
        weights: of its layers.
        path: the file.
        small_embedding: keep the embedding, nearly all of a network's size, in 8 bits a number,
            with a scale for each id and block.
    """
    graph = Graph()
    second_axis = np.array([1], np.int64)
    graph.node("Equal", ["ids", np.int64(0)], "is_padding")
    graph.node("Not", ["is_padding"], "is_real")
    graph.node("Cast", ["is_real"], "real_int", to=TensorProto.INT32)
    graph.node("ReduceSum", ["real_int", second_axis], "lengths", keepdims=0)
    graph.node("Transpose", ["ids"], "ids_by_time", perm=[1, 0])
    read = []
    for block, states in enumerate(embed(graph, architecture, weights, small_embedding)):
        final = ""
        for i, name in enumerate(architecture.lstm_names(block), start=1):
            states, final = lstm(graph, states, weights[name], layer_suffix(i, block))
        read.append(final if architecture.pooling == "last" else states)
    states = read[0] if len(read) == 1 else graph.node("Concat", read, "blocks", axis=-1)
    pooled = states
    if architecture.pooling != "last":
        pooled = pool(graph, states, architecture.pooling)
    if architecture.batch_normalization:
        pooled = normalize(graph, pooled, weights["normalization_0"], 0)
    for i, _ in enumerate(architecture.dense_units, start=1):
        pooled = dense(graph, pooled, weights[f"dense_{i}"], f"dense_{i}")
        if architecture.normalize_before_activation:
            pooled = normalize(graph, pooled, weights[f"normalization_{i}"], i)
        pooled = activate(graph, pooled, architecture.dense_activation)
        if architecture.batch_normalization and not architecture.normalize_before_activation:
            pooled = normalize(graph, pooled, weights[f"normalization_{i}"], i)
    if architecture.ngram_buckets:
        beside = ngrams(graph, weights["ngrams"])
        pooled = graph.node("Concat", [pooled, beside], "with_ngrams", axis=1)
    logit = dense(graph, pooled, weights["probability"], "logit_2d")
    graph.node("Squeeze", [logit, second_axis], "logit")
    graph.node("Sigmoid", ["logit"], "probability")
    outputs = [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["batch"])]
    if architecture.stars:
        graph.node("Softmax", [dense(graph, pooled, weights["stars"], "stars_logits")], "stars")
        outputs.append(helper.make_tensor_value_info("stars", TensorProto.FLOAT, ["batch", 5]))
    # Near 0 and 1 a probability of 32 bits says nothing of what a word adds.
    outputs.append(helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["batch"]))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "zigbang_nlp",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "time"])],
            outputs,
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
    weights = {"embedding": [constants["embedding"]]}
    for block in range(architecture.lstm_blocks):
        for i, name in enumerate(architecture.lstm_names(block), start=1):
            w, r, b = (constants[f"lstm_{layer_suffix(i, block)}_{part}"] for part in "wrb")
            weights[name] = [
                gates(part, TO_KERAS).T
                for kernel, recurrent, biases in zip(w, r, b, strict=True)
                for part in (kernel, recurrent, biases[: len(biases) // 2])
            ]
    names = {"probability": "logit_2d", "stars": "stars_logits"}
    hidden = [f"dense_{i}" for i in range(1, len(architecture.dense_units) + 1)]
    for layer in (*hidden, "probability", *(["stars"] if architecture.stars else [])):
        name = names.get(layer, layer)
        weights[layer] = [constants[f"{name}_kernel"], constants[f"{name}_bias"]]
    if architecture.ngram_buckets:
        weights["ngrams"] = [constants["ngram_codes"], constants["ngram_table"]]
    return weights


def with_inner_tensors(architecture: Architecture, path: Path) -> tuple[bytes, InnerTensors]:
    """The network of an ONNX file with its inner tensors as outputs, and their names.

    Args:
        architecture: of the network in the file.
        path: of a file that `write_onnx` wrote.
    """
    model = onnx.load(path.as_posix())
    layers = range(1, len(architecture.lstm_units) + 1)
    states = tuple(
        tuple(f"states_{layer_suffix(i, block)}" for i in layers)
        for block in range(architecture.lstm_blocks)
    )
    pooled = architecture.pooling
    if pooled == "last":
        pooled = "blocks" if len(states) > 1 else f"final_{layer_suffix(layers[-1], 0)}"
    # What a hidden layer hands on, activated and normalized, is what the next one multiplies.
    read = {node.input[1]: node.input[0] for node in model.graph.node if node.op_type == "MatMul"}
    for node in model.graph.node:
        if node.output[0] == "with_ngrams":
            read["logit_2d_kernel"] = node.input[0]
    hidden = range(2, len(architecture.dense_units) + 1)
    kernels = [*(f"dense_{i}_kernel" for i in hidden), "logit_2d_kernel"]
    dense = tuple(read[name] for name in kernels) if architecture.dense_units else ()
    inner = InnerTensors(states, pooled, dense, "ngrams" if architecture.ngram_buckets else "")
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in inner.names())
    return model.SerializeToString(), inner


def read_constants(path: Path) -> dict[str, np.ndarray]:
    """The constants of an ONNX file by name, in ONNX's own shapes and order of gates.

    Embedding and LSTMs are float32 in full, however they are kept.
    """
    tensors = onnx.load(path.as_posix()).graph.initializer
    constants = dequantized({tensor.name: numpy_helper.to_array(tensor) for tensor in tensors})
    table = constants["embedding"].astype(np.float32)
    if "embedding_scale" in constants:
        scale = constants["embedding_scale"]
        table *= np.repeat(scale, table.shape[1] // scale.shape[1], axis=1)
    return constants | {"embedding": table}
