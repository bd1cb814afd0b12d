"""Opinions on a topic, and mentions of a word: two figures that are easily taken for one another.

Somebody who writes "지하주차장에서 댁까지 바로 올라와요" mentions 주차 and may say nothing of parking;
somebody who writes "차 댈 데가 없어요" has an opinion on it without the word. A mention counts the
word, in whatever compound and spacing it stands; an opinion counts what the model found.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.rates import wilson
from zigbang_nlp.language.bilingual import input_error
from zigbang_nlp.packing import unpack_names
from zigbang_nlp.text.words import content_words, noun_parts, shown

#: Columns of `WordFigures.forms`.
FORM_COLUMNS: dict[str, str] = {
    "form": "the word or compound, as people write it; with a space where they wrote one",
    "reviews": "residents' reviews that hold it",
}

#: What may stand between the parts of a word; pyarrow's \s, unlike Python's, is ASCII alone.
_BLANKS = "[\\s\u00a0\u2000-\u200a\u202f\u205f\u3000]*"
#: Words whose mentions are kept with a corpus.
_REMEMBERED = 100


@dataclass(frozen=True)
class WordFigures:
    """How often a word is mentioned, and how often there is an opinion on its topic.

    Attributes:
        word: as it was asked for.
        mention_texts: which texts mention it, bool, rows of `Corpus.texts`.
        mentions: residents' reviews that do.
        reviews: residents' reviews in all.
        rate, low, high: mentions / reviews, and Wilson's interval of it.
        forms: the words and compounds that were counted; see `FORM_COLUMNS`.
        topic: the topic that the word names, or None.
        opinions: texts with an opinion on the topic that is known; `positive` of them praise.
        opinion_reviews: residents' reviews that these are of.
    """

    word: str
    mention_texts: np.ndarray
    mentions: int
    reviews: int
    rate: float
    low: float
    high: float
    forms: pd.DataFrame
    topic: str | None = None
    opinions: int = 0
    positive: int = 0
    opinion_reviews: int = 0


def word_figures(corpus: Corpus, word: str, *, level: float = 0.95) -> WordFigures:
    """Both figures of one word.

    Args:
        corpus: the reviews to count.
        word: as people write it, with or without spaces: 주차, "층간 소음", 시끄럽다.
        level: of the interval.

    Raises:
        InputError: the word is blank.
        InsightError: the reviews have no words.
    """
    texts, forms = mentioned(corpus, word)
    review = corpus.texts["review"]
    mentions, reviews = int(review[texts].nunique()), int(review.nunique())
    low, high = wilson(mentions, reviews, level)
    figures = WordFigures(
        word, texts, mentions, reviews, mentions / reviews, float(low), float(high), forms
    )
    topic = topic_of(corpus, word)
    if topic is None:
        return figures
    about = opinions(corpus, ("review",))
    about = about[about["topic"].eq(topic) & about["positive"].notna()]
    return replace(
        figures,
        topic=topic,
        opinions=len(about),
        positive=int(about["positive"].sum()),
        opinion_reviews=int(about["review"].nunique()),
    )


def mentioned(corpus: Corpus, word: str) -> tuple[np.ndarray, pd.DataFrame]:
    """Which texts mention a word, alone, within a compound, or with spaces between its parts.

    The compounds are those that Mecab's dictionary takes apart: 주차 is in 주차장 and 지하주차장,
    역 in 강남역, and not in 지역.

    Args:
        corpus: the reviews to search.
        word: as people write it.

    Returns:
        (bool (texts,), the forms that were counted, the most frequent first; see `FORM_COLUMNS`).

    Raises:
        InputError: the word is blank.
    """
    phrase = " ".join(word.split())
    if not phrase:
        raise input_error("검색어가 비어 있습니다.", "주차 같은 낱말을 입력해 주세요.")
    kept: OrderedDict[str, tuple[np.ndarray, pd.DataFrame]] = corpus.memo.setdefault(
        "mentioned", OrderedDict()
    )
    mentions = kept.get(phrase)
    if mentions is None:
        mentions = kept[phrase] = _look_for(corpus, phrase)
        if len(kept) > _REMEMBERED:
            kept.popitem(last=False)
    return mentions


def _look_for(corpus: Corpus, phrase: str) -> tuple[np.ndarray, pd.DataFrame]:
    mentions = corpus.mentions
    squeezed, meant = phrase.replace(" ", ""), noun_parts(phrase)
    # Its own forms, as people write them: 시끄럽다 for 시끄러워요.
    own = {squeezed}
    if " " not in phrase:
        own |= {shown(form) for form in content_words(phrase)}

    @cache
    def holds(stored: str) -> bool:
        """Whether a stored noun holds the word; Mecab may cut 주차선 into 주 and 차선."""
        form = stored.replace("+", "")
        edge = form.startswith(squeezed) or form.endswith(squeezed)
        return _holds(noun_parts(stored), meant) or ("+" in stored and len(squeezed) > 1 and edge)

    columns = [
        column
        for column, (form, kind, parts) in enumerate(
            mentions.words[["word", "kind", "parts"]].itertuples(index=False)
        )
        # In a word that no dictionary knows, letters must do.
        if form in own
        or (squeezed in form and (len(squeezed) > 1 if kind == "new" else holds(parts)))
    ]
    texts = np.asarray(mentions.by_text[:, columns].sum(axis=1)).ravel() > 0
    reviews = np.asarray(mentions.by_review[:, columns].sum(axis=0)).ravel()
    counts: dict[str, set[int]] = {}
    review = corpus.texts["review"].to_numpy()
    # Compounds too rare for a column of their own, and parts with spaces between them.
    spaced = _BLANKS.join(map(re.escape, meant or (squeezed,)))
    candidates = corpus.texts["text"].str.contains(spaced).to_numpy(bool) & ~texts
    for row in np.flatnonzero(candidates).tolist():
        text = str(corpus.texts["text"].iat[row])
        held = corpus.texts["words"].iat[row]
        stored = unpack_names(held) if isinstance(held, str) else content_words(text)
        forms = {form for form in stored if holds(form)}
        if len(meant) > 1 and not forms:
            forms = {" ".join(meant)}
        for form in forms:
            counts.setdefault(form, set()).add(int(review[row]))
        texts[row] = bool(forms)
    rows = list(zip(mentions.words["word"].iloc[columns], reviews.tolist(), strict=True))
    rows += [(form.replace("+", ""), len(held)) for form, held in counts.items()]
    table = pd.DataFrame(rows, columns=list(FORM_COLUMNS))
    table = table.groupby("form", sort=False)["reviews"].sum().reset_index()
    by = ["reviews", "form"]
    return texts, table.sort_values(by, ascending=[False, True], ignore_index=True)


def _holds(parts: tuple[str, ...], run: tuple[str, ...]) -> bool:
    """Whether `run` stands in `parts`, one after the other."""
    size = len(run)
    return any(parts[i : i + size] == run for i in range(len(parts) - size + 1))


def topic_names(corpus: Corpus) -> list[str]:
    """The topics that texts of the corpus are about, by name."""
    cells = corpus.texts["topics"]
    return corpus.remembered(
        "topics", lambda: sorted(set().union(*map(unpack_names, cells.dropna().unique())))
    )


def topic_of(corpus: Corpus, word: str) -> str | None:
    """The topic that a word names: its own name, or the only one that it is a part of.

    >>> from zigbang_nlp.insight import Corpus
    >>> import pandas as pd
    >>> texts = pd.DataFrame({"text": ["위층이 쿵쿵거려요"], "topics": ["층간소음"]})
    >>> topic_of(Corpus.from_frames(texts), "소음")
    '층간소음'
    """
    names = topic_names(corpus)
    squeezed = "".join(word.split())
    if squeezed in names:
        return squeezed
    parts = noun_parts(word)
    holding = [name for name in names if parts and _holds(noun_parts(name), parts)]
    return holding[0] if len(holding) == 1 else None
