"""Word vectors of a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Vectors:
    """Word vectors of a corpus, float32 (words, dimensions), each of length 1."""

    words: tuple[str, ...]
    matrix: np.ndarray

    def similarity(self, word: str) -> pd.Series:
        """Cosine of every other word with `word`; empty where it has no vector."""
        if word not in self.words:
            return pd.Series(dtype=float)
        cosine = self.matrix @ self.matrix[self.words.index(word)]
        return pd.Series(cosine, list(self.words)).drop(word)


def train_vectors(sentences: list[list[str]], model: str = "word2vec", seed: int = 1) -> Vectors:
    """Vectors by skip-gram with negative sampling; one thread, so that a seed gives one result."""
    from gensim.models import FastText, Word2Vec

    # Small corpora are read more often, so that large ones take no minutes.
    epochs = min(20, max(3, 2_000_000 // max(sum(map(len, sentences)), 1)))
    kind: Any = {"word2vec": Word2Vec, "fasttext": FastText}[model]
    trained = kind(
        sentences,
        vector_size=100,
        window=5,
        min_count=10,
        sg=1,
        negative=5,
        epochs=epochs,
        seed=seed,
        workers=1,
    )
    matrix = trained.wv.get_normed_vectors().astype(np.float32)
    return Vectors(tuple(trained.wv.index_to_key), matrix)
