"""What pages and the report say of a model, from its own probabilities once more.

| place | number | recounted by |
|---|---|---|
| /data | macro-F1, ROC AUC, accuracy and larger share on validation; cuts; vocabulary | scikit-learn |
| /data | the same on the held-out texts, with intervals, beside TF-IDF | scikit-learn, a bootstrap |
| /api/v1/model | validation | scikit-learn |
| report, caveats | macro-F1 with its interval, ROC AUC, wrong verdicts | scikit-learn |
| report, deciding | what each token adds, its interval, how often | texts with a token cut from their ids |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from tests.factories.web import fill
from tests.report.test_report import Page
from tests.web.conftest import serve
from tests.web.recount import JudgedCity
from tests.web.test_craft import report_by_button
from zigbang_nlp.config import EvaluateSettings
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.evaluation.evaluate import evaluate
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.text.dataset import DataSet


@pytest.fixture(scope="module")
def judged(
    bundle_dir: Path, dataset: DataSet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JudgedCity]:
    """A server over reviews that the tiny bundle judged, evaluated on its held-out texts."""
    place = tmp_path_factory.mktemp("judged")
    file = place / "a.db"
    fill(f"sqlite:///{file}", bundle_dir, hostile=False)
    settings = EvaluateSettings(bootstrap=1_000)
    evaluate(load_bundle(bundle_dir), dataset, settings, place / "evaluation")
    for known in serve(f"sqlite:///{file}", place, pd.DataFrame(), model=bundle_dir):
        yield JudgedCity(known, str(file))


@pytest.fixture(scope="module")
def report(judged: JudgedCity) -> Page:
    return report_by_button(judged.known)


def measured(labels: np.ndarray, p: np.ndarray, threshold: float) -> dict[str, float]:
    called = p >= threshold
    return {
        "macro_f1": float(f1_score(labels, called, average="macro")),
        "roc_auc": float(roc_auc_score(labels, p)),
        "accuracy": float(accuracy_score(labels, called)),
    }


def said_by(bundle_dir: Path, dataset: DataSet, split: str) -> tuple[np.ndarray, np.ndarray]:
    """(labels, probabilities) of a split, from its texts."""
    part = dataset.split(split)
    found = Classifier.load(bundle_dir).predict(part.rows["text"].tolist())
    return part.rows["label"].to_numpy(), np.array([one.probability for one in found])


def test_the_card_is_what_the_model_says_of_validation(
    judged: JudgedCity, bundle_dir: Path, dataset: DataSet
) -> None:
    labels, p = said_by(bundle_dir, dataset, "validation")
    bundle = load_bundle(bundle_dir)
    own = measured(labels, p, bundle.threshold)
    larger = max(labels.mean(), 1 - labels.mean())
    shown = judged.page("/data")
    for name, value in (
        ("검증 macro F1", f"{own['macro_f1']:.3f}"),
        ("검증 ROC AUC", f"{own['roc_auc']:.3f}"),
        ("검증 정확도", f"{own['accuracy']:.1%}"),
        ("다수 클래스 비율", f"{larger:.1%}"),
        ("임계값", f"{bundle.threshold:.2f}"),
        ("어휘 수", f"{len(bundle.encoder.vocabulary):,}"),
    ):
        assert f"{name} {value}" in shown, name
    said = judged.api("/model")["metrics"]["validation"]
    for name in ("roc_auc", "accuracy"):
        assert said[name] == pytest.approx(own[name], abs=1e-4)


def test_the_held_out_texts_with_their_intervals(
    judged: JudgedCity, report: Page, bundle_dir: Path, dataset: DataSet
) -> None:
    labels, p = said_by(bundle_dir, dataset, "test")
    threshold = load_bundle(bundle_dir).threshold
    own = measured(labels, p, threshold)
    rng = np.random.default_rng(4)
    drawn = []
    for _ in range(1_000):
        rows = rng.integers(0, len(labels), len(labels))
        if 0 < labels[rows].mean() < 1:
            drawn.append(measured(labels[rows], p[rows], threshold))
    ends = pd.DataFrame(drawn).quantile([0.025, 0.975])
    table = judged.csv("/data?format=csv&table=measures").set_index(["model", "measure"])
    for name, value in own.items():
        row: Any = table.loc[("LSTM", name)]
        assert row["value"] == pytest.approx(value, abs=1e-4)
        near = 0.02 + 0.2 * (ends[name].iloc[1] - ends[name].iloc[0])
        assert (row["low"], row["high"]) == pytest.approx(tuple(ends[name]), abs=near)
    assert table["value"].between(0, 1).all()
    said = report.text
    row = table.loc[("LSTM", "macro_f1")]
    assert (
        f"리뷰 {len(labels):,}건에서 매크로 F1 {own['macro_f1']:.3f}(95% 신뢰구간 {row['low']:.3f}–"
        f"{row['high']:.3f}), ROC AUC {own['roc_auc']:.3f}"
    ) in said
    least = min(labels.mean(), 1 - labels.mean())
    assert f"판정의 {1 - own['accuracy']:.1%}가 틀렸습니다" in said
    assert f"(모두 한쪽으로 판정하면 {least:.1%})" in said


def test_what_each_token_adds(judged: JudgedCity, report: Page, bundle_dir: Path) -> None:
    """All of the texts are looked at: they are as many as the report reads."""
    table = report.table("deciding")
    assert f"리뷰 {1_500:,}건에서" in report.cards["deciding"]
    classifier = Classifier.load(bundle_dir)
    encoder, network = classifier.bundle.encoder, classifier.network
    texts = judged.sql("SELECT text, category FROM reviews")
    known = encoder.vocabulary
    for row in table.head(6).to_dict("records"):
        own = texts[texts["category"].eq(row["category"])]
        added, held = [], 0
        for tokens in encoder.tokenize(own["text"]):
            places = [at for at, token in enumerate(tokens) if token == row["token"]]
            if not places:
                continue
            held += 1
            rows = [known.encode(tokens)]
            rows += [known.encode(tokens[:at] + tokens[at + 1 :]) for at in places]
            told = network.probabilities(rows, 64)
            added += (told[0] - told[1:]).tolist()
        assert (row["count"], row["reviews"]) == (len(added), held), row["token"]
        assert row["mean"] == pytest.approx(np.mean(added), abs=1e-5)
        half = 1.959964 * np.std(added, ddof=1) / np.sqrt(len(added))
        assert (row["low"], row["high"]) == (
            pytest.approx(np.mean(added) - half, abs=1e-5),
            pytest.approx(np.mean(added) + half, abs=1e-5),
        )
    # Words of praise lean one way and words of complaint the other: so the texts were made.
    signs = table.groupby("token")["mean"].mean()
    shown = [word for word in re.findall(r"[가-힣]+", report.cards["deciding"]) if word in signs]
    assert shown
    assert signs.max() > 0 > signs.min()
