"""Search over all reviews: what is written, by whom it is meant to be read as what, and where.

A word is found in whatever spacing and compound it stands (주차 in 지하주차장), by its initials
(ㅊㄱㅅㅇ), in its other forms (시끄러워요, 시끄럽다), and, where nobody wrote it so, with a typing
error (층간소엄). One syllable alone is found as a word, so that 역 doesn't find 지역.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.filters import days, narrowed_complexes, of_category
from zigbang_nlp.insight.finding import TextIndex, index_of, marked_spans
from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.opinions import mentioned
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.query_parsing import Reading, Term, read_words
from zigbang_nlp.insight.rates import wilson
from zigbang_nlp.text.words import content_words

#: Columns of `Hits.table`, after those of the texts (frames.TEXT_COLUMNS).
HIT_COLUMNS: dict[str, str] = {
    "name": "of the complex",
    "district": "of the complex, or None",
    "spans": "(start, end) of what was found in the text, ascending",
}


@dataclass(frozen=True)
class Question:
    """What is looked for; None and blank mean anything.

    Attributes:
        text: words, each of which must be there; "in quotes" as it is written.
        label: "positive" or "negative", of the topic where there is one.
        topic: see `insight.topics`.
        filters: region, category, period, complexes.
        score: lowest and highest score of the text, inclusive, each optional.
        mention: a word whose mentions are meant, as `insight.word_figures` counts them: with its
            compounds, without words that only hold its letters.
        by_meaning: `text` is no words but what is meant; see `by_meaning.search_by_meaning`.
        like: where `text` is blank, texts near in meaning to the one of this key are meant.
    """

    text: str = ""
    label: str | None = None
    topic: str | None = None
    filters: Filters = field(default_factory=Filters)
    score: tuple[float | None, float | None] = (None, None)
    mention: str = ""
    by_meaning: bool = False
    like: str = ""

    @property
    def is_by_meaning(self) -> bool:
        """Whether there is something to be near to."""
        return self.by_meaning if self.text.strip() else bool(self.like)


@dataclass(frozen=True)
class Hits:
    """What was found.

    Attributes:
        table: one page of it, the newest first; see `HIT_COLUMNS`.
        rows: all of it, rows of `Corpus.texts`, in the same order: int64 (texts,).
        texts, reviews: how many texts, and residents' reviews, were found.
        positive: positive ones among `judged`, the texts that a model could judge.
        share, low, high: positive / judged with Wilson's interval; NaN where none is judged.
        readings: how each word of the question was read.
    """

    table: pd.DataFrame
    rows: np.ndarray
    texts: int
    reviews: int
    judged: int
    positive: int
    share: float
    low: float
    high: float
    readings: tuple[Reading, ...] = ()


def search(
    corpus: Corpus,
    question: Question,
    *,
    index: TextIndex | None = None,
    page: int = 1,
    size: int = 20,
) -> Hits:
    """The texts that answer a question.

    Args:
        corpus: whole, as `insight.load` gives it.
        question: what is looked for.
        index: of the corpus; None means the one that is kept with it, see `finding.index_of`.
        page: which part of the hits `Hits.table` holds, from 1 on.
        size: rows of a page.

    Raises:
        InputError: a filter can't be read, or names nothing that the corpus has.
    """
    index = index_of(corpus) if index is None else index
    terms, readings = read_words(corpus, question.text, index)
    if question.mention.strip():
        texts, forms = mentioned(corpus, question.mention)
        terms.append(Term(texts, tuple("".join(form.split()) for form in forms["form"])))
    for reading in readings:
        if reading.read_as == "label":
            question = replace(question, label=question.label or reading.value)
        elif reading.read_as == "topic":
            question = replace(question, topic=question.topic or reading.value)
        elif reading.read_as == "region" and question.filters.region is None:
            question = replace(question, filters=replace(question.filters, region=reading.value))
    kept = filtered(corpus, question)
    for term in terms:
        kept &= term.texts
    rows = np.flatnonzero(kept)
    written = corpus.texts["written_at"].to_numpy()[rows]
    never = np.iinfo(np.int64).max
    age = np.where(np.isnat(written), never, -written.astype("datetime64[s]").astype(np.int64))
    rows = rows[np.argsort(age, kind="stable")]
    shown = with_places(corpus, rows[(page - 1) * size : page * size], terms)
    return counted(corpus, question, rows, shown, tuple(readings))


def counted(
    corpus: Corpus,
    question: Question,
    rows: np.ndarray,
    shown: pd.DataFrame,
    readings: tuple[Reading, ...] = (),
) -> Hits:
    """Hits of which the rows and one page are known, with their figures."""
    label = _labels(corpus, question.topic)[1][rows]
    judged, positive = int((~np.isnan(label)).sum()), int(np.nansum(label))
    low, high = wilson(positive, judged)
    return Hits(
        shown,
        rows,
        len(rows),
        len(np.unique(corpus.texts["review"].to_numpy()[rows])),
        judged,
        positive,
        positive / judged if judged else float("nan"),
        float(low),
        float(high),
        readings,
    )


def filtered(corpus: Corpus, question: Question) -> np.ndarray:
    """Which texts the filters of a question let through: bool (texts,).

    Raises:
        InputError: a filter can't be read, or names nothing that the corpus has.
    """
    texts, filters = corpus.texts, question.filters
    kept = np.ones(len(texts), bool)
    if filters.region is not None or filters.complexes:
        places = corpus.remembered(
            ("at places", filters.region, filters.complexes), lambda: _at_places(corpus, filters)
        )
        kept &= places[corpus.places]
    if filters.category is not None:
        kept &= of_category(texts, filters.category).to_numpy()
    if filters.since is not None or filters.until is not None:
        span = days(filters.since, filters.until)
        kept &= texts["written_at"].between(*span, inclusive="left").to_numpy()
    low, high = question.score
    score = texts["score"].to_numpy()
    if low is not None:
        kept &= score >= low
    if high is not None:
        kept &= score <= high
    about, label, praised = _labels(corpus, question.topic)
    kept &= about
    if question.label is not None:
        if question.label not in ("positive", "negative"):
            raise InputError(f"There is no label {question.label!r}.", "Use positive or negative.")
        kept &= praised if question.label == "positive" else label == 0
    return kept


def _labels(corpus: Corpus, topic: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each text says of a topic, or, without one, as a whole; all three (texts,).

    Returns:
        (which are about it; 1.0, 0.0 or NaN, with 0.0 where a complaint is among the opinions;
        which hold praise).
    """
    return corpus.remembered(("labels", topic), lambda: _read_labels(corpus, topic))


