"""The rival every network must beat: character n-gram TF-IDF with logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline


def fit_baseline(texts: Sequence[str], labels: np.ndarray) -> Pipeline:
    """Fit TF-IDF over characters 1 to 4 and logistic regression.

    Args:
        texts: cleaned training texts.
        labels: (texts,) 0 or 1.
    """
    pipeline = make_pipeline(
        TfidfVectorizer(
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
