"""The figures of the shipped model, on test texts that nothing was chosen on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from zigbang_nlp.console import log
from zigbang_nlp.files import write_json
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.evaluation.baseline import fit_baseline
from zigbang_nlp.model.evaluation.calibration import expected_calibration_error
from zigbang_nlp.model.evaluation.metrics import binary_metrics
from zigbang_nlp.model.pretraining.data import read_corpus
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.topics import TopicModel
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.dataset import DataSet, Split
from zigbang_nlp.text.vocabulary import PADDING


def movie_figures(bundle: Bundle, movies: DataSet, movies_file: Path, file: Path) -> dict[str, Any]:
    """Accuracy on the benchmark's test rows, beside TF-IDF fitted on all its training rows.

    Args:
        bundle: trained on `movies`.
        movies: what `movie_dataset` made of
        movies_file: the Parquet file with the benchmark.
        file: where the figures go, as JSON.

    Returns:
        Accuracy and ROC AUC of both on all test rows, and accuracy on those whose text is no
        training row's. They are not measured again for the bundle that `file` is about.
    """
    if file.exists():
        earlier: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if earlier.get("bundle") == bundle.identity():
            return earlier
    test = movies.split("test")
    benchmark = pd.read_parquet(movies_file, columns=["text", "rating", "nsmc200k"])
    benchmark = benchmark[benchmark["nsmc200k"].eq("train")]
    log.info("Fitting the TF-IDF baseline on %s texts.", f"{len(benchmark):,}")
    rival = fit_baseline(
        [clean(text) for text in benchmark["text"]], benchmark["rating"].ge(9).to_numpy(int)
    )
    rival_scores = rival.predict_proba([clean(text) for text in test.rows["text"]])[:, 1]
    new = ~test.rows["text"].isin(set(benchmark["text"])).to_numpy()
    figures = {
        "bundle": bundle.identity(),
        "texts": len(test.labels),
        "texts_not_in_train": int(new.sum()),
        "model": _figures(test.labels, probabilities(bundle, test), bundle.threshold, new),
        "tfidf": _figures(test.labels, rival_scores, 0.5, new),
    }
    write_json(file, figures)
    return figures


def _figures(
    labels: np.ndarray, scores: np.ndarray, threshold: float, new: np.ndarray
) -> dict[str, float]:
    metrics = binary_metrics(labels, scores, threshold)
    right = (scores >= threshold) == (labels == 1)
    return {
        "accuracy": metrics["accuracy"],
        "accuracy_not_in_train": float(right[new].mean()),
        "roc_auc": metrics["roc_auc"],
        "threshold": threshold,
    }


def corpus_figures(bundle: Bundle, corpus: DataSet, sample: Path, file: Path) -> dict[str, Any]:
    """Figures on the corpus's test split, by where its texts come from; of calibration and topics.

    Args:
        bundle: trained on `corpus`.
        corpus: what `corpus_dataset` made of
        sample: the corpus, `data/sample`.
        file: where the figures go, as JSON.
    """
    test = corpus.split("test")
    scores = probabilities(bundle, test)
    unsure = (scores > bundle.unsure_low) & (scores < bundle.unsure_high)
    right = (scores >= bundle.threshold) == (test.labels == 1)
    figures: dict[str, Any] = {}
    for source in sorted(set(test.rows["source"])):
        of = test.rows["source"].eq(source).to_numpy()
        figures[source] = {
            "texts": int(of.sum()),
            **binary_metrics(test.labels[of], scores[of], bundle.threshold),
            "macro_f1": _macro_f1(test.labels[of], scores[of] >= bundle.threshold),
            "calibration_error": expected_calibration_error(test.labels[of], scores[of]),
            "unsure_share": float(unsure[of].mean()),
            "unsure_accuracy": float(right[of & unsure].mean()),
            "accuracy_outside": float(right[of & ~unsure].mean()),
        }
    figures["topics"] = _topic_figures(bundle, sample)
    write_json(file, figures)
    return figures


def _macro_f1(labels: np.ndarray, called: np.ndarray) -> float:
    return float(f1_score(labels == 1, called, average="macro"))


def _topic_figures(bundle: Bundle, sample: Path) -> dict[str, float]:
    """F1 of categories and topics on all test texts, those without a label of theirs included."""
    rows = read_corpus(sample)
    rows = rows[rows["split"].eq("test")]
    model = TopicModel.load(bundle.directory)
    assert model is not None, "the bundle was made without topics"
    told = model.predict(bundle.encoder.ids(rows["text"]), rows["text"].tolist())
    found = np.array([[name in names for name in model.topics] for _, names in told])
    wanted = np.array([[name in names for name in model.topics] for names in rows["topics"]])
    categories = [category for category, _ in told]
    return {
        "texts": len(rows),
        "category_accuracy": float((rows["category"] == categories).mean()),
        "category_macro_f1": float(f1_score(rows["category"], categories, average="macro")),
        "topic_micro_f1": float(f1_score(wanted, found, average="micro", zero_division=0)),
        "topic_macro_f1": float(f1_score(wanted, found, average="macro", zero_division=0)),
    }


def probabilities(bundle: Bundle, part: Split) -> np.ndarray:
    """A bundle's probabilities for the ids of a split, float32 (texts,)."""
    rows = [row[row != PADDING].tolist() for row in np.asarray(part.ids)]
    return Network(bundle.onnx_path).probabilities(rows)
