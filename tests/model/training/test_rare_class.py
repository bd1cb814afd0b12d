"""Epochs chosen by what a rare class cares about."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from tests.conftest import ONE_WAY
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.training.fit import best_epoch
from zigbang_nlp.model.training.measures import BestMacroF1, watched_metrics
from zigbang_nlp.model.training.train import train
from zigbang_nlp.text.dataset import DataSet


def test_the_best_macro_f1_is_that_of_the_best_threshold() -> None:
    random = np.random.default_rng(0)
    labels = (random.random(3_000) < 0.93).astype(np.float32)
    probabilities = 1 / (1 + np.exp(-(2 * labels + random.normal(0, 1, 3_000))))
    metric = BestMacroF1()
    for part in np.array_split(np.arange(3_000), 5):
        metric.update_state(labels[part], probabilities[part].astype(np.float32)[:, None])
    best = max(
        f1_score(labels, probabilities >= t, average="macro")
        for t in np.linspace(0.001, 0.999, 400)
    )
    assert float(metric.result()) == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("monitor", ["val_auc", "val_macro_f1"])
def test_training_goes_by_it(monitor: str, dataset: DataSet, tmp_path: Path) -> None:
    settings = TrainSettings(**ONE_WAY.model_dump(exclude_unset=True), monitor=monitor)
    bundle = train(dataset, settings, tmp_path / "model", tmp_path / "checkpoints")
    history = json.loads((bundle.directory / "history.json").read_text("utf-8"))
    assert max(history[monitor]) > 0.9
    assert bundle.metrics["best_epoch"] == best_epoch(history, settings)


def test_the_area_is_right_where_a_network_is_sure_of_nearly_everything() -> None:
    """Between thresholds even in probability all of these are one."""
    random = np.random.default_rng(0)
    labels = random.random(4_000) < 0.9
    log_odds = random.normal(np.where(labels, 12.0, 8.0), 2.0)
    probabilities = (1 / (1 + np.exp(-log_odds))).astype(np.float32)
    expected = roc_auc_score(labels, log_odds)
    area, plain = watched_metrics(TrainSettings(monitor="val_auc"))[1], keras.metrics.AUC()
    for metric in (area, plain):
        metric.update_state(labels.astype(np.float32), probabilities)
    assert float(area.result()) == pytest.approx(expected, abs=0.003)
    assert abs(float(plain.result()) - expected) > 0.1
