"""The figures of the shipped model, on test texts that nothing was chosen on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.console import log
from zigbang_nlp.files import write_json
from zigbang_nlp.model.baseline import fit_baseline
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.calibration import expected_calibration_error
from zigbang_nlp.model.inference import Network
from zigbang_nlp.model.metrics import binary_metrics
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.dataset import DataSet, Part
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
        training row's.
    """
    test = movies.part("test")
    benchmark = pd.read_parquet(movies_file, columns=["text", "rating", "nsmc200k"])
    benchmark = benchmark[benchmark["nsmc200k"].eq("train")]
    log.info("Fitting the TF-IDF baseline on %s texts.", f"{len(benchmark):,}")
    rival = fit_baseline(
        [clean(text) for text in benchmark["text"]], benchmark["rating"].ge(9).to_numpy(int)
    )
    rival_scores = rival.predict_proba([clean(text) for text in test.rows["text"]])[:, 1]
    new = ~test.rows["text"].isin(set(benchmark["text"])).to_numpy()
    figures = {
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


def corpus_figures(bundle: Bundle, corpus: DataSet, file: Path) -> dict[str, Any]:
    """Figures on the corpus's test split, by where its texts come from, and of calibration.

    Args:
        bundle: trained on `corpus`.
        corpus: what `corpus_dataset` made.
        file: where the figures go, as JSON.
    """
    test = corpus.part("test")
    scores = probabilities(bundle, test)
    unsure = (scores > bundle.unsure_low) & (scores < bundle.unsure_high)
    right = (scores >= bundle.threshold) == (test.labels == 1)
    figures: dict[str, Any] = {}
    for source in sorted(set(test.rows["source"])):
        of = test.rows["source"].eq(source).to_numpy()
        figures[source] = {
            "texts": int(of.sum()),
            **binary_metrics(test.labels[of], scores[of], bundle.threshold),
            "calibration_error": expected_calibration_error(test.labels[of], scores[of]),
            "unsure_share": float(unsure[of].mean()),
            "unsure_accuracy": float(right[of & unsure].mean()),
            "accuracy_outside": float(right[of & ~unsure].mean()),
        }
    write_json(file, figures)
    return figures


def probabilities(bundle: Bundle, part: Part) -> np.ndarray:
    """A bundle's probabilities for the ids of a split, float32 (texts,)."""
    rows = [row[row != PADDING].tolist() for row in np.asarray(part.ids)]
    return Network(bundle.onnx_path).probabilities(rows)
