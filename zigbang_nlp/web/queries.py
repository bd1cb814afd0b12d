"""What pages and the API ask of the reviews. Answers are frames of `insight`, kept by the edition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.problems import Problem

#: How the list of complexes may be sorted -> (column, ascending).
SORTS: dict[str, tuple[str, bool]] = {
    "best": ("low", False),
    "worst": ("high", True),
    "most": ("texts", False),
    "name": ("name", True),
}
Sort = Literal["best", "worst", "most", "name"]

#: Months of the period whose words are held against the time before it, where nothing else is said.
_RECENT_MONTHS = 12


@dataclass(frozen=True)
class Filters:
    """Which reviews are meant. Empty means all; see `Corpus.narrowed`."""

    region: str | None = None
    category: str | None = None
    since: str | None = None
    until: str | None = None
    complexes: tuple[str, ...] = ()

    def of(self, corpus: Corpus) -> Corpus:
        """The part of the corpus that is meant."""
        if self == Filters():
            return corpus
        return corpus.narrowed(
            region=self.region,
            since=self.since,
            until=self.until,
            complexes=self.complexes,
            category=self.category,
        )


def complexes(
    snapshot: Snapshot, filters: Filters, sort: Sort = "best", min_texts: int = 1, named: str = ""
) -> pd.DataFrame:
    """Complexes with their sentiment, see `insight.WHERE_COLUMNS`; sorted, perhaps none.

    Args:
        named: only those whose name or district holds this.
    """

    def find(corpus: Corpus) -> pd.DataFrame:
        return insight.where(filters.of(corpus), min_texts=min_texts)

    table = snapshot.ask(("complexes", filters, min_texts), find)
    if words := named.split():
        text = table["name"].str.cat(table["district"].fillna(""), sep=" ")
        for word in words:
            table = table[text.reindex(table.index).str.contains(word, regex=False, case=False)]
    column, ascending = SORTS[sort]
    return table.sort_values(column, ascending=ascending, kind="stable").reset_index(drop=True)


def one_complex(snapshot: Snapshot, key: str) -> pd.Series:
    """The row of `Corpus.complexes` of a complex.

    Raises:
        Problem: there is none with this key.
    """
    table = snapshot.reviews().complexes
    found = table[table["complex"].eq(key)]
    if found.empty:
        raise Problem(
            404,
            "no-such-complex",
            "그런 단지가 없습니다. 목록에서 골라 주세요.",
            "There is no such complex. Choose one from the list.",
        )
    return found.iloc[0]


def profile(snapshot: Snapshot, filters: Filters) -> pd.DataFrame:
    """Sentiment by category of the reviews that are meant."""
    return snapshot.ask(
        ("profile", filters), lambda corpus: insight.where(filters.of(corpus), "category")
    )


def trend(snapshot: Snapshot, filters: Filters, period: str) -> pd.DataFrame:
    """Sentiment by period, see `insight.TREND_COLUMNS`."""
    return snapshot.ask(
        ("trend", filters, period),
        lambda corpus: insight.trend(filters.of(corpus), _period(period)),
    )


def mention_trend(snapshot: Snapshot, filters: Filters, word: str, period: str) -> pd.DataFrame:
    """How often a word is mentioned by period, see `insight.MENTION_COLUMNS`."""
    return snapshot.ask(
        ("mentions", filters, word, period),
        lambda corpus: insight.mention_trend(filters.of(corpus), word, _period(period)),
    )


def keywords(snapshot: Snapshot, filters: Filters, min_count: int = 5) -> pd.DataFrame:
    """Words that rise and fall in the period of the filters, by default the last 12 months.

    See `insight.KEYWORD_COLUMNS`; `attrs["since"]` and `attrs["until"]` say the period.
    """

    def find(corpus: Corpus) -> pd.DataFrame:
        place = replace(filters, since=None, until=None).of(corpus)
        newest = place.dated["written_at"].max()
        start = newest - pd.DateOffset(months=_RECENT_MONTHS) + pd.DateOffset(days=1)
        since = filters.since or start.date().isoformat()
        until = filters.until or (None if filters.since else newest.date().isoformat())
        table = insight.keywords(place, since, until, min_count=min_count)
        table.attrs = {"since": since, "until": until or since}
        return table

    return snapshot.ask(("keywords", filters, min_count), find)


def related(snapshot: Snapshot, word: str, top: int = 12) -> pd.DataFrame:
    """Words related to a word, see `insight.RELATED_COLUMNS`."""
    return snapshot.ask(
        ("related", word, top), lambda corpus: insight.related(corpus, word, top=top)
    )


def compare(
    snapshot: Snapshot, one: str, other: str, kind: Literal["complex", "region"]
) -> pd.DataFrame:
    """Two places side by side, see `insight.COMPARE_COLUMNS`."""
    return snapshot.ask(
        ("compare", one, other, kind), lambda corpus: insight.compare(corpus, one, other, kind)
    )


def topics(snapshot: Snapshot, filters: Filters) -> pd.DataFrame:
    """How often and how well each topic is spoken of, see `insight.TOPIC_COLUMNS`."""
    return snapshot.ask(("topics", filters), lambda corpus: insight.topics(filters.of(corpus)))


def typical_words(
    snapshot: Snapshot, place: str, sentiment: Literal["positive", "negative"]
) -> pd.DataFrame:
    """Words of one complex against all others, see `insight.TYPICAL_COLUMNS`."""
    return snapshot.ask(
        ("typical", place, sentiment),
        lambda corpus: insight.typical_words(corpus, place, sentiment=sentiment, min_count=3),
    )


def reviews(
    snapshot: Snapshot,
    complex_key: str,
    label: str | None = None,
    topic: str | None = None,
    category: str | None = None,
) -> pd.DataFrame:
    """Rows of `Corpus.texts` of one complex, the newest first."""
    one_complex(snapshot, complex_key)
    table = snapshot.reviews().texts
    table = table[table["complex"].eq(complex_key)]
    if label:
        table = table[table["positive"].eq(float(label == "positive"))]
    if category:
        table = table[table["category"].eq(category)]
    if topic:
        spoken = table["topics"].map(lambda said: topic in said.split("\t") if said else False)
        table = table[spoken.astype(bool)]
    return table.sort_values("written_at", ascending=False, na_position="last", kind="stable")


def _period(name: str) -> Literal["month", "quarter", "year"]:
    if name not in ("month", "quarter", "year"):
        raise InputError(f"There is no period {name!r}.", "Use month, quarter, year.")
    return name  # type: ignore[return-value]
