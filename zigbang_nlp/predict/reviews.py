"""Classify every review of a store and keep the predictions beside them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from zigbang_nlp.console import progress
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.store import ReviewKey, Store

#: Reviews held in memory at once; sorted by length within, so larger is faster.
_CHUNK = 20_000


def predict_store(classifier: Classifier, store: Store) -> int:
    """Save a prediction for each review row; returns how many.

    Args:
        classifier: its bundle's identity is saved with each prediction.
        store: where the reviews are and the predictions go.
    """
    count = store.count_reviews()

    def predicted() -> Iterator[tuple[ReviewKey, str, float, bool]]:
        reviews = progress(store.reviews(), "predicting", count)
        while chunk := list(islice(reviews, _CHUNK)):
            predictions = classifier.predict([review.text for review in chunk])
            for review, found in zip(chunk, predictions, strict=True):
                yield review.key, found.label, found.probability, found.unsure

    return store.save_predictions(classifier.bundle.identity(), predicted())
