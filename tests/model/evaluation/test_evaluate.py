"""What evaluation writes, from a tiny network really trained."""

import json
import logging
import re
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.factories.reviews import fake_reviews
from zigbang_nlp.config import EvaluateSettings, PreprocessSettings
from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import CARD, load_bundle
from zigbang_nlp.model.evaluation.evaluate import as_table, evaluate, worst_mistakes
from zigbang_nlp.model.evaluation.metrics import AT_THRESHOLD
from zigbang_nlp.model.training.report import report
from zigbang_nlp.plotting import figure
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.preprocess import preprocess

PLOTS = ("roc.png", "precision_recall.png", "scores.png", "confusion.png")
QUICK = EvaluateSettings(bootstrap=200)


@pytest.fixture(scope="module")
def evaluated(bundle_dir: Path, dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("evaluated") / "evaluation"
    evaluate(load_bundle(bundle_dir), dataset, QUICK, directory)
    return directory


@pytest.fixture(scope="module")
def metrics(evaluated: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((evaluated / "metrics.json").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("who", ["model", "baseline"])
@pytest.mark.parametrize("cut", ["at_0.5", "at_threshold"])
def test_every_figure_lies_in_its_interval(who: str, cut: str, metrics: dict[str, Any]) -> None:
    figures = metrics[who][cut]
    for name in (*AT_THRESHOLD, "roc_auc", "average_precision"):
        figure = figures[name]
        assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1, name
    cells = figures["confusion"]
    assert sum(cells.values()) == metrics["texts"]
    right = cells["true_negative"] + cells["true_positive"]
    assert figures["accuracy"]["value"] == pytest.approx(right / metrics["texts"])


def test_what_a_large_class_cannot_flatter_leads(
    metrics: dict[str, Any], bundle_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [line.split()[0] for line in as_table(metrics).splitlines()[2:]]
    assert rows[:2] == ["macro_f1", "roc_auc"]
    assert rows[-2] == "accuracy"
    bundle = load_bundle(bundle_dir)
    with caplog.at_level(logging.INFO):
        report(bundle)
    own = bundle.metrics["validation"]
    leads = f"Validation macro-F1 {own['macro_f1']:.4f}, ROC AUC {own['roc_auc']:.4f}; accuracy"
    assert leads in caplog.text
    heads = re.search(r"\| texts .*", (bundle_dir / CARD).read_text("utf-8"))
    assert heads
    assert heads[0].index("macro-F1") < heads[0].index("ROC AUC") < heads[0].index("accuracy")


def test_each_rule_has_its_row(metrics: dict[str, Any], bundle_dir: Path) -> None:
    rows = {row["rule"]: row for row in metrics["by_rules"]}
    assert list(rows) == ["macro-f1", "balanced", "precision=0.8", "cost=5:1"]
    own = rows["macro-f1"]
    assert own["threshold"] == pytest.approx(load_bundle(bundle_dir).threshold, abs=1e-6)
    assert own["accuracy"] == pytest.approx(metrics["model"]["at_threshold"]["accuracy"]["value"])
    assert own["complaints_found"] == pytest.approx(
        metrics["model"]["at_threshold"]["specificity"]["value"]
    )


def test_both_thresholds_are_the_ones_that_were_meant(
    metrics: dict[str, Any], bundle_dir: Path
) -> None:
    bundle = load_bundle(bundle_dir)
    assert metrics["model"]["at_0.5"]["threshold"] == 0.5
    assert metrics["model"]["at_threshold"]["threshold"] == bundle.threshold
    assert metrics["bundle"] == bundle.identity()


def test_the_share_of_the_larger_class_stands_beside(
    metrics: dict[str, Any], dataset: DataSet
) -> None:
    labels = dataset.split("test").labels
    assert metrics["texts"] == len(labels)
    assert metrics["larger_class_share"] == pytest.approx(max(labels.mean(), 1 - labels.mean()))
    assert metrics["model"]["at_0.5"]["accuracy"]["value"] > metrics["larger_class_share"]


def test_the_same_seed_gives_the_same_figures(
    bundle_dir: Path, dataset: DataSet, metrics: dict[str, Any], tmp_path: Path
) -> None:
    assert evaluate(load_bundle(bundle_dir), dataset, QUICK, tmp_path / "e") == metrics


def test_without_baseline_and_mistakes(bundle_dir: Path, dataset: DataSet, tmp_path: Path) -> None:
    settings = EvaluateSettings(bootstrap=100, baseline=False, mistakes=0)
    result = evaluate(load_bundle(bundle_dir), dataset, settings, tmp_path / "e")
    assert "baseline" not in result
    assert len(pd.read_csv(tmp_path / "e" / "mistakes.csv")) == 0


def test_a_bundle_of_another_data_set_is_refused(bundle_dir: Path, tmp_path: Path) -> None:
    preprocess(fake_reviews(200, seed=9), PreprocessSettings(min_count=1), tmp_path / "d")
    with pytest.raises(BundleError, match="another data set"):
        evaluate(load_bundle(bundle_dir), DataSet.load(tmp_path / "d"), QUICK, tmp_path / "e")
    assert not (tmp_path / "e").exists()


def test_a_data_set_with_a_changed_label_is_another_one(
    bundle_dir: Path, dataset: DataSet, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(dataset.directory, tmp_path / "d"))
    assert DataSet.load(copy).fingerprint() == dataset.fingerprint()
    rows = pd.read_parquet(copy / "test.parquet")
    rows["label"] = rows["label"].where(rows.index > 0, 1 - rows["label"])
    rows.to_parquet(copy / "test.parquet", index=False)
    with pytest.raises(BundleError, match="another data set"):
        evaluate(load_bundle(bundle_dir), DataSet.load(copy), QUICK, tmp_path / "e")


def test_mistakes_are_wrong_and_the_worst_come_first() -> None:
    random = np.random.default_rng(3)
    probabilities = random.random(200).astype(np.float32)
    rows = pd.DataFrame(
        {
            "text": [f"글 {i}" for i in range(200)],
            "label": random.integers(0, 2, 200),
            "category": "total",
            "score": 1.0,
        }
    )
    mistakes = worst_mistakes(rows, probabilities, 0.6, 20)
    assert len(mistakes) == 20
    assert (mistakes["label"] != mistakes["predicted"]).all()
    surety = (mistakes["probability"] - 0.6).abs()
    assert surety.is_monotonic_decreasing
    wrong = (probabilities >= 0.6) != (rows["label"] == 1)
    left_out = wrong & ~rows["text"].isin(mistakes["text"])
    assert np.abs(probabilities[left_out] - 0.6).max() <= surety.min() + 1e-4
    perfect = rows["label"].to_numpy(np.float32)
    assert len(worst_mistakes(rows, perfect, 0.5, 20)) == 0


def test_the_mistakes_open_in_excel(evaluated: Path) -> None:
    raw = (evaluated / "mistakes.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbftext,label,predicted,probability,category,score")


@pytest.mark.parametrize("name", PLOTS)
def test_plots_show_something(name: str, evaluated: Path) -> None:
    from matplotlib.image import imread

    picture = imread(evaluated / name)
    assert min(picture.shape[:2]) > 400
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 20
    assert 0.4 < picture[..., :3].mean() < 0.999


def test_hangul_is_drawn_not_boxed(tmp_path: Path) -> None:
    """Warnings are errors here, and Matplotlib warns of every glyph that is missing."""
    with figure(tmp_path / "a.png") as (ax,):
        ax.set_title("똠방각하 펲시 힣 가나다 ㅋㅋㅠㅠ -1 %")
    with pytest.raises(UserWarning, match="missing"), figure(tmp_path / "b.png") as (ax,):
        ax.set_title("\U0001f000")


def test_drawing_leaves_other_peoples_settings_alone(tmp_path: Path) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with warnings.catch_warnings(), figure(tmp_path / "a.png", columns=2) as axes:
        assert len(axes) == 2
    assert dict(mpl.rcParams) == before
