"""Going on from a bundle: weights, vocabulary, and settings that don't fit."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ONE_WAY, TINY
from zigbang_nlp import Classifier
from zigbang_nlp.errors import BundleError, ConfigError
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import Bundle, load_bundle, write_manifest
from zigbang_nlp.model.network.build import build_network
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.onnx_export import read_weights, write_onnx
from zigbang_nlp.model.training.train import train
from zigbang_nlp.model.training.warm_start import bundle_weights, extend_embedding, initial_network
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.vocabulary import Vocabulary


@pytest.mark.parametrize(
    "architecture",
    [
        Architecture(30, 6, (5,), bidirectional=True, pooling="max_mean"),
        Architecture(30, 6, (5, 4), bidirectional=False, pooling="last", dense_units=(3,)),
        Architecture(30, 6, (5, 4), bidirectional=True, pooling="max_mean", lstm_blocks=3),
        Architecture(30, 6, (5,), bidirectional=True, pooling="max", stars=True, ngram_buckets=11),
    ],
)
def test_weights_come_back_from_the_onnx_form(architecture: Architecture, tmp_path: Path) -> None:
    network = build_network(architecture)
    weights = {layer.name: layer.get_weights() for layer in network.layers if layer.weights}
    write_onnx(architecture, weights, tmp_path / "n.onnx")
    again = read_weights(architecture, tmp_path / "n.onnx")
    assert again.keys() == weights.keys()
    for name, arrays in weights.items():
        for one, other in zip(arrays, again[name], strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("blocks", [1, 3])
def test_a_small_embedding_quarters_the_file_and_hardly_moves_a_probability(
    blocks: int, tmp_path: Path
) -> None:
    architecture = Architecture(
        5_000, 16, (4,), bidirectional=True, pooling="max", lstm_blocks=blocks
    )
    network = build_network(architecture)
    weights = {layer.name: layer.get_weights() for layer in network.layers if layer.weights}
    write_onnx(architecture, weights, tmp_path / "full.onnx")
    write_onnx(architecture, weights, tmp_path / "small.onnx", small_embedding=True)
    sizes = [(tmp_path / name).stat().st_size for name in ("small.onnx", "full.onnx")]
    assert sizes[0] < 0.35 * sizes[1]
    small = read_weights(architecture, tmp_path / "small.onnx")["embedding"][0]
    widest = np.abs(weights["embedding"][0]).max()
    np.testing.assert_allclose(small, weights["embedding"][0], atol=widest / 254 + 1e-7)
    ids = np.random.default_rng(1).integers(1, 5_000, (50, 9)).tolist()
    full, quantized = (
        Network(tmp_path / n).probabilities(ids) for n in ("full.onnx", "small.onnx")
    )
    assert np.ptp(full) > 0
    np.testing.assert_allclose(quantized, full, atol=1e-3)


def test_new_tokens_start_as_the_mean_of_their_pieces() -> None:
    base = Vocabulary(("역", "##초", "##품아"))
    table = np.arange(10, dtype=np.float32).reshape(5, 2)
    extended, known = extend_embedding(table, base, Vocabulary(("역", "##초", "초품아", "xyz")))
    assert known == 4
    np.testing.assert_array_equal(extended[:4], table[:4])
    np.testing.assert_array_equal(extended[4], (table[3] + table[4]) / 2)
    np.testing.assert_array_equal(extended[5], table[1])


def test_going_on_starts_where_the_bundle_was(bundle_dir: Path, dataset: DataSet) -> None:
    settings = TINY.model_copy(update={"init": str(bundle_dir)})
    network, _, base = initial_network(settings, dataset.encoder.vocabulary)
    assert base is not None
    ids = dataset.split("test").ids[:50]
    by_bundle = Classifier(base).probabilities(dataset.split("test").rows["text"][:50])
    by_network = np.asarray(network.predict(np.asarray(ids), verbose=0))[:, 0]
    np.testing.assert_allclose(by_network, by_bundle, atol=1e-5)


def test_a_bundle_without_its_keras_file_can_be_gone_on_with(
    bundle_dir: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(bundle_dir, tmp_path / "m"))
    with_file = bundle_weights(load_bundle(copy))
    (copy / "network.weights.h5").unlink()
    write_manifest(load_unchecked(copy, bundle_dir))
    without = bundle_weights(load_bundle(copy))
    for name, arrays in with_file.items():
        for one, other in zip(arrays, without[name], strict=True):
            np.testing.assert_allclose(one, other, atol=1e-7)


def load_unchecked(copy: Path, original: Path) -> Bundle:
    return replace(load_bundle(original), directory=copy)


def test_one_epoch_of_going_on_beats_one_epoch_from_scratch(
    start_dir: Path, dataset: DataSet, tmp_path: Path
) -> None:
    short = ONE_WAY.model_copy(update={"epochs": 1, "learning_rate": 0.001})
    on = train(
        dataset, short.model_copy(update={"init": str(start_dir)}), tmp_path / "a", tmp_path / "c"
    )
    anew = train(dataset, short, tmp_path / "b", tmp_path / "c")
    assert on.metrics["validation"]["roc_auc"] > anew.metrics["validation"]["roc_auc"] + 0.02


def test_a_setting_that_asks_for_another_network_is_refused(
    bundle_dir: Path, dataset: DataSet
) -> None:
    settings = TINY.model_copy(update={"init": str(bundle_dir), "lstm_units": (16,)})
    with pytest.raises(ConfigError, match=r"lstm_units = \[16\] doesn't fit.*scratch"):
        initial_network(settings, dataset.encoder.vocabulary)


def test_a_missing_bundle_to_start_from_is_a_clear_error(dataset: DataSet) -> None:
    settings = TINY.model_copy(update={"init": "nowhere"})
    with pytest.raises(BundleError, match="no model in nowhere"):
        initial_network(settings, dataset.encoder.vocabulary)
