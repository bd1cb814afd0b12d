"""Classify every review of a store and keep the predictions beside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.console import progress
from zigbang_nlp.predict.bulk import predict_pieces
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.records import Review
from zigbang_nlp.store import ReviewKey, Store

#: Reviews held in memory at once.
_CHUNK = 20_000


def predict_store(classifier: Classifier, store: Store, how: TokenizeSettings | None = None) -> int:
    """Save a prediction for each review row; returns how many.

    Args:
        classifier: its bundle's identity is saved with each prediction.
        store: where the reviews are and the predictions go.
        how: workers and time limit; None = in this process.
    """
    count = store.count_reviews()
    waiting: deque[list[Review]] = deque()

    def texts() -> Iterator[list[str]]:
        reviews = progress(store.reviews(), "predicting", count)
        while chunk := list(islice(reviews, _CHUNK)):
            waiting.append(chunk)
            yield [review.text for review in chunk]

    def predicted() -> Iterator[tuple[ReviewKey, str, float, bool]]:
        for scores in predict_pieces(
            classifier, texts(), how or TokenizeSettings(workers=1), count
        ):
            keys = (review.key for review in waiting.popleft())
            yield from zip(
                keys,
                scores.label,
                scores.probability.tolist(),
                scores.unsure.tolist(),
                strict=True,
            )

    return store.save_predictions(classifier.bundle.identity(), predicted())
