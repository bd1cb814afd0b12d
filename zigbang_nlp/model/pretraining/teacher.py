"""A label for each text that no one has read, from all that is known of it.

What the networks say of a text, what its words say to a linear model, the score its writer gave
and the scores beside it: a logistic regression weighs them, fitted on texts that were read and
that none of its sources had learned from (stacking: Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from zigbang_nlp.console import log
from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.model.pretraining.residents import fold_of
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.text.clean import clean


def teach(residents: pd.DataFrame, probabilities: Sequence[np.ndarray], folds: int) -> np.ndarray:
    """Soft labels of the residents' texts, float64 (texts,).

    Args:
        residents: see `read_residents`.
        probabilities: of each network its probabilities for all texts (texts,). The network at place k
            hasn't learned from the readings of fold k,
        folds: of so many, at least as many as there are networks.
    """
    fold = fold_of(residents["apartment_id"], folds)
    read = (residents["split"].eq("train") & residents["reading"].notna()).to_numpy()
    by_network = [logit(p) for p in probabilities]
    networks = np.mean(by_network, axis=0)
    for k, own in enumerate(by_network):
        networks = np.where(read & (fold == k), own, networks)
    words = _by_words(residents, read, fold, folds)
    learned = read & (fold < len(probabilities))
    features = np.column_stack([networks, logit(words), _known(residents)])
    features = (features - features[learned].mean(axis=0)) / (features[learned].std(axis=0) + 1e-9)
    labels = residents["reading"].to_numpy()[learned]
    model = _fit_soft(csr_matrix(features[learned]), labels, strength=1.0)
    log.info("The teacher's weights: networks %.2f, words %.2f.", *model.coef_[0][:2])
    taught: np.ndarray = model.predict_proba(features)[:, 1]
    return taught


def _known(residents: pd.DataFrame) -> np.ndarray:
    """The score (one column a star), the mean of the writer's other scores, and the category."""
    by_writer = residents.groupby(["apartment_id", "review_id"])["score"]
    count = by_writer.transform("count")
    others = (by_writer.transform("sum") - residents["score"]) / (count - 1).clip(lower=1)
    others = others.where(count > 1, residents["score"].mean())
    stars = [residents["score"].eq(star) for star in range(1, 6)]
    categories = [residents["category"].eq(category) for category in CATEGORIES]
    return np.column_stack([*stars, others, *categories]).astype(np.float64)


def _by_words(
    residents: pd.DataFrame, learned: np.ndarray, fold: np.ndarray, folds: int
) -> np.ndarray:
    """What a logistic regression over character n-grams says, for texts read out of fold."""
    texts = residents["text"].map(clean).to_numpy(object)
    labels = residents["reading"].to_numpy()
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(1, 5), min_df=3, max_features=300_000, sublinear_tf=True
    )
    read = vectorizer.fit_transform(texts[learned])
    probabilities = np.empty(len(texts))
    probabilities[:] = _fit_soft(read, labels[learned], 8.0).predict_proba(
        vectorizer.transform(texts)
    )[:, 1]
    for k in range(folds):
        held = fold[learned] == k
        if held.any() and not held.all():
            model = _fit_soft(read[~held], labels[learned][~held], 8.0)
            probabilities[np.flatnonzero(learned)[held]] = model.predict_proba(read[held])[:, 1]
    return probabilities


def _fit_soft(features: csr_matrix, labels: np.ndarray, strength: float) -> LogisticRegression:
    """Logistic regression on soft labels: each text once as positive, once as negative."""
    twice = np.r_[np.ones(len(labels)), np.zeros(len(labels))]
    weights = np.r_[labels, 1 - labels]
    return LogisticRegression(C=strength, max_iter=500).fit(
        vstack([features, features]), twice, sample_weight=weights
    )
