"""The questions that pages, the API, the report and the command line ask: each in one place.

Every query takes a `Corpus` of everything first; filters, what is recent, and how a complex is
found are the same for all who ask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.by_topic import topics as topics_of
from zigbang_nlp.insight.comparison import compare as compare
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.filters import find_complexes, of_category
from zigbang_nlp.insight.keyness import keywords as keywords_of
from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.opinions import WordFigures, word_figures
from zigbang_nlp.insight.periods import Period
from zigbang_nlp.insight.periods import mention_trend as mention_trend_of
from zigbang_nlp.insight.periods import trend as trend_of
from zigbang_nlp.insight.related_words import related as related_to
from zigbang_nlp.insight.sentiment import Measure, where
from zigbang_nlp.insight.two_periods import before_after as before_after_of
from zigbang_nlp.insight.typical import typical_words as typical_words_of
from zigbang_nlp.packing import unpack_names

Sort = Literal["best", "worst", "most", "name"]
#: How a list of complexes may be sorted -> (column, ascending).
SORTS: dict[str, tuple[str, bool]] = {
    "best": ("low", False),
    "worst": ("high", True),
    "most": ("texts", False),
    "name": ("name", True),
}


@dataclass(frozen=True)
class Filters:
    """Which reviews are meant; None means all.

    Attributes:
        region, since, until, complexes, category: see `Corpus.narrowed`; both ends of a period are
            optional and inclusive everywhere.
        topic: only texts that speak of it.
        named: only complexes that `listed` finds by these words.
        min_texts: only complexes with so many texts that are meant.
    """

    region: str | None = None
    category: str | None = None
    since: str | None = None
    until: str | None = None
    complexes: tuple[str, ...] = ()
    topic: str | None = None
    named: str = ""
    min_texts: int = 1

    def of(self, corpus: Corpus) -> Corpus:
        """The part of the corpus that is meant.

        Raises:
            InputError, InsightError: see `Corpus.narrowed`.
        """
        if self == Filters():
            return corpus
        if self.topic is not None:
            spoken = opinions(corpus, ())
            corpus = corpus.of_texts(
                corpus.texts.index.isin(spoken.index[spoken["topic"] == self.topic])
            )
        corpus = corpus.narrowed(
            region=self.region,
            since=self.since,
            until=self.until,
            complexes=self.complexes,
            category=self.category,
        )
        if not self.named and self.min_texts <= 1:
            return corpus
        table = where(corpus, topic=self.topic, min_texts=self.min_texts)
        return corpus.of_complexes(listed(table, named=self.named)["complex"])

    def pairs(self) -> list[tuple[str, str]]:
        """(filter, value) of those that are set, in reading order; for a caption."""
        pairs = [("region", self.region), ("category", self.category)]
        pairs += [("since", self.since), ("until", self.until)]
        pairs += [("complex", name) for name in self.complexes]
        pairs += [("topic", self.topic), ("named", self.named)]
        pairs += [("min_texts", str(self.min_texts) if self.min_texts > 1 else None)]
        return [(name, value) for name, value in pairs if value]


def complexes(
    corpus: Corpus,
    filters: Filters,
    min_texts: int = 1,
    topic: str | None = None,
    measure: Measure = "positive",
) -> pd.DataFrame:
    """Complexes with their sentiment, or with their complaints; see `where`."""
    return where(filters.of(corpus), topic=topic, measure=measure, min_texts=min_texts)


def listed(table: pd.DataFrame, sort: Sort = "best", named: str = "") -> pd.DataFrame:
    """A table of `complexes` in another order, perhaps of some only, perhaps of none.

    Args:
        table: of `complexes`.
        sort: a key of `SORTS`.
        named: only those whose name, district or neighbourhood holds each of these words.
    """
    text = table["name"].str.cat(table[["district", "neighbourhood"]].fillna(""), sep=" ")
    for word in named.split():
        table = table[text.reindex(table.index).str.contains(word, regex=False, case=False)]
    column, ascending = SORTS[sort]
    return table.sort_values(column, ascending=ascending, kind="stable").reset_index(drop=True)


def one_complex(corpus: Corpus, name: str) -> pd.Series:
    """The row of `Corpus.complexes` that is called so, by key, id, name or part of the name.

    Raises:
        InputError: none is; `next_step` says which are near.
    """
    return find_complexes(corpus.complexes, name).iloc[0]


def profile(corpus: Corpus, filters: Filters) -> pd.DataFrame:
    """Sentiment by category of the reviews that are meant."""
    return where(filters.of(corpus), "category")


def trend(
    corpus: Corpus, filters: Filters, period: Period, topic: str | None = None
) -> pd.DataFrame:
    """Sentiment by period, over all or of one topic; see `insight.TREND_COLUMNS`."""
    return trend_of(filters.of(corpus), period, topic=topic)


def mention_trend(corpus: Corpus, filters: Filters, word: str, period: Period) -> pd.DataFrame:
    """How often a word is mentioned by period, see `insight.MENTION_COLUMNS`."""
    return mention_trend_of(filters.of(corpus), word, period)


def word(corpus: Corpus, filters: Filters, typed: str) -> WordFigures:
    """A word's mentions beside the opinions on its topic, see `insight.word_figures`."""
    return word_figures(filters.of(corpus), typed)


