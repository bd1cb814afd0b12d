"""Every activation: in ONNX and in numpy as in Keras, and its way back."""

from typing import get_args

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from zigbang_nlp.config.network import NetworkSettings
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.serving.activations import ACTIVATIONS, activate
from zigbang_nlp.model.serving.onnx_export import IR_VERSION, OPSET
from zigbang_nlp.model.serving.onnx_layers import Graph

#: Kinks at 0, 0.5, 1, 3 and 6 lie between these.
POINTS = np.array([[-7.0, -3.3, -1.2, -0.7, -0.2, 0.3, 0.8, 1.4, 4.2, 6.5]], np.float32)


def by_onnx(name: str, x: np.ndarray) -> np.ndarray:
    graph = Graph()
    out = activate(graph, "x", name)
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, list(x.shape)) for n in ("x", out)]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "g", ends[:1], ends[1:], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return np.asarray(session.run(None, {"x": x})[0])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_it_is_that_of_keras(name: str) -> None:
    expected = np.asarray(keras.activations.get(name)(POINTS))
    np.testing.assert_allclose(by_onnx(name, POINTS), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ACTIVATIONS[name](POINTS)[0], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_its_way_back_is_that_of_finite_differences(name: str) -> None:
    x = POINTS.astype(np.float64)
    slope = np.linspace(-1, 2, x.size)[None]

    def weighed(at: np.ndarray) -> float:
        return float((ACTIVATIONS[name](at)[0] * slope).sum())

    steps = 1e-6 * np.eye(x.size)
    expected = [(weighed(x + step) - weighed(x - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(ACTIVATIONS[name](x)[1](slope)[0], expected, rtol=1e-6, atol=1e-7)


def test_all_of_keras_can_be_chosen_that_serving_can_do() -> None:
    from keras.src.activations import ALL_OBJECTS

    known = {each.__name__ for each in ALL_OBJECTS}
    chosen = set(get_args(NetworkSettings.model_fields["dense_activation"].annotation))
    # glu halves its input, sparsemax sorts it, threshold can't be made without arguments.
    assert chosen == known - {"glu", "sparsemax", "threshold"} == set(ACTIVATIONS)
