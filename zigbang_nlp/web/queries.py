"""What pages and the API ask: `insight.queries`, each answer kept by the snapshot."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight import queries
from zigbang_nlp.insight.by_meaning import Nearest, search_by_meaning
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.insight.opinions import WordFigures
from zigbang_nlp.insight.queries import SORTS, Filters, Sort
from zigbang_nlp.insight.searching import Hits, Question
from zigbang_nlp.insight.sentiment import Measure
from zigbang_nlp.insight.similar_names import near
from zigbang_nlp.insight.similar_names import suggested as suggested_names
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.problems import Problem

#: Columns of `Corpus.complexes` by which people know a complex.
_NAMED = ("name", "district", "neighbourhood")

__all__ = ["SORTS", "Filters", "Sort"]


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
        raise Problem(
            404,
            "no-such-complex",
            "단지를 찾을 수 없습니다. 목록에서 선택해 주세요.",
        )
    return rows.iloc[0]


def search(
    snapshot: Snapshot, question: Question, embeddings: Embeddings, page: int, size: int
) -> tuple[Hits, Nearest | None]:
    """A page of what answers a question, by words or by meaning; see `insight.search`."""
    if not question.is_by_meaning:
        return snapshot.search(question, page=page, size=size), None
    nearest = search_by_meaning(snapshot.reviews(), question, embeddings, page=page, size=size)
    return nearest.hits, nearest


def suggested(snapshot: Snapshot, typed: str) -> list[dict[str, str]]:
    """See `insight.similar_names.suggested`."""
    return suggested_names(
        snapshot.reviews().complexes, typed
    )  # not kept: each letter is a question


def near_names(snapshot: Snapshot, typed: str) -> list[str]:
    """Names of complexes and places that are spelled nearly like what was typed, or as a list."""
    known = snapshot.reviews().complexes
    return near(typed, pd.concat([known[n] for n in _NAMED]).dropna().unique()) if typed else []


def topic_names(snapshot: Snapshot) -> list[str]:
    """Topics that any review speaks of, by name; none where no model told them."""
    try:
        return sorted(topics(snapshot, Filters())["topic"])
    except (InsightError, InputError):
        return []


def profile(snapshot: Snapshot, filters: Filters) -> pd.DataFrame:
    """See `insight.queries.profile`."""
    return snapshot.query(queries.profile, filters)


def trend(
    snapshot: Snapshot, filters: Filters, period: str, topic: str | None = None
) -> pd.DataFrame:
    """See `insight.queries.trend`."""
    return snapshot.query(queries.trend, filters, _period(period), topic)


def mention_trend(snapshot: Snapshot, filters: Filters, word: str, period: str) -> pd.DataFrame:
    """See `insight.queries.mention_trend`."""
    return snapshot.query(queries.mention_trend, filters, word, _period(period))


def word(snapshot: Snapshot, filters: Filters, typed: str) -> WordFigures:
    """See `insight.queries.word`."""
    return snapshot.query(queries.word, filters, typed)


def keywords(snapshot: Snapshot, filters: Filters, min_count: int = 5) -> pd.DataFrame:
    """See `insight.queries.keywords`."""
    return snapshot.query(queries.keywords, filters, min_count)


def related(snapshot: Snapshot, word: str, top: int = 12) -> pd.DataFrame:
    """See `insight.queries.related`."""
    return snapshot.query(queries.related, word, top)


def compare(
    snapshot: Snapshot, one: str, other: str, kind: Literal["complex", "region"]
) -> pd.DataFrame:
    """See `insight.queries.compare`."""
    return snapshot.query(queries.compare, one, other, kind)


def before_after(
    snapshot: Snapshot,
    filters: Filters,
    base_since: str | None = None,
    base_until: str | None = None,
) -> pd.DataFrame:
    """See `insight.queries.before_after`."""
    return snapshot.query(queries.before_after, filters, base_since, base_until)


def topics(snapshot: Snapshot, filters: Filters) -> pd.DataFrame:
    """See `insight.queries.topics`."""
    return snapshot.query(queries.topics, filters)


def typical_words(
    snapshot: Snapshot, place: str, sentiment: Literal["positive", "negative"]
) -> pd.DataFrame:
    """See `insight.queries.typical_words`."""
    return snapshot.query(queries.typical_words, place, sentiment)


def reviews(
    snapshot: Snapshot,
    complex_key: str,
    label: str | None = None,
    topic: str | None = None,
    category: str | None = None,
) -> pd.DataFrame:
    """See `insight.queries.reviews`.

    Raises:
        Problem: there is no complex with this key.
    """
    one_complex(snapshot, complex_key)
    return queries.reviews(snapshot.reviews(), complex_key, label, topic, category)


def _period(name: str) -> Any:
    if name not in ("month", "quarter", "year"):
        raise InputError(f"There is no period {name!r}.", "Use month, quarter, year.")
    return name
