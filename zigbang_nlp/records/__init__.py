"""The rows that travel between the rooms of the house: apartments, reviews, predictions."""

from zigbang_nlp.former_names import former_names
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
    chance_text,
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
    "chance_text",
    "content_id",
    "label_word",
]


#: A name of before version 0.2, which goes with it.
__getattr__ = former_names(__name__, {"Asked": PredictionOptions})
