"""The evaluate stage: bundle + held-out split -> metrics.json, plots, the worst mistakes.

From the command line: `zigbang-nlp evaluate`. Written to the evaluation directory:

    metrics.json          every figure with its 95% interval, at 0.5 and at the bundle's threshold
    mistakes.csv          the worst mistakes
    roc.png, precision_recall.png, scores.png, confusion.png
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.config import EvaluateSettings
from zigbang_nlp.console import log, progress, table
from zigbang_nlp.errors import BundleError
from zigbang_nlp.files import atomic_directory, write_json
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.evaluation.baseline import baseline_scores
from zigbang_nlp.model.evaluation.metrics import AT_THRESHOLD, binary_metrics, bootstrap_intervals
from zigbang_nlp.model.evaluation.plots import (
    plot_confusion,
    plot_precision_recall,
    plot_roc,
    plot_scores,
)
from zigbang_nlp.model.evaluation.thresholds import by_rules, rules_table
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.records import LABELS
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.encoder import unpadded

METRICS = "metrics.json"
#: What doesn't look good by saying "positive" of everything leads.
_SHOWN = ("macro_f1", "roc_auc", *AT_THRESHOLD[1:-1], "average_precision", "accuracy")


def evaluate(
    bundle: Bundle, dataset: DataSet, settings: EvaluateSettings, directory: Path
) -> dict[str, Any]:
    """Score a bundle on the test split and write the results to `directory`, atomically.

    Args:
        bundle: a loaded bundle.
        dataset: the data set it was trained on.
        settings: intervals, baseline, mistakes.
        directory: replaced as a whole.

    Returns:
        What `metrics.json` holds.

    Raises:
        BundleError: the bundle was trained on another data set, so this test split may hold
            texts that it has learned.
    """
    if bundle.data_fingerprint != dataset.fingerprint():
        raise BundleError(
            f"The model in {bundle.directory} was trained on another data set than the one in "
            f"{dataset.directory}.",
            "Run `zigbang-nlp train` first.",
        )
    test = dataset.split("test")
    texts = test.rows["text"].tolist()
    encoder, network = bundle.encoder, Network(bundle.onnx_path)
    ids = encoder.whole_ids(progress(texts, "encoding", len(texts)))
    probabilities = network.probabilities(ids, window=encoder.length)
    labels, held = test.labels, dataset.split("validation")
    chosen_on = held.labels, network.probabilities(unpadded(held.ids))
    scored = {"model": (probabilities, bundle.threshold)}
    if settings.baseline:
        scored["baseline"] = baseline_scores(dataset)
    result: dict[str, Any] = {
        "texts": len(labels),
        "truncated": sum(map(encoder.is_too_long, texts)),
        "larger_class_share": float(max(labels.mean(), 1 - labels.mean())),
        **{name: _figures(labels, p, t, settings) for name, (p, t) in scored.items()},
        "by_rules": by_rules(labels, probabilities, chosen_on),
        "bundle": bundle.identity(),
    }
    mistakes = worst_mistakes(test.rows, probabilities, bundle.threshold, settings.mistakes)
    with atomic_directory(directory) as fresh:
        write_json(fresh / METRICS, result)
        mistakes.to_csv(fresh / "mistakes.csv", index=False, encoding="utf-8-sig")
        curves = {"LSTM": (labels, probabilities)}
        if settings.baseline:
            curves["TF-IDF + 로지스틱 회귀"] = (labels, scored["baseline"][0])
        plot_roc(curves, fresh / "roc.png")
        plot_precision_recall(curves, fresh / "precision_recall.png")
        band = (bundle.unsure_low, bundle.unsure_high)
        plot_scores(labels, probabilities, bundle.threshold, band, fresh / "scores.png")
        plot_confusion(labels, probabilities, bundle.threshold, fresh / "confusion.png")
    log.info("%s", as_table(result))
    log.info(
        "What other thresholds, chosen on validation, give here:\n%s",
        rules_table(result["by_rules"]),
    )
    return result


def worst_mistakes(
    rows: pd.DataFrame, probabilities: np.ndarray, threshold: float, count: int
) -> pd.DataFrame:
    """The texts whose wrong label the model was surest of, worst first.

    Returns:
        Columns text, label, predicted (names of `LABELS`), probability, category, score.
    """
    names = np.array(list(LABELS))
    called = (probabilities >= threshold).astype(int)
    frame = pd.DataFrame(
        {
            "text": rows["text"],
            "label": names[rows["label"]],
            "predicted": names[called],
            "probability": probabilities.round(4),
            "category": rows["category"],
            "score": rows["score"],
        }
    )
    wrong = np.flatnonzero(called != rows["label"].to_numpy())
    worst = wrong[np.argsort(-np.abs(probabilities[wrong] - threshold), kind="stable")]
    return frame.iloc[worst[:count]]


def as_table(result: dict[str, Any]) -> str:
    """The figures for people: model and baseline, at 0.5 and at the chosen threshold."""
    columns = [
        (name, cut)
        for name in ("model", "baseline")
        if name in result
        for cut in ("at_0.5", "at_threshold")
    ]
    rows = [
        [
            figure,
            *(
                "{value:.3f} ({low:.3f}-{high:.3f})".format(**result[name][cut][figure])
                for name, cut in columns
            ),
        ]
        for figure in _SHOWN
    ]
    header = [
        f"{result['texts']:,} test texts",
        *(
            f"{'LSTM' if name == 'model' else 'TF-IDF'} at {result[name][cut]['threshold']:.2f}"
            for name, cut in columns
        ),
    ]
    return (
        table(rows, header) + f"\n(larger class {result['larger_class_share']:.3f}; "
        "95% bootstrap intervals)"
    )


def _figures(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float, settings: EvaluateSettings
) -> dict[str, Any]:
    def at(cut: float) -> dict[str, Any]:
        values = binary_metrics(labels, probabilities, cut)
        intervals = bootstrap_intervals(
            labels, probabilities, cut, settings.bootstrap, settings.seed
        )
        return {
            "threshold": cut,
            "confusion": values["confusion"],
            **{
                name: {"value": values[name], "low": low, "high": high}
                for name, (low, high) in intervals.items()
            },
        }

    return {"at_0.5": at(0.5), "at_threshold": at(threshold)}
