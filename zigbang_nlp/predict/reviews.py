"""Classify every review of a store and keep the predictions beside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.console import progress
from zigbang_nlp.predict.bulk import in_lots
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.records import PredictionOptions, Review
from zigbang_nlp.store import Judged, Store
from zigbang_nlp.text.words import content_words

#: Reviews held in memory at once.
_CHUNK = 20_000


def judged(
    classifier: Classifier, texts: Sequence[str], ids: Sequence[list[int]]
) -> list[tuple[Any, ...]]:
    """The columns of `Judged` behind its key, of each text of a batch."""
    asked = PredictionOptions(topics=classifier.tells_topics, aspects=classifier.tells_topics)
    return [
        (p.label, p.probability, p.unsure, words, p.topics, p.category, p.aspects)
        for p, words in zip(
            classifier.predict_ids(texts, ids, asked), map(content_words, texts), strict=True
        )
    ]


def predict_store(
    classifier: Classifier,
    store: Store,
    how: TokenizeSettings | None = None,
    tokens: Path | None = None,
) -> int:
    """Save a prediction, the words, topics and opinions of each review row; returns how many.

    Args:
        classifier: its bundle's identity is saved with each prediction.
        store: where the reviews are and the predictions go.
        how: workers, time limit, size of the cache; None = in this process.
        tokens: directory of the token cache; None = without.
    """
    count = store.count_reviews()
    waiting: deque[list[Review]] = deque()

    def texts() -> Iterator[list[str]]:
        reviews = progress(store.reviews(), "predicting", count)
        while chunk := list(islice(reviews, _CHUNK)):
            waiting.append(chunk)
            yield [review.text for review in chunk]

    def predicted() -> Iterator[Judged]:
        chosen = how or TokenizeSettings(workers=1)
        for lots in in_lots(judged, classifier, texts(), chosen, count, tokens):
            judgements = chain.from_iterable(lots)
            for review, judgement in zip(waiting.popleft(), judgements, strict=True):
                yield Judged(review.key, *judgement)

    return store.save_predictions(classifier.bundle.identity(), predicted())
