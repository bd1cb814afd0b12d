"""The figures of the shipped model, on test texts that nothing was chosen on."""

from __future__ import annotations

import json
from collections.abc import Callable
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
from zigbang_nlp.model.evaluation.thresholds import choose_threshold
from zigbang_nlp.model.pretraining.data import read_corpus
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.topics import TopicModel
from zigbang_nlp.text.dataset import DataSet, Split
from zigbang_nlp.text.encoder import unpadded


def kept_figures(
    file: Path, bundle: Bundle, measure: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The figures of a bundle, which are not measured again where `file` has them.

    Args:
        file: where they go, as JSON.
        bundle: whose figures they are.
        measure: measures them.
    """
    if file.exists():
        earlier: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if earlier.get("bundle") == bundle.identity():
            return earlier
    figures = {"bundle": bundle.identity(), **measure()}
    write_json(file, figures)
    return figures


def movie_figures(bundle: Bundle, movies: DataSet, movies_file: Path) -> dict[str, Any]:
    """Accuracy on the benchmark's test rows, beside TF-IDF fitted on all its training rows.

    Args:
        bundle: trained on `movies`.
        movies: what `movie_dataset` made of
        movies_file: the Parquet file with the benchmark.

    Returns:
        Accuracy and ROC AUC of both on all test rows, and accuracy on those whose text is no
        training row's.
    """
    test = movies.split("test")
    benchmark = pd.read_parquet(movies_file, columns=["text", "rating", "nsmc200k"])
    benchmark = benchmark[benchmark["nsmc200k"].eq("train")]
    log.info("Fitting the TF-IDF baseline on %s texts.", f"{len(benchmark):,}")
    rival = fit_baseline(benchmark["text"], benchmark["rating"].ge(9).to_numpy(int))
    rival_scores = rival.predict_proba(test.rows["text"])[:, 1]
    new = ~test.rows["text"].isin(set(benchmark["text"])).to_numpy()
    return {
        "texts": len(test.labels),
        "texts_not_in_train": int(new.sum()),
        "model": _figures(test.labels, _encoded(bundle, test), bundle.threshold, new),
        "tfidf": _figures(test.labels, rival_scores, 0.5, new),
    }


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


def apartment_figures(
    bundle: Bundle,
    learned: DataSet,
    residents: pd.DataFrame,
    movies: DataSet,
    sample: Path,
) -> dict[str, Any]:
    """Figures of the shipped bundle on texts that it hasn't learned from.

    Args:
        bundle: trained on `learned`.
        learned: what `resident_dataset` made; its validation part chose the threshold.
        residents: see `read_residents`; validation scores choose the thresholds that are compared
            with test scores.
        movies: the data set of the movie reviews.
        sample: the corpus, `data/sample`.

    Returns:
        Of the label: on the validation texts that readers agree on, on test texts against their
        writers' scores, on the movie benchmark's test rows and on the corpus's test texts. Of the
        stars and of TF-IDF fitted on the same residents' training texts: against test scores.
    """
    held, test = learned.split("validation"), learned.split("test")
    scores = _encoded(bundle, held)
    unsure = (scores > bundle.unsure_low) & (scores < bundle.unsure_high)
    right = (scores >= bundle.threshold) == (held.labels == 1)
    return {
        "read": {
            **_told(held.labels, scores, bundle.threshold),
            "unsure_share": float(unsure.mean()),
            "accuracy_outside": float(right[~unsure].mean()),
        },
        "scores_by_label": _told(test.labels, _encoded(bundle, test), bundle.threshold),
        "scores_by_stars": _by_stars(bundle, learned, residents),
        "scores_by_tfidf": _by_tfidf(learned, residents),
        "movies": _told(
            movies.split("test").labels,
            _probabilities(bundle, movies.split("test").rows["text"]),
            bundle.threshold,
        ),
        "corpus": _corpus_figures(bundle, sample),
        "topics": _topic_figures(bundle, sample),
    }


def _told(labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, Any]:
    """The figures of a threshold classifier, with its calibration error."""
    return {
        "texts": len(labels),
        "threshold": threshold,
        **binary_metrics(labels, scores, threshold),
        "calibration_error": expected_calibration_error(labels, scores),
    }


def _by_stars(bundle: Bundle, learned: DataSet, residents: pd.DataFrame) -> dict[str, Any]:
    """The share of four and five stars among 1, 2, 4 and 5, against test scores."""
    texts, labels = _scored(residents)
    threshold = choose_threshold(labels, _high(bundle, bundle.encoder.ids(texts)))
    test = learned.split("test")
    return _told(test.labels, _high(bundle, unpadded(test.ids)), threshold)


def _high(bundle: Bundle, rows: list[list[int]]) -> np.ndarray:
    _, stars = Network(bundle.onnx_path).with_stars(rows)
    ends = stars[:, [0, 1, 3, 4]]
    return np.asarray(ends[:, 2:].sum(axis=1) / np.maximum(ends.sum(axis=1), 1e-9))


def _by_tfidf(learned: DataSet, residents: pd.DataFrame) -> dict[str, Any]:
    """TF-IDF and logistic regression on the residents' training scores, against test scores."""
    train, test = learned.split("train").rows, learned.split("test")
    train = train[train["source"].eq("residents") & train["score"].ne(3)]
    model = fit_baseline(train["text"], train["score"].ge(4).to_numpy(int))
    texts, labels = _scored(residents)
    threshold = choose_threshold(labels, model.predict_proba(texts)[:, 1])
    return _told(test.labels, model.predict_proba(test.rows["text"])[:, 1], threshold)


def _scored(residents: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """The validation texts with 1, 2, 4 or 5 stars, and whether with 4 or 5."""
    rows = residents[residents["split"].eq("validation") & residents["score"].ne(3)]
    return rows["text"].tolist(), rows["score"].ge(4).to_numpy(np.float32)


def _corpus_figures(bundle: Bundle, sample: Path) -> dict[str, Any]:
    """Figures on the corpus's test split, by where its texts come from."""
    rows = read_corpus(sample)
    rows = rows[rows["split"].eq("test") & rows["label"].notna()]
    scores = _probabilities(bundle, rows["text"])
    labels = rows["label"].to_numpy(np.float32)
    return {
        source: _told(labels[of], scores[of], bundle.threshold)
        for source in sorted(set(rows["source"]))
        for of in [rows["source"].eq(source).to_numpy()]
    }


def _topic_figures(bundle: Bundle, sample: Path) -> dict[str, float]:
    """F1 of categories and topics on all test texts, those without a label of theirs included."""
    rows = read_corpus(sample)
    rows = rows[rows["split"].eq("test")]
    model = TopicModel.load(bundle.directory)
    assert model is not None, "the bundle was made without topics"
    predicted = model.predict(bundle.encoder.ids(rows["text"]), rows["text"].tolist())
    named = np.array([[name in names for name in model.topics] for _, names in predicted])
    truth = np.array([[name in names for name in model.topics] for names in rows["topics"]])
    categories = [category for category, _ in predicted]
    return {
        "texts": len(rows),
        "category_accuracy": float((rows["category"] == categories).mean()),
        "category_macro_f1": float(f1_score(rows["category"], categories, average="macro")),
        "topic_micro_f1": float(f1_score(truth, named, average="micro", zero_division=0)),
        "topic_macro_f1": float(f1_score(truth, named, average="macro", zero_division=0)),
    }


def _encoded(bundle: Bundle, part: Split) -> np.ndarray:
    """A bundle's probabilities for the ids of a split that it encoded, float32 (texts,)."""
    return Network(bundle.onnx_path).probabilities(unpadded(part.ids))


def _probabilities(bundle: Bundle, texts: pd.Series) -> np.ndarray:
    """A bundle's probabilities for texts that it hasn't encoded, float32 (texts,)."""
    return Network(bundle.onnx_path).probabilities(bundle.encoder.ids(texts))
