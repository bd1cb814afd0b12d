"""The rival every network must beat: character n-gram TF-IDF with logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from zigbang_nlp.console import log
from zigbang_nlp.model.evaluation.thresholds import choose_threshold
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.dataset import DataSet


def fit_baseline(texts: Sequence[str] | pd.Series, labels: np.ndarray) -> Pipeline:
    """Fit TF-IDF over characters 1 to 4 and logistic regression.

    Args:
        texts: training texts.
        labels: (texts,) 0 or 1.
    """
    pipeline = make_pipeline(
        TfidfVectorizer(
            preprocessor=_prepared,
            analyzer="char",
            ngram_range=(1, 4),
            # A small corpus would lose most of its words to a higher bar.
            min_df=2 if len(texts) < 10_000 else 3,
            max_features=400_000,
            sublinear_tf=True,
            dtype=np.float32,
        ),
        LogisticRegression(C=4.0, solver="liblinear"),
    )
    return pipeline.fit(texts, labels)


def _prepared(text: str) -> str:
    return clean(text).lower()


def baseline_scores(dataset: DataSet) -> tuple[np.ndarray, float]:
    """The baseline's probabilities on the test texts, float32 (texts,), and its threshold.

    That is chosen on the validation texts for macro-F1: with one complaint in ten texts logistic
    regression says 긍정 of nearly all at 0.5, and a rival at that is no rival.

    Args:
        dataset: whose training texts it is fitted on.
    """
    training, held, test = (dataset.split(name) for name in ("train", "validation", "test"))
    log.info("Fitting the TF-IDF baseline on %s texts.", f"{len(training.rows):,}")
    pipeline = fit_baseline(training.rows["text"], training.labels)
    chosen_on, tested = (
        pipeline.predict_proba(part.rows["text"])[:, 1].astype(np.float32) for part in (held, test)
    )
    return tested, choose_threshold(held.labels, chosen_on)
