"""8 bits for serving, checked at save, in a user's own training."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import ONE_WAY, TINY
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.evaluation.calibration import fit_temperature
from zigbang_nlp.model.evaluation.thresholds import choose_threshold
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.training.serving_form import write_serving_form
from zigbang_nlp.model.training.train import train
from zigbang_nlp.model.training.warm_start import bundle_weights, initial_network
from zigbang_nlp.resources import pretrained_dir
from zigbang_nlp.text.dataset import DataSet, Split
from zigbang_nlp.text.vocabulary import PADDING

ONNX, WEIGHTS = "network.onnx", "network.weights.h5"


def learned(bundle_dir: Path, dataset: DataSet) -> tuple[Any, Architecture]:
    settings = TINY.model_copy(update={"init": str(bundle_dir)})
    network, architecture, _ = initial_network(settings, dataset.encoder.vocabulary)
    return network, architecture


def rows_of(part: Split) -> list[list[int]]:
    return [row[row != PADDING].tolist() for row in np.asarray(part.ids)]


@pytest.mark.parametrize(("quantize", "kept"), [("int8", "int8"), ("none", None), ("auto", None)])
def test_what_serves_is_calibrated_as_it_serves(
    bundle_dir: Path, dataset: DataSet, tmp_path: Path, quantize: str, kept: str | None
) -> None:
    network, architecture = learned(bundle_dir, dataset)
    last = network.get_layer("probability")
    last.set_weights([weight / 8 for weight in last.get_weights()])  # within what is fitted
    part = dataset.split("validation")
    # Some labels are wrong, so that the network is too sure of itself.
    wrong = np.arange(len(part.rows)) % 10 == 0
    held = Split(part.ids, part.rows.assign(label=part.rows["label"].to_numpy() ^ wrong))
    settings = TINY.model_copy(update={"quantize": quantize})
    temperature, int8 = write_serving_form(
        network, architecture, held, settings, tmp_path, calibrated=True
    )
    assert int8.get("kept") == kept
    assert {path.name for path in tmp_path.iterdir()} == {ONNX} | ({WEIGHTS} if not kept else set())
    probabilities = Network(tmp_path / ONNX).probabilities(rows_of(held))
    assert fit_temperature(held.labels, probabilities) == pytest.approx(1, abs=0.02)
    assert 1.1 < temperature < 4.9
    if kept:
        exact = (bundle_dir / ONNX).stat().st_size
        assert (tmp_path / ONNX).stat().st_size < 0.8 * exact
        assert int8["roc_auc_int8"] >= int8["roc_auc_float32"] - 0.0005


def test_eight_bits_that_validation_can_tell_are_not_kept(
    bundle_dir: Path,
    dataset: DataSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("zigbang_nlp.model.serving.int8.TOLERANCE", -1.0)
    network, architecture = learned(bundle_dir, dataset)
    held = dataset.split("validation")
    settings = TINY.model_copy(update={"quantize": "int8"})
    temperature, int8 = write_serving_form(
        network, architecture, held, settings, tmp_path, calibrated=False
    )
    assert (temperature, int8["kept"]) == (1.0, "float32")
    assert {path.name for path in tmp_path.iterdir()} == {ONNX, WEIGHTS}
    assert "stays in 32 bits" in caplog.text
    after, before = (Network(d / ONNX).probabilities(rows_of(held)) for d in (tmp_path, bundle_dir))
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_a_training_in_eight_bits_chooses_by_them_and_can_be_gone_on_with(
    start_dir: Path, dataset: DataSet, tmp_path: Path
) -> None:
    changes = {"quantize": "int8", "epochs": 1, "init": str(start_dir)}
    settings = ONE_WAY.model_copy(update=changes)
    bundle = train(dataset, settings, tmp_path / "model", tmp_path / "checkpoints")
    assert bundle.metrics["int8"]["kept"] == "int8"
    held = dataset.split("validation")
    probabilities = Network(bundle.onnx_path).probabilities(rows_of(held))
    assert bundle.threshold == choose_threshold(held.labels, probabilities)
    assert "8 bits a weight" in (bundle.directory / "README.md").read_text("utf-8")
    again = load_bundle(tmp_path / "model")
    network, *_ = initial_network(
        settings.model_copy(update={"init": str(again.directory)}), dataset.encoder.vocabulary
    )
    for name, parts in bundle_weights(again).items():
        for one, other in zip(parts, network.get_layer(name).get_weights(), strict=True):
            np.testing.assert_allclose(one, other)
    ids = np.asarray(held.ids)
    np.testing.assert_allclose(network.predict(ids, verbose=0)[:, 0], probabilities, atol=0.03)


def test_what_goes_on_from_the_model_that_ships_stays_small(
    dataset: DataSet, tmp_path: Path
) -> None:
    base = load_bundle(pretrained_dir())
    network, architecture, _ = initial_network(TrainSettings(), base.encoder.vocabulary)
    part = dataset.split("validation")
    held = Split(base.encoder.encode(part.rows["text"]), part.rows)
    _, int8 = write_serving_form(
        network, architecture, held, TrainSettings(), tmp_path, calibrated=True
    )
    assert int8["kept"] == "int8"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 20_000_000
