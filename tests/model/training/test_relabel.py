"""Going on with a model that reads better than scores do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.conftest import ONE_WAY
from zigbang_nlp import Classifier
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.training.relabel import labelled_by_scores, relabelled
from zigbang_nlp.model.training.train import train
from zigbang_nlp.text.dataset import DataSet, Split


def test_what_the_start_is_sure_of_goes_before_a_score_but_not_before_a_person(
    start_dir: Path, dataset: DataSet
) -> None:
    training = dataset.split("train")
    texts = training.rows["text"]
    said = np.array([p.probability for p in Classifier.load(start_dir).predict(texts.tolist())])
    low, high = np.quantile(said, [0.3, 0.7])
    base = replace(load_bundle(start_dir), unsure_low=low, unsure_high=high)
    sure = (said <= low) | (said >= high)
    reads = (said >= base.threshold).astype(int)
    wrong = training.rows.assign(label=1 - reads)
    given, corrected, scored = np.flatnonzero(sure)[[0, 1, 2]]
    wrong.loc[given, "score"] = np.nan
    learned = relabelled(Split(training.ids, wrong), base, [f"  {texts[corrected]}!"])
    by_people = (texts == texts[corrected]).to_numpy(copy=True)
    by_people[given] = True
    expected = np.where(sure & ~by_people, reads, 1 - reads)
    np.testing.assert_array_equal(learned.labels, expected)
    assert learned.labels[scored] == reads[scored]
    assert learned.ids is training.ids
    assert learned.rows["score"].equals(wrong["score"]), "scores still teach stars"
    agreed = Split(training.ids, training.rows.assign(label=reads))
    assert relabelled(agreed, base) is agreed
    assert relabelled(Split(training.ids, wrong.drop(columns="score")), base).labels[scored] == (
        1 - reads[scored]
    )


def test_labels_are_scores_where_most_texts_have_one(dataset: DataSet) -> None:
    part = dataset.split("validation")
    assert labelled_by_scores(part)
    rows = part.rows.copy()
    rows.loc[: len(rows) // 2, "score"] = np.nan
    assert not labelled_by_scores(Split(part.ids, rows))
    assert not labelled_by_scores(Split(part.ids, rows.drop(columns="score")))


@pytest.mark.slow
def test_a_model_that_goes_on_with_wrong_scores_reads_as_before(
    start_dir: Path, dataset: DataSet, tmp_path: Path
) -> None:
    class Wrong(DataSet):
        def split(self, split: str) -> Split:
            part = super().split(split)
            if split != "train":
                return part
            return Split(part.ids, part.rows.assign(label=1 - part.rows["label"]))

    wrong = Wrong(dataset.directory, dataset.encoder, dataset.summary)
    test = dataset.split("test")
    start, auc = load_bundle(start_dir), {}
    for trust in (False, True):
        settings = ONE_WAY.model_copy(
            update={
                "init": str(start_dir),
                "epochs": 4,
                "keep_start": False,
                "restore_best_weights": False,
                "trust_start": trust,
            }
        )
        bundle = train(wrong, settings, tmp_path / f"{trust}", tmp_path / "checkpoints")
        said = Network(bundle.onnx_path).probabilities(bundle.encoder.ids(test.rows["text"]))
        auc[trust] = roc_auc_score(test.labels, said)
        assert bundle.threshold == start.threshold, "scores choose none"
        assert bundle.metrics["threshold_for"] == "kept from the start"
    assert auc[False] < 0.2
    assert auc[True] > 0.8
