"""What pages and the API ask of a snapshot beside `insight.queries`, which `Snapshot.query` keeps."""

from __future__ import annotations

import pandas as pd

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight import queries
from zigbang_nlp.insight.by_meaning import Nearest, search_by_meaning
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.insight.queries import Filters, Sort
from zigbang_nlp.insight.searching import Hits, Question
from zigbang_nlp.insight.searching import search as search_words
from zigbang_nlp.insight.sentiment import Measure
from zigbang_nlp.insight.similar_names import near
from zigbang_nlp.packing import unpack_names
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.problems import Problem

#: A verdict of `Corpus.texts` -> the label that it is.
LABEL_OF = {1.0: "positive", 0.0: "negative"}
#: Columns of `Corpus.complexes` by which people know a complex.
_NAMED = ("name", "district", "neighbourhood")


def complexes(
    snapshot: Snapshot,
    filters: Filters,
    sort: Sort = "best",
    min_texts: int = 1,
    named: str = "",
    topic: str | None = None,
    measure: Measure = "positive",
) -> pd.DataFrame:
    """See `insight.queries.complexes` and `listed`."""
    table = snapshot.query(queries.complexes, filters, min_texts, topic, measure)
    return queries.listed(table, sort, named)


def one_complex(snapshot: Snapshot, key: str) -> pd.Series:
    """The row of `Corpus.complexes` of a complex.

    Raises:
        Problem: there is none with this key.
    """
    table = snapshot.reviews().complexes
    rows = table[table["complex"].eq(key)]
    if rows.empty:
        raise Problem(404, "no-such-complex", "단지를 찾을 수 없습니다. 목록에서 선택해 주세요.")
    return rows.iloc[0]


def search(
    snapshot: Snapshot, question: Question, embeddings: Embeddings, page: int, size: int
) -> tuple[Hits, Nearest | None]:
    """A page of what answers a question, by words or by meaning; see `insight.search`."""
    corpus = snapshot.reviews()
    if not question.is_by_meaning:
        hits = search_words(corpus, question, index=snapshot.index(), page=page, size=size)
        return hits, None
    nearest = search_by_meaning(corpus, question, embeddings, page=page, size=size)
    return nearest.hits, nearest


def near_names(snapshot: Snapshot, typed: str) -> list[str]:
    """Names of complexes and places that are spelled nearly like what was typed, or as a list."""
    known = snapshot.reviews().complexes
    return near(typed, pd.concat([known[n] for n in _NAMED]).dropna().unique()) if typed else []


def topic_names(snapshot: Snapshot) -> list[str]:
    """Topics that any review speaks of, by name; none where no model told them."""
    try:
        return sorted(snapshot.query(queries.topics, Filters())["topic"])
    except (InsightError, InputError):
        return []


def in_words(texts: pd.DataFrame) -> pd.DataFrame:
    """Rows of `Corpus.texts` as files and answers hold them: their `label`, and `topics` as lists."""
    label = texts["positive"].map(LABEL_OF)
    return texts.assign(label=label, topics=texts["topics"].map(unpack_names))
