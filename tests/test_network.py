"""The network: shapes, padding, and its ONNX form, over the choices of architecture."""

from pathlib import Path

import numpy as np
import pytest

from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.backend import keras
from zigbang_nlp.model.inference import Network
from zigbang_nlp.model.network import build_network, describe
from zigbang_nlp.model.onnx_form import write_onnx

ARCHITECTURES = {
    "last": Architecture(50, 6, (5,), bidirectional=False, pooling="last"),
    "bidirectional last": Architecture(50, 6, (5,), bidirectional=True, pooling="last"),
    "max": Architecture(50, 6, (5,), bidirectional=True, pooling="max"),
    "mean": Architecture(50, 6, (5,), bidirectional=False, pooling="mean"),
    "stacked": Architecture(50, 6, (5, 4), bidirectional=True, pooling="max_mean"),
    "stacked last": Architecture(50, 6, (5, 4), bidirectional=True, pooling="last", dropout=0.3),
}


@pytest.fixture(params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return ARCHITECTURES[request.param]


def rows(count: int, longest: int) -> list[list[int]]:
    random = np.random.default_rng(1)
    return [random.integers(1, 50, random.integers(1, longest + 1)).tolist() for _ in range(count)]


def padded(ids: list[list[int]], length: int) -> np.ndarray:
    array = np.zeros((len(ids), length), np.int32)
    for i, row in enumerate(ids):
        array[i, : len(row)] = row
    return array


def by_keras(network: keras.Model, ids: list[list[int]], length: int) -> np.ndarray:
    return np.asarray(network(padded(ids, length), training=False))[:, 0]


def test_onnx_form_equals_keras(architecture: Architecture, tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    network = build_network(architecture)
    ids = rows(200, 17)
    weights = {layer.name: layer.get_weights() for layer in network.layers}
    write_onnx(architecture, weights, tmp_path / "n.onnx")
    by_onnx = Network(tmp_path / "n.onnx").probabilities(ids, batch_size=32)
    assert np.ptp(by_onnx) > 0.001, "a network that says the same of all texts compares nothing"
    np.testing.assert_allclose(by_onnx, by_keras(network, ids, 17), atol=1e-5)


def test_padding_never_changes_a_probability(architecture: Architecture) -> None:
    network = build_network(architecture)
    ids = rows(50, 9)
    short, long = by_keras(network, ids, 9), by_keras(network, ids, 40)
    np.testing.assert_allclose(short, long, atol=1e-6)


def test_batching_never_changes_a_probability(tmp_path: Path) -> None:
    architecture = ARCHITECTURES["stacked"]
    network = build_network(architecture)
    weights = {layer.name: layer.get_weights() for layer in network.layers}
    write_onnx(architecture, weights, tmp_path / "n.onnx")
    serving = Network(tmp_path / "n.onnx")
    ids = rows(300, 30)
    one_by_one = np.concatenate([serving.probabilities([row]) for row in ids])
    np.testing.assert_allclose(serving.probabilities(ids, 64), one_by_one, atol=1e-5)


def test_rows_without_ids_are_half_and_keep_their_place(tmp_path: Path) -> None:
    architecture = ARCHITECTURES["max"]
    weights = {layer.name: layer.get_weights() for layer in build_network(architecture).layers}
    write_onnx(architecture, weights, tmp_path / "n.onnx")
    serving = Network(tmp_path / "n.onnx")
    result = serving.probabilities([[], [4, 5], []])
    assert result[[0, 2]].tolist() == [0.5, 0.5]
    assert result[1] == serving.probabilities([[4, 5]])[0]
    assert serving.probabilities([]).shape == (0,)


def test_summary_counts_parameters_and_megabytes() -> None:
    network = build_network(ARCHITECTURES["last"])
    # Embedding 50 x 6, LSTM 4 x (6 x 5 + 5 x 5 + 5), Dense 5 + 1.
    assert describe(network).splitlines()[-1].startswith("546 parameters, 0.0 MB")


def test_architecture_survives_json(architecture: Architecture) -> None:
    assert Architecture.from_dict(architecture.as_dict()) == architecture
