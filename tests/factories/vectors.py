"""Vectors for the texts of a store without the time that the model takes: each text's own, by chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zigbang_nlp.insight.embedder import DIMENSIONS
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.store import open_store


def scatter(url: str, directory: Path) -> None:
    """Give nine of ten texts of a store a vector that means nothing.

    Args:
        url: of the store.
        directory: of the vectors.
    """
    with open_store(url) as store:
        texts = sorted({review.text for review in store.reviews()})
    kept = [text for number, text in enumerate(texts) if number % 10]
    vectors = np.random.default_rng(0).normal(size=(len(kept), DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    embeddings = Embeddings(directory)
    embeddings.add(embeddings.keys(kept), vectors)
