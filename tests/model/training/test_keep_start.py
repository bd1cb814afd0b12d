"""Going on with a model without forgetting what it knew."""

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ONE_WAY
from zigbang_nlp import Classifier
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.training.keep_start import keep_start
from zigbang_nlp.model.training.train import train
from zigbang_nlp.model.training.warm_start import initial_network
from zigbang_nlp.text.dataset import DataSet, Split


def going_on(start_dir: Path, dataset: DataSet) -> tuple[keras.Model, list[np.ndarray]]:
    settings = ONE_WAY.model_copy(update={"init": str(start_dir)})
    network, _, _ = initial_network(settings, dataset.encoder.vocabulary)
    return network, network.get_weights()


def test_a_network_that_got_worse_gives_way_to_its_start(start_dir: Path, dataset: DataSet) -> None:
    network, start = going_on(start_dir, dataset)
    random = np.random.default_rng(0)
    network.set_weights([w + random.normal(0, 3, w.shape).astype(w.dtype) for w in start])
    assert keep_start(network, start, dataset.split("validation")) == 0.0
    for kept, old in zip(network.get_weights(), start, strict=True):
        np.testing.assert_allclose(kept, old, atol=1e-6)


def test_a_network_that_learned_something_is_kept(start_dir: Path, dataset: DataSet) -> None:
    network, start = going_on(start_dir, dataset)
    noise = np.random.default_rng(1)
    broken = [w + noise.normal(0, 1, w.shape).astype(w.dtype) for w in start]
    # The validation part has fewer than 50 complaints.
    assert keep_start(network, broken, dataset.split("train")) == 1.0
    for kept, new in zip(network.get_weights(), start, strict=True):
        np.testing.assert_allclose(kept, new, atol=1e-6)


def test_few_validation_texts_take_it_no_further_than_the_mean(
    start_dir: Path, dataset: DataSet
) -> None:
    network, start = going_on(start_dir, dataset)
    noise = np.random.default_rng(1)
    broken = [w + noise.normal(0, 1, w.shape).astype(w.dtype) for w in start]
    train = dataset.split("train")
    kept = {}
    for rarer in (49, 50):
        negative = np.flatnonzero(train.labels == 0)[:rarer]
        rows = [*negative, *np.flatnonzero(train.labels == 1)[:100]]
        few = Split(train.ids[rows], train.rows.iloc[rows].reset_index(drop=True))
        network.set_weights(start)
        kept[rarer] = keep_start(network, broken, few)
    assert kept == {49: 0.5, 50: 1.0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "rarer", "kept"),
    [("auto", 49, True), ("auto", 50, False), ("macro-f1", 20, False), ("macro-f1", 19, True)],
)
def test_a_few_validation_texts_move_neither_threshold_nor_band(
    rule: str, rarer: int, kept: bool, start_dir: Path, dataset: DataSet, tmp_path: Path
) -> None:
    start = load_bundle(start_dir)

    class Few(DataSet):
        def split(self, split: str) -> Split:
            part = super().split(split)
            if split != "validation":
                return part
            train = super().split("train")  # the validation part itself is too small
            labels = train.labels
            rows = [*np.flatnonzero(labels == 0)[:rarer], *np.flatnonzero(labels == 1)[:80]]
            by_people = train.rows.iloc[rows].assign(score=np.nan)
            return Split(train.ids[rows], by_people.reset_index(drop=True))

    few = Few(dataset.directory, dataset.encoder, dataset.summary)
    settings = ONE_WAY.model_copy(
        update={"init": str(start_dir), "epochs": 1, "threshold_for": rule}
    )
    bundle = train(few, settings, tmp_path / "model", tmp_path / "checkpoints")
    assert bundle.metrics["kept_from_start"] is kept
    same = (bundle.threshold, bundle.unsure_low, bundle.unsure_high) == (
        start.threshold,
        start.unsure_low,
        start.unsure_high,
    )
    assert same or not kept
    assert Classifier(bundle).predict(["역이 가까워요"])[0].label
