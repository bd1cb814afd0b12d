"""A linear model of n-grams, fitted by itself and put beside the LSTMs of a merged network."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression, Ridge

from zigbang_nlp.console import log
from zigbang_nlp.model.architecture import STARS, Architecture
from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.model.ngrams import FEATURES, ngram_rows
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.onnx_export import write_onnx
from zigbang_nlp.model.serving.onnx_layers import Weights
from zigbang_nlp.text.dataset import DataSet, Split
from zigbang_nlp.text.encoder import unpadded

#: Penalty of the ridge regressions, in texts of weight 1.
_PENALTY = 1.0
#: What one step of the score's feature adds to each star: it moves all of them along.
_ALONG = np.arange(STARS) - (STARS - 1) / 2


def fit_ngrams(training: Split, buckets: int) -> np.ndarray:
    """The table of n-gram weights, float32 (buckets, `FEATURES`).

    Two ridge regressions: of the labels on all texts, by their weights, and of the scores on
    those that have one.

    Args:
        training: what is learned from; ids are the codes.
        buckets: rows of the table.
    """
    texts = ngram_counts(unpadded(training.ids), buckets)
    weights = np.ones(len(training.rows)) if training.weights is None else training.weights
    table = np.zeros((buckets, FEATURES), np.float32)
    targets = (training.labels, training.rows["score"].to_numpy(np.float64))
    for column, target in enumerate(targets):
        known = np.isfinite(target)
        if known.any():
            model = Ridge(alpha=_PENALTY, solver="lsqr")
            model.fit(texts[known], target[known], sample_weight=np.asarray(weights)[known])
            table[:, column] = model.coef_
    return table


def ngram_counts(rows: Sequence[Sequence[int]], buckets: int) -> csr_matrix:
    """How often a text has each n-gram, by the square root of how many it has: (texts, buckets).

    By the table of weights this makes the features of each text, (texts, `FEATURES`).

    Args:
        rows: the codes of each text's tokens.
        buckets: rows of the table.
    """
    grams = [np.concatenate(ngram_rows(np.asarray(ids, np.int64), buckets)) for ids in rows]
    counts = np.array([len(own) for own in grams])
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    ends = np.concatenate([[0], np.cumsum(counts)])
    matrix = csr_matrix((values, np.concatenate(grams), ends), shape=(len(rows), buckets))
    matrix.sum_duplicates()
    return matrix


def beside_ngrams(
    architecture: Architecture,
    weights: Weights,
    dataset: DataSet,
    buckets: int,
    residents: pd.DataFrame | None = None,
) -> tuple[Architecture, dict[str, list[np.ndarray]]]:
    """A network with n-grams beside its LSTMs, and what each counts in its last layers.

    Args:
        architecture: of a network without n-grams and without hidden Dense layers,
        weights: and its weights by layer.
        dataset: the training part is learned from, and the validation part weighs.
        buckets: rows of the table.
        residents: see `read_residents`; the scores of the validation texts weigh for the stars.
            None where the network has none.

    Returns:
        The new architecture, and the weights: those of the last layers are scaled, and have a row
        for each feature more.
    """
    table = fit_ngrams(dataset.split("train"), buckets)
    codes = np.arange(len(dataset.encoder.vocabulary), dtype=np.int32)
    joined = {**weights, "ngrams": [codes, table]}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "network.onnx"
        write_onnx(architecture, weights, path)
        network = Network(path)
        held = dataset.split("validation")
        rows = unpadded(held.ids)
        own = np.column_stack(
            [logit(network.precise(rows)), ngram_counts(rows, buckets) @ table[:, 0]]
        )
        model = LogisticRegression(C=1e6, max_iter=1_000).fit(own, held.labels > 0.5)
        scale, by_ngrams = model.coef_[0]
        kernel, bias = weights["probability"]
        joined["probability"] = [
            np.vstack([kernel * scale, [[by_ngrams], [0]]]).astype(np.float32),
            (bias * scale + model.intercept_).astype(np.float32),
        ]
        spread = own.std(axis=0)
        log.info(
            "Log-odds of a text: %.2f by the LSTMs, %.2f by n-grams (standard deviations).",
            scale * spread[0],
            by_ngrams * spread[1],
        )
        if residents is not None:
            kernel, bias = weights["stars"]
            texts = residents[residents["split"].eq("validation")]
            rows = [ids[: dataset.encoder.length] for ids in dataset.encoder.ids(texts["text"])]
            scale, by_ngrams, shift = _weigh_stars(
                network.with_stars(rows)[1],
                ngram_counts(rows, buckets) @ table[:, 1],
                texts["score"].to_numpy(int),
            )
            joined["stars"] = [
                np.vstack([kernel * scale, np.zeros(STARS), by_ngrams * _ALONG]).astype(np.float32),
                (bias * scale + shift * _ALONG).astype(np.float32),
            ]
    return replace(architecture, ngram_buckets=buckets), joined


def _weigh_stars(shares: np.ndarray, feature: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """What the LSTMs' logits, the feature and a constant count, by the least log loss: (3,)."""
    logits = np.log(np.maximum(shares, 1e-9))
    texts = np.arange(len(scores))

    def log_loss(weights: np.ndarray) -> float:
        scale, by_feature, shift = weights
        moved = scale * logits + np.outer(by_feature * feature + shift, _ALONG)
        return float(-log_softmax(moved, axis=1)[texts, scores - 1].mean())

    return np.asarray(minimize(log_loss, np.array([1.0, 0.0, 0.0]), method="BFGS").x)
