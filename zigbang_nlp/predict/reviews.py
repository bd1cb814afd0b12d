"""Classify every review of a store and keep the predictions beside them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from zigbang_nlp.console import progress
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.store import Judged, Store
from zigbang_nlp.text.words import content_words_of

#: Reviews held in memory at once; sorted by length within, so larger is faster.
_CHUNK = 20_000


def predict_store(classifier: Classifier, store: Store) -> int:
    """Save a prediction, the words and the topics of each review row; returns how many.

    Args:
        classifier: its bundle's identity is saved with each prediction.
        store: where the reviews are and the predictions go.
    """
    count = store.count_reviews()

    def predicted() -> Iterator[Judged]:
        reviews = progress(store.reviews(), "predicting", count)
        while chunk := list(islice(reviews, _CHUNK)):
            texts = [review.text for review in chunk]
            predictions = classifier.predict(texts, topics=classifier.tells_topics)
            words = content_words_of(texts)
            for review, found, spoken in zip(chunk, predictions, words, strict=True):
                yield Judged(
                    review.key,
                    found.label,
                    found.probability,
                    found.unsure,
                    spoken,
                    found.topics,
                    found.category,
                )

    return store.save_predictions(classifier.bundle.identity(), predicted())