def _read_labels(corpus: Corpus, topic: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    label = corpus.texts["positive"].to_numpy(float)
    if topic is None:
        return np.ones(len(label), bool), label, label == 1
    spoken = opinions(corpus, ())
    spoken = spoken[spoken["topic"].eq(topic) & spoken["positive"].notna()]
    own = spoken["positive"].groupby(level=0)
    lowest = own.min().reindex(corpus.texts.index).to_numpy(float)
    highest = own.max().reindex(corpus.texts.index).to_numpy(float)
    return ~np.isnan(lowest), lowest, highest == 1


def _at_places(corpus: Corpus, filters: Filters) -> np.ndarray:
    """Which rows of `Corpus.complexes` are meant."""
    meant = narrowed_complexes(corpus.complexes, filters.region, filters.complexes)["complex"]
    return corpus.complexes["complex"].isin(meant).to_numpy()


def with_places(corpus: Corpus, rows: np.ndarray, terms: Sequence[Term] = ()) -> pd.DataFrame:
    """Rows of `Corpus.texts` with `HIT_COLUMNS`."""
    runs = [run for term in terms for run in term.runs]
    forms = frozenset(form for term in terms for form in term.forms)
    places = corpus.complexes.iloc[corpus.places[rows]]
    texts = corpus.texts.iloc[rows]
    spans = [_spans(text, runs, forms) for text in texts["text"]]
    return texts.assign(
        name=places["name"].to_numpy(),
        district=places["district"].to_numpy(),
        spans=pd.Series(spans, texts.index, dtype=object),
    )


def _spans(text: str, runs: list[str], forms: frozenset[str]) -> list[tuple[int, int]]:
    spans = marked_spans(text, runs)
    if forms:
        words = re.finditer(r"\S+", text)
        others = [w.span() for w in words if forms & set(content_words(w.group()))]
        spans = sorted(
            {*spans, *(o for o in others if not any(s < o[1] and o[0] < e for s, e in spans))}
        )
    return spans
