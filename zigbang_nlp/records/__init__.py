"""The rows that travel between the rooms of the house: apartments, reviews, predictions."""

from zigbang_nlp.records.predictions import (
    LABEL_ONLY,
    Asked,
    Aspect,
    Explanation,
    Prediction,
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
    "Asked",
    "Aspect",
    "Explanation",
    "Prediction",
    "Review",
    "Stars",
    "TokenShare",
    "WordShare",
    "as_json",
    "content_id",
    "label_word",
]
