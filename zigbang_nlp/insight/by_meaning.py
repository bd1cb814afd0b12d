"""Search by meaning: the texts that say the same in other words, the nearest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.embedder import query
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.insight.searching import Hits, Question, counted, filtered, with_places
from zigbang_nlp.language.bilingual import input_error, insight_error
from zigbang_nlp.text.text_keys import KEY

#: Every text is more or less near, so the nearest so many count as found.
MOST = 100


@dataclass(frozen=True)
class Nearest:
    """The texts that are nearest in meaning.

    Attributes:
        hits: the nearest first, `MOST` at most; `Hits.table` has one column more, similarity, the
            cosine of both vectors.
        similarity: of each row of `Hits.rows`: float32 (texts,).
        typical: the median of all texts that the filters let through; with this model it is about
            0.8, so that only what lies clearly above it is near.
        known: how many of those texts have a vector, and so could be found.
        texts: how many they are.
        like: the text that was asked about; "" where the question was in words.
    """

    hits: Hits
    similarity: np.ndarray
    typical: float
    known: int
    texts: int
    like: str = ""


def search_by_meaning(
    corpus: Corpus,
    question: Question,
    embeddings: Embeddings,
    *,
    page: int = 1,
    size: int = 20,
) -> Nearest:
    """The texts nearest to a question in meaning, among those that its filters let through.

    Args:
        corpus: whole, as `insight.load` gives it.
        question: `text` as a person would say it, or else `like`.
        embeddings: of the corpus's texts, made by `zigbang-nlp embed`.
        page: which part of the hits `Hits.table` holds, from 1 on.
        size: rows of a page.

    Raises:
        InputError: a filter can't be read, or names nothing that the corpus has; no text has this
            key.
        InsightError: no text has a vector, or the package that makes the question's is missing.
    """
    places = places_of(corpus, embeddings)
    if not (places >= 0).any():
        raise insight_error(
            "뜻으로 찾을 준비가 되지 않았습니다. `zigbang-nlp embed`를 먼저 실행하세요."
        )
    meant = np.flatnonzero(filtered(corpus, question))
    rows = meant[places[meant] >= 0]
    like = ""
    if question.text.strip():
        vector = query(question.text)
    else:
        own = _row_of(corpus, embeddings, question.like)
        like = str(corpus.texts["text"].iloc[own])
        vector = embeddings.vectors(places[[own]])[0]
        # Of texts that are the same to the letter the others are found.
        rows = rows[rows != own]
    similarity = embeddings.likeness(vector)[places[rows]]
    typical = float(np.median(similarity)) if len(rows) else float("nan")
    nearest = np.arange(len(rows))
    if len(rows) > MOST:  # a third of the time that sorting all of them takes
        nearest = np.argpartition(-similarity, MOST)[:MOST]
    nearest = nearest[np.lexsort((nearest, -similarity[nearest]))]
    known, rows, similarity = int((places[meant] >= 0).sum()), rows[nearest], similarity[nearest]
    shown = slice((page - 1) * size, page * size)
    table = with_places(corpus, rows[shown]).assign(similarity=similarity[shown])
    hits = counted(corpus, question, rows, table)
    return Nearest(hits, similarity, typical, known, len(meant), like)


def places_of(corpus: Corpus, embeddings: Embeddings) -> np.ndarray:
    """The place of each text's vector, -1 where it has none: int64 (texts,)."""
    state, places = corpus.memo.get("places of vectors", (None, np.empty(0, np.int64)))
    if state != embeddings.state:
        places = embeddings.places(_keys(corpus, embeddings))
        corpus.memo["places of vectors"] = embeddings.state, places
    return np.asarray(places)


def with_keys(texts: pd.DataFrame, embeddings: Embeddings) -> pd.DataFrame:
    """Texts with a column `like`, by which `Question.like` names each; "" where it has no vector."""
    keys = embeddings.keys(texts["text"])
    known = embeddings.places(keys) >= 0
    names = [key.tobytes().hex() if k else "" for key, k in zip(keys, known, strict=True)]
    return texts.assign(like=names)


def _keys(corpus: Corpus, embeddings: Embeddings) -> np.ndarray:
    return corpus.remembered("keys of texts", lambda: embeddings.keys(corpus.texts["text"]))


def _row_of(corpus: Corpus, embeddings: Embeddings, like: str) -> int:
    """The first row of the text of a key."""
    try:
        key = np.frombuffer(bytes.fromhex(like), KEY)
    except ValueError:
        key = np.empty(0, KEY)
    keys = _keys(corpus, embeddings)
    same = (keys == key).all(axis=1) if len(key) == keys.shape[1] else np.zeros(len(keys), bool)
    rows = np.flatnonzero(same & (places_of(corpus, embeddings) >= 0))
    if not len(rows):
        raise input_error(
            "이 글을 찾을 수 없습니다.", "그 사이에 바뀌었을 수 있으니 다시 검색해 주세요."
        )
    return int(rows[0])
