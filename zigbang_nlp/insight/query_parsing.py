"""How the words of a question are read: as letters, as a word, as initials, as a filter in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from zigbang_nlp.geo.addresses import in_region
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.finding import TextIndex
from zigbang_nlp.insight.opinions import mentioned, topic_names, topic_of
from zigbang_nlp.text.letters import are_initials, initials, jamo, squeezed
from zigbang_nlp.text.words import content_words, morphemes, shown

#: Words of a question that say which label is meant, and those that say nothing.
_LABELS = {
    "negative": {"불평", "불만", "단점", "부정", "불편", "비판", "아쉬운", "싫어하"},
    "positive": {"칭찬", "장점", "긍정", "만족", "좋아하"},
}
_SAYS_NOTHING = {"리뷰", "후기", "글", "사람", "주민", "얘기", "이야기", "아파트", "단지"}
#: Last syllables of a region's name; 강남 alone may be the station.
_REGION_ENDS = "시도군구읍면동"
_WORDS = re.compile(r'"([^"]+)"|(\S+)')
#: Words that initials stand for at most, and how like a word must be one that nobody wrote (0-100).
_MOST_WORDS, _LEAST_LIKE = 8, 78


@dataclass(frozen=True)
class Reading:
    """How a word of the question was read.

    Attributes:
        asked: as it stood in the question.
        read_as: "text", "word", "initials", "typo", "region", "label", "topic".
        value: what was looked for: words, a region, a label.
    """

    asked: str
    read_as: str
    value: str


@dataclass(frozen=True)
class Term:
    """One word of a question: which texts hold it, and what to mark in them.

    Attributes:
        texts: bool, rows of `Corpus.texts`.
        runs: letters to mark wherever they stand.
        forms: stored words (text.words); a written word that holds one is marked.
    """

    texts: np.ndarray
    runs: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()


def read_words(corpus: Corpus, text: str, index: TextIndex) -> tuple[list[Term], list[Reading]]:
    """What the words of a question look for.

    Args:
        corpus: whole, as `insight.load` gives it.
        text: the question.
        index: of the corpus.

    Returns:
        (terms, each of which must hold, how each word was read). A reading as a region, a label
        or a topic is a filter for the caller to set, and no term.
    """
    terms, readings = [], []
    plain: list[tuple[str, str]] = []
    for match in _WORDS.finditer(text):
        quoted, word = match.groups()
        if quoted is not None:
            terms.append(_written(corpus, index, [squeezed(quoted)[0]]))
            readings.append(Reading(quoted, "text", quoted))
        elif squeezed(word)[0]:
            plain.append((word, squeezed(word)[0]))
    bare = {word: _without_particle(word) for word, _ in plain}
    label = next((name for word, _ in plain if (name := _label_of(word))), None)
    for word, letters in plain:
        noun = bare[word]
        name = _label_of(word)
        if len(plain) > 1 and noun in _SAYS_NOTHING:
            continue
        if name and len(plain) > 1:
            readings.append(Reading(word, "label", name))
        elif label and (topic := topic_of(corpus, noun)):
            readings.append(Reading(word, "topic", topic))
        elif _is_region(corpus, noun):
            readings.append(Reading(word, "region", noun))
        else:
            term, reading = _term(corpus, index, word, letters, noun)
            terms.append(term)
            readings.append(reading)
    return terms, readings


def _term(
    corpus: Corpus, index: TextIndex, word: str, letters: str, noun: str
) -> tuple[Term, Reading]:
    if are_initials(letters):
        known = corpus.remembered("vocabulary", lambda: _vocabulary(corpus))
        words = known["word"][known["initials"].eq(letters)].head(_MOST_WORDS).tolist()
        if words:
            return _written(corpus, index, words), Reading(word, "initials", ", ".join(words))
    if len(noun) == 1 and not noun.isdigit():
        texts, forms = mentioned(corpus, noun)
        runs = tuple("".join(form.split()) for form in forms["form"])
        return Term(texts, runs), Reading(word, "word", noun)
    run = squeezed(noun)[0] or letters
    term = _written(corpus, index, [run])
    predicates = frozenset(form for form in content_words(word) if form.endswith("-"))
    if predicates and noun == word:
        column = corpus.mentions.column(shown(next(iter(predicates))))
        if column is not None:
            also = np.asarray(corpus.mentions.by_text[:, [column]].sum(axis=1)).ravel() > 0
            return Term(term.texts | also, term.runs, predicates), Reading(word, "word", word)
    if not term.texts.any() and (near := _nearest(corpus, run)):
        return _written(corpus, index, [near]), Reading(word, "typo", near)
    return term, Reading(word, "text", noun)


def _written(corpus: Corpus, index: TextIndex, runs: list[str]) -> Term:
    texts = np.zeros(len(corpus.texts), bool)
    texts[index.rows([runs])] = True
    return Term(texts, tuple(runs))


def _without_particle(word: str) -> str:
    """주차를 without 를; a word of other kinds as it is."""
    parts = morphemes(word)
    ends = len(parts)
    while ends > 1 and parts[ends - 1].tag.startswith("J"):
        ends -= 1
    nouns = parts[:ends]
    if ends < len(parts) and all(part.tag[0] in "NSX" for part in nouns):
        return "".join(part.surface for part in nouns)
    return word


def _label_of(word: str) -> str | None:
    """The label that a word of a question means, such as 불평하는."""
    return next((n for n, stems in _LABELS.items() if any(word.startswith(s) for s in stems)), None)


def _is_region(corpus: Corpus, word: str) -> bool:
    known: dict[str, bool] = corpus.memo.setdefault("regions", {})
    if word not in known:
        named = len(word) > 1 and word[-1] in _REGION_ENDS
        known[word] = named and bool(in_region(corpus.complexes, word).any())
    return known[word]


def _vocabulary(corpus: Corpus) -> pd.DataFrame:
    """Topics and nouns of two reviews and more, the most frequent first: word, initials, jamo."""
    mentions = corpus.mentions
    counts = np.asarray(mentions.by_review.sum(axis=0)).ravel()
    nouns = mentions.words["kind"].isin(["noun", "new"]).to_numpy() & (counts > 1)
    by_word = pd.Series(counts[nouns], mentions.words["word"].to_numpy()[nouns])
    frequent = by_word.groupby(level=0).max().sort_values(ascending=False, kind="stable")
    words = list(dict.fromkeys([*topic_names(corpus), *frequent.index]))
    return pd.DataFrame({"word": words, "initials": map(initials, words), "jamo": map(jamo, words)})


def _nearest(corpus: Corpus, run: str) -> str | None:
    """The word that was probably meant by one that nobody wrote."""
    words = corpus.remembered("vocabulary", lambda: _vocabulary(corpus))
    nearest = process.extractOne(
        jamo(run), words["jamo"].tolist(), scorer=fuzz.ratio, score_cutoff=_LEAST_LIKE
    )
    return None if nearest is None or len(run) < 2 else str(words["word"].iloc[nearest[2]])
