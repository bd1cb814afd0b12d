"""The gradient in numpy, against finite differences, against TensorFlow's, and against serving."""

from pathlib import Path

import numpy as np
import pytest

from tests.model.network.test_network import ARCHITECTURES, lively, padded, rows
from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.network.backend import keras, tf
from zigbang_nlp.model.serving.gradient import GradientNetwork
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.onnx_export import write_onnx


@pytest.fixture(params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return ARCHITECTURES[request.param]


def both(architecture: Architecture, path: Path) -> tuple[keras.Model, GradientNetwork]:
    network = lively(architecture)
    write_onnx(architecture, {layer.name: layer.get_weights() for layer in network.layers}, path)
    return network, GradientNetwork.load(architecture, path, np.float64)


def said(ours: GradientNetwork, ids: list[int]) -> float:
    return float(ours.probabilities(ours.rows(ids)[None], ours.ngrams(ids).sum(axis=0)[None])[0])


def test_probabilities_are_those_of_keras(architecture: Architecture, tmp_path: Path) -> None:
    network, ours = both(architecture, tmp_path / "n.onnx")
    ids = rows(20, 9)
    probabilities = [said(ours, row) for row in ids]
    # Not `by_keras`: for one short batch, tracing takes longer than it saves.
    expected = np.asarray(network(padded(ids, 9), training=False))[:, 0]
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)


def test_gradient_is_that_of_finite_differences(architecture: Architecture, tmp_path: Path) -> None:
    _, ours = both(architecture, tmp_path / "n.onnx")
    step, random, steepest = 1e-6, np.random.default_rng(5), 0.0
    width = ours.constants["embedding"].shape[1]
    features = ours.ngrams([1]).shape[1]
    for start in random.normal(size=(4, 5, width)):  # livelier than a new embedding's rows
        beside = random.normal(size=(1, features))
        _, (gradient,), (by_ngrams,) = ours.gradients(start[None], beside)

        nudges = step * np.eye(start.size).reshape(-1, *start.shape)
        same = np.repeat(beside, len(nudges), axis=0)
        up, down = (ours.probabilities(start + s * nudges, same) for s in (1, -1))
        expected = ((up - down) / (2 * step)).reshape(start.shape)
        np.testing.assert_allclose(gradient, expected, atol=1e-8)
        if features:
            nudges = step * np.eye(features)
            versions = np.repeat(start[None], features, axis=0)
            up, down = (ours.probabilities(versions, beside + s * nudges) for s in (1, -1))
            np.testing.assert_allclose(by_ngrams, (up - down) / (2 * step), atol=1e-8)
            assert np.abs(by_ngrams).max() > 1e-3
        steepest = max(steepest, np.abs(expected).max())
    assert steepest > 1e-3, "a network that is flat compares nothing"


def test_gradient_is_that_of_gradient_tape(architecture: Architecture, tmp_path: Path) -> None:
    """Keras is asked by the embedding's weights: ids that differ have a row each."""
    network, ours = both(architecture, tmp_path / "n.onnx")
    ids = [3, 7, 1, 40, 22, 9]
    table = network.get_layer("embedding").embeddings
    with tf.GradientTape() as tape:
        probability = network(padded([ids], 9), training=False)[0, 0]
    slopes = tf.convert_to_tensor(tape.gradient(probability, table.value))
    _, (gradient,), _ = ours.gradients(ours.rows(ids)[None], ours.ngrams(ids).sum(axis=0)[None])
    np.testing.assert_allclose(gradient, slopes.numpy()[ids], atol=1e-6)


def test_an_embedding_in_8_bits_is_read_as_it_serves(tmp_path: Path) -> None:
    architecture, path = ARCHITECTURES["blocks"], tmp_path / "n.onnx"
    network = lively(architecture)
    weights = {layer.name: layer.get_weights() for layer in network.layers}
    write_onnx(architecture, weights, path, small_embedding=True)
    ours, serving = GradientNetwork.load(architecture, path), Network(path)
    ids = rows(20, 17)
    probabilities = [said(ours, row) for row in ids]
    np.testing.assert_allclose(probabilities, serving.probabilities(ids), atol=1e-5)


def test_versions_of_a_text_do_not_touch_each_other(tmp_path: Path) -> None:
    _, ours = both(ARCHITECTURES["stacked"], tmp_path / "n.onnx")
    versions = np.stack([ours.rows([3, 7, 9]) * scale for scale in (0.2, 1.0, 3.0)])
    nothing = np.zeros((3, 0))
    together = ours.gradients(versions, nothing)
    for i, version in enumerate(versions):
        alone = ours.gradients(version[None], nothing[:1])
        np.testing.assert_allclose(together[0][i], alone[0][0], atol=1e-12)
        np.testing.assert_allclose(together[1][i], alone[1][0], atol=1e-12)


def test_layers_of_another_network_are_named(tmp_path: Path) -> None:
    both(ARCHITECTURES["max"], tmp_path / "n.onnx")
    with pytest.raises(BundleError, match="can't be explained"):
        GradientNetwork.load(ARCHITECTURES["stacked"], tmp_path / "n.onnx")
