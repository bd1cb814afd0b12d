"""The rows that travel between the rooms of the house: apartments, reviews, predictions."""

import warnings

from zigbang_nlp.records.predictions import (
    LABEL_ONLY,
    Aspect,
    Explanation,
    Prediction,
    PredictionOptions,
    Stars,
    TokenShare,
    WordShare,
    as_json,
)
from zigbang_nlp.records.rows import (
    CATEGORIES,
    LABELS,
    NO_LABEL,
    SPLITS,
    Apartment,
    Review,
    content_id,
    label_word,
)

__all__ = [
    "CATEGORIES",
    "LABELS",
    "LABEL_ONLY",
    "NO_LABEL",
    "SPLITS",
    "Apartment",
    "Aspect",
    "Explanation",
    "Prediction",
    "PredictionOptions",
    "Review",
    "Stars",
    "TokenShare",
    "WordShare",
    "as_json",
    "content_id",
    "label_word",
]


def __getattr__(name: str) -> type[PredictionOptions]:
    if name == "Asked":  # of before version 0.2, which goes with it
        warnings.warn("Asked is called PredictionOptions now.", DeprecationWarning, stacklevel=2)
        return PredictionOptions
    raise AttributeError(name)