def keywords(corpus: Corpus, filters: Filters, min_count: int = 5) -> pd.DataFrame:
    """Words that rise and fall in the period of the filters, or recently where it is open.

    See `insight.KEYWORD_COLUMNS`; `attrs["since"]` and `attrs["until"]` say the period.
    """
    place = replace(filters, since=None, until=None).of(corpus)
    return keywords_of(place, filters.since, filters.until, min_count=min_count)


def related(corpus: Corpus, typed: str, top: int = 12) -> pd.DataFrame:
    """Words related to a word, see `insight.RELATED_COLUMNS`."""
    return related_to(corpus, typed, top=top)


def before_after(
    corpus: Corpus,
    filters: Filters,
    base_since: str | None = None,
    base_until: str | None = None,
) -> pd.DataFrame:
    """What changed in the period of the filters, or recently; see `insight.before_after`."""
    place = replace(filters, since=None, until=None).of(corpus)
    return before_after_of(
        place, filters.since, filters.until, base_since=base_since, base_until=base_until
    )


def topics(corpus: Corpus, filters: Filters) -> pd.DataFrame:
    """How often and how well each topic is spoken of, see `insight.TOPIC_COLUMNS`."""
    return topics_of(filters.of(corpus))


def typical_words(
    corpus: Corpus, place: str, sentiment: Literal["positive", "negative"]
) -> pd.DataFrame:
    """Words of one complex against all others, see `insight.TYPICAL_COLUMNS`."""
    return typical_words_of(corpus, place, sentiment=sentiment, min_count=3)


def reviews(
    corpus: Corpus,
    complex_key: str,
    label: str | None = None,
    topic: str | None = None,
    category: str | None = None,
) -> pd.DataFrame:
    """Rows of `Corpus.texts` of one complex, the newest first.

    Args:
        corpus: the texts to choose from.
        complex_key: as in `Corpus.complexes`.
        label: "positive" or "negative", or None for all, also those that no model could judge.
        topic: only texts of this topic.
        category: only texts of this category.

    Raises:
        InputError: there is no such label or category.
    """
    table = corpus.texts[corpus.texts["complex"].eq(complex_key)]
    if label:
        if label not in ("positive", "negative"):
            raise InputError(f"There is no label {label!r}.", "Use positive or negative.")
        table = table[table["positive"].eq(float(label == "positive"))]
    if category:
        table = table[of_category(table, category)]
    if topic:
        table = table[[topic in unpack_names(cell) for cell in table["topics"]]]
    return table.sort_values("written_at", ascending=False, na_position="last", kind="stable")
