"""The network: shapes, padding, and its ONNX form, over the choices of architecture."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.network import NetworkSettings
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.network.backend import keras, tf
from zigbang_nlp.model.network.build import build_network, describe
from zigbang_nlp.model.serving import inference
from zigbang_nlp.model.serving.inference import Network, batches
from zigbang_nlp.model.serving.onnx_export import write_onnx

ARCHITECTURES = {
    "last": Architecture(50, 6, (5,), bidirectional=False, pooling="last"),
    "bidirectional last": Architecture(50, 6, (5,), bidirectional=True, pooling="last"),
    "max": Architecture(50, 6, (5,), bidirectional=True, pooling="max"),
    "mean": Architecture(50, 6, (5,), bidirectional=False, pooling="mean"),
    "stacked": Architecture(50, 6, (5, 4), bidirectional=True, pooling="max_mean"),
    "stacked last": Architecture(50, 6, (5, 4), bidirectional=True, pooling="last", dropout=0.3),
    "blocks": Architecture(50, 6, (5, 4), bidirectional=True, pooling="max_mean", lstm_blocks=3),
    "blocks last": Architecture(50, 6, (5,), bidirectional=False, pooling="last", lstm_blocks=2),
    "hidden": Architecture(50, 6, (5,), True, "max_mean", dropout=0.3, dense_units=(7, 4)),
    "normalized": Architecture(50, 6, (5,), True, "mean", batch_normalization=True),
    "last normalized": Architecture(50, 6, (5,), False, "last", batch_normalization=True),
    "n-grams": Architecture(50, 6, (5,), True, "max_mean", lstm_blocks=2, ngram_buckets=97),
    "n-grams last": Architecture(50, 6, (5,), False, "last", dense_units=(4,), ngram_buckets=97),
    **{
        f"hidden {activation} normalized": Architecture(
            *(50, 6, (5,), True, "max"),
            dense_units=(7, 6),
            dense_activation=activation,
            batch_normalization=True,
        )
        for activation in ("selu", "mish")
    },
    "normalized before": Architecture(
        *(50, 6, (5,), True, "max"),
        dense_units=(7, 6),
        batch_normalization=True,
        normalize_before_activation=True,
    ),
}


@pytest.fixture(params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return ARCHITECTURES[request.param]


@cache
def lively(architecture: Architecture) -> keras.Model:
    """A network whose normalization isn't the identity, nor its n-grams 0, as every new one's are.

    It is kept for whoever asks for the same again, and not to be changed.
    """
    keras.utils.set_random_seed(3)
    network = build_network(architecture)
    random = np.random.default_rng(3)
    for layer in network.layers:
        if layer.name.startswith("normalization"):
            layer.set_weights([random.uniform(0.4, 1.6, w.shape) for w in layer.get_weights()])
        if layer.name == "ngrams":
            codes, table = layer.get_weights()
            layer.set_weights([random.permutation(len(codes)), random.normal(size=table.shape)])
    return network


def rows(count: int, longest: int) -> list[list[int]]:
    random = np.random.default_rng(1)
    return [random.integers(1, 50, random.integers(1, longest + 1)).tolist() for _ in range(count)]


def padded(ids: list[list[int]], length: int) -> np.ndarray:
    array = np.zeros((len(ids), length), np.int32)
    for i, row in enumerate(ids):
        array[i, : len(row)] = row
    return array


@cache
def as_graph(network: keras.Model) -> Callable[[np.ndarray], Any]:
    """Traced once for texts of any length: step by step in Python takes several times as long."""
    ids = tf.TensorSpec((None, None), tf.int32)
    graph: Callable[[np.ndarray], Any] = tf.function(
        lambda rows: network(rows, training=False), input_signature=[ids]
    )
    return graph


def by_keras(network: keras.Model, ids: list[list[int]], length: int) -> np.ndarray:
    return np.asarray(as_graph(network)(padded(ids, length)))[:, 0]


def test_onnx_form_equals_keras(architecture: Architecture, tmp_path: Path) -> None:
    network = lively(architecture)
    ids = rows(200, 17)
    weights = {layer.name: layer.get_weights() for layer in network.layers}
    write_onnx(architecture, weights, tmp_path / "n.onnx")
    by_onnx = Network(tmp_path / "n.onnx").probabilities(ids, batch_size=32)
    assert np.ptp(by_onnx) > 0.001, "a network that says the same of all texts compares nothing"
    np.testing.assert_allclose(by_onnx, by_keras(network, ids, 17), atol=1e-5)


def test_padding_never_changes_a_probability(architecture: Architecture) -> None:
    network = lively(architecture)
    ids = rows(50, 9)
    short, long = by_keras(network, ids, 9), by_keras(network, ids, 40)
    np.testing.assert_allclose(short, long, atol=1e-6)


def test_batching_never_changes_a_probability(tmp_path: Path) -> None:
    architecture = ARCHITECTURES["stacked"]
    network = lively(architecture)
    weights = {layer.name: layer.get_weights() for layer in network.layers}
    write_onnx(architecture, weights, tmp_path / "n.onnx")
    serving = Network(tmp_path / "n.onnx")
    ids = rows(300, 30)
    one_by_one = np.concatenate([serving.probabilities([row]) for row in ids])
    np.testing.assert_allclose(serving.probabilities(ids, 64), one_by_one, atol=1e-5)


_LENGTHS = st.lists(st.integers(1, 12), max_size=9).map(lambda rows: sorted(rows, reverse=True))


def least_work(lengths: list[int]) -> int:
    """By trying every way to cut."""
    return min(
        (
            lengths[0] * (end + inference._STEP) + least_work(lengths[end:])
            for end in range(1, len(lengths) + 1)
        ),
        default=0,
    )


@given(_LENGTHS)
def test_batches_are_the_least_work(lengths: list[int]) -> None:
    cuts = batches(lengths, 256)
    work = sum(lengths[start] * (end - start + inference._STEP) for start, end in cuts)
    assert work == least_work(lengths)


@given(_LENGTHS, st.integers(1, 4))
def test_batches_take_every_row_once_and_are_not_too_large(lengths: list[int], most: int) -> None:
    cuts = list(batches(lengths, most))
    assert [row for start, end in cuts for row in range(start, end)] == list(range(len(lengths)))
    assert all(end - start <= most for start, end in cuts)


def test_a_batch_of_long_rows_is_small() -> None:
    cuts = list(batches([3_000] + [1_000] * 5, 256))
    assert [end - start for start, end in cuts] == [1, 2, 2, 1]


def test_a_network_is_in_memory_when_its_file_is_replaced(tmp_path: Path) -> None:
    architecture, path = ARCHITECTURES["max"], tmp_path / "n.onnx"
    for seed, name in ((1, path), (2, tmp_path / "other.onnx")):
        keras.utils.set_random_seed(seed)
        weights = {layer.name: layer.get_weights() for layer in build_network(architecture).layers}
        write_onnx(architecture, weights, name)
    serving = Network(path, threads=2)
    one = serving.probabilities([[4, 5]])[0]
    (tmp_path / "other.onnx").replace(path)
    np.testing.assert_allclose(serving.probabilities([[4, 5]] * 20), one, atol=1e-5)
    assert abs(Network(path).probabilities([[4, 5]])[0] - one) > 1e-4


def test_rows_without_ids_are_half_and_keep_their_place(tmp_path: Path) -> None:
    architecture = ARCHITECTURES["max"]
    weights = {layer.name: layer.get_weights() for layer in lively(architecture).layers}
    write_onnx(architecture, weights, tmp_path / "n.onnx")
    serving = Network(tmp_path / "n.onnx")
    result = serving.probabilities([[], [4, 5], []])
    assert result[[0, 2]].tolist() == [0.5, 0.5]
    assert result[1] == serving.probabilities([[4, 5]])[0]
    assert serving.probabilities([]).shape == (0,)


def test_a_network_that_keras_saved_has_its_layers_again(tmp_path: Path) -> None:
    network = lively(ARCHITECTURES["n-grams"])
    network.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras")
    assert [layer.name for layer in again.layers] == [layer.name for layer in network.layers]
    ids = rows(20, 9)
    assert np.array_equal(by_keras(again, ids, 9), by_keras(network, ids, 9))


def test_summary_counts_parameters_and_megabytes() -> None:
    network = build_network(ARCHITECTURES["last"])
    # Embedding 50 x 6, LSTM 4 x (6 x 5 + 5 x 5 + 5), Dense 5 + 1.
    assert describe(network).splitlines()[-1].startswith("546 parameters, 0.0 MB")


def test_architecture_survives_json(architecture: Architecture) -> None:
    assert Architecture.from_dict(architecture.as_dict()) == architecture


def test_a_bundle_from_before_takes_defaults() -> None:
    before = {
        "vocabulary_size": 50,
        "embedding_dim": 6,
        "lstm_units": [5, 4],
        "bidirectional": True,
        "pooling": "max",
        "spatial_dropout": 0.2,
        "dropout": 0.3,
    }
    assert Architecture.from_dict(before) == Architecture(
        50, 6, (5, 4), True, "max", spatial_dropout=0.2, dropout=0.3
    )


def test_layers_stand_in_the_order_of_the_settings() -> None:
    settings = TrainSettings(dense_units=(8, 4), batch_normalization=True, lstm_units=(6, 5))
    network = build_network(Architecture.from_settings(settings, 30))
    assert [layer.name for layer in network.layers] == [
        *("ids", "embedding", "spatial_dropout", "bilstm_1", "bilstm_2"),
        *("pooling", "normalization_0", "dropout_1", "dense_1", "normalization_1"),
        *("dropout_2", "dense_2", "normalization_2", "dropout", "probability"),
    ]


def test_recurrent_dropout_changes_training_and_not_serving() -> None:
    network = build_network(Architecture(50, 6, (5,), True, "max", recurrent_dropout=0.5))
    ids = padded(rows(20, 9), 9)
    trained = [np.asarray(network(ids, training=True)) for _ in range(2)]
    served = [np.asarray(network(ids, training=False)) for _ in range(2)]
    assert not np.allclose(trained[0], trained[1])
    assert np.array_equal(served[0], served[1])


@pytest.mark.parametrize(
    "initializer", get_args(NetworkSettings.model_fields["kernel_initializer"].annotation)
)
def test_kernels_start_as_the_initializer_says(initializer: str) -> None:
    keras.utils.set_random_seed(5)
    network = build_network(
        Architecture(
            *(9, 40, (30,), False, "max"), dense_units=(50,), kernel_initializer=initializer
        )
    )
    kernel = network.get_layer("dense_1").get_weights()[0]  # (30, 50)
    # Glorot & Bengio 2010: 2 / (in + out); He et al. 2015: 2 / in; LeCun 1998: 1 / in.
    variance = {"glorot": 2 / 80, "he": 2 / 30, "lecun": 1 / 30}
    if initializer == "orthogonal":
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(30), atol=1e-5)
        return
    family, shape = initializer.split("_")
    assert kernel.var() == pytest.approx(variance[family], rel=0.15)
    largest = np.sqrt(3 * variance[family])
    assert (np.abs(kernel).max() <= largest) == (shape == "uniform")


def test_penalties_are_those_of_the_kernels() -> None:
    settings = TrainSettings(regularizer="l1_l2", l1=0.01, l2=0.02, dense_units=(4,), dropout=0)
    network = build_network(Architecture.from_settings(settings, 30))
    kernels = [w for w in network.weights if w.path.endswith("/kernel")]
    assert len(kernels) == 4  # two directions, a hidden layer, the output
    expected = sum(0.01 * np.abs(k.numpy()).sum() + 0.02 * (k.numpy() ** 2).sum() for k in kernels)
    assert float(sum(network.losses)) == pytest.approx(expected, rel=1e-5)
    assert not build_network(ARCHITECTURES["hidden"]).losses


@pytest.mark.parametrize(
    ("regularizer", "kept"), [("none", (0, 0)), ("l1", (1e-5, 0)), ("l2", (0, 1e-4))]
)
def test_only_the_chosen_penalty_counts(regularizer: str, kept: tuple[float, float]) -> None:
    settings = TrainSettings.model_validate({"regularizer": regularizer})
    architecture = Architecture.from_settings(settings, 30)
    assert (architecture.l1, architecture.l2) == kept
