"""Many predictions -> what residents say: where, about what, since when, in which words.

>>> import pandas as pd
>>> from zigbang_nlp import insight
>>> texts = pd.DataFrame({"text": ["역이 가까워요", "주차가 힘들어요"], "probability": [0.9, 0.1]})
>>> texts["positive"] = texts["probability"] >= 0.5
>>> float(insight.Corpus.from_frames(texts).judged["positive"].mean())
0.5

`insight.load("data/zigbang.db", region="노원구", since="2024")` reads a store, and
`insight.where(corpus)` is the first question.

Every function takes a `Corpus` and returns a plain DataFrame; its columns are documented in a dict
beside it (WHERE_COLUMNS for `where`). What the reviews can't say is an `InsightError`, whose
`sentence("ko")` or `sentence("en")` may stand where the chart would have stood; a wrong argument
is an `InputError`.

| function | says | columns |
|---|---|---|
| `load(store, region=, since=, until=, complexes=, sources=)` | the `Corpus`: `.texts`, `.complexes`, `.judged`, `.dated`, `.mentions`, `.narrowed(...)` | TEXT_COLUMNS, COMPLEX_COLUMNS |
| `where(corpus, by="complex", category=, topic=, measure="positive", precision=5, min_texts=1, level=0.95)` | sentiment, complaints or praise by complex, city, district, neighbourhood, geohash or category, or by who wrote it (residence, age, sex, married); ranks with ties | WHERE_COLUMNS |
| `word_figures(corpus, word, level=0.95)` | a word's mentions with its compounds, beside the opinions on its topic | FORM_COLUMNS |
| `compare(corpus, one, other, kind="complex", level=0.95)` | two complexes or regions: test and effect size, by category | COMPARE_COLUMNS |
| `standouts(corpus, by="complex", least=0.05, level=0.95)` | categories in which a place is better or worse than the others | STANDOUT_COLUMNS |
| `topics(corpus, level=0.95)` | how often each topic is spoken of, and how well | TOPIC_COLUMNS |
| `drivers(corpus, by="topic", own_text=False, level=0.95)` | what moves the recommendation score: regression coefficients | DRIVER_COLUMNS |
| `trend(corpus, period="month", category=, level=0.95)` | sentiment by month or quarter | TREND_COLUMNS |
| `mention_trend(corpus, words, period="month", level=0.95)` | how often words are mentioned, by month or quarter | MENTION_COLUMNS |
| `changes(corpus, period="month", least=0.05, level=0.95)` | when sentiment changed, over all and by category | CHANGE_COLUMNS |
| `keywords(corpus, since=, until=, base_since=, base_until=, min_count=5, level=0.95)` | words that rise and fall against a base period | KEYWORD_COLUMNS |
| `polar_words(corpus, min_count=5, level=0.95)` | words of positive and of negative texts | POLAR_COLUMNS |
| `typical_words(corpus, place, kind="complex", sentiment=, min_count=5)` | words of one complex or region against all others | TYPICAL_COLUMNS |
| `new_words(corpus, min_count=5)` | words that no dictionary has | NEW_WORD_COLUMNS |
| `search(corpus, Question(...), page=1, size=20)` | the reviews that answer a question: words, initials, typing errors, filters | HIT_COLUMNS |
| `search_by_meaning(corpus, Question(...), Embeddings(directory))` | the texts nearest in meaning, made ready by `zigbang-nlp embed` | HIT_COLUMNS |
| `before_after(corpus, since=, until=, base_since=, base_until=, level=0.95)` | every change between two periods, with its test | BEFORE_AFTER_COLUMNS |
| `corrected_shares(corpus, labels, by=None, category=, level=0.95)` | shares corrected for the classifier's errors by people's labels of a random sample | CORRECTED_COLUMNS |
| `labelling_queue(corpus, kind="random", size=100, seed=0)` | what people should look at first | QUEUE_COLUMNS |
| `duplicate_pairs(corpus, Embeddings(directory))` | texts that nearly say what an earlier one says | PAIR_OF_TEXTS_COLUMNS |
| `agreements(labels, level=0.95)` | whether people who label agree: kappa | AGREEMENT_COLUMNS |
| `joined(corpus, other)` | complexes with a table from elsewhere, by name and distance | JOIN_COLUMNS |
| `hedonic(table, target, properties, region="district")` | how prices go with what residents say | HEDONIC_COLUMNS |
| `clusters(table, value="share", neighbours=8)` | where values gather on the map: Moran's I and LISA | CLUSTER_COLUMNS |
| `related(corpus, word, top=10)` | words in like contexts, and words in the same reviews | RELATED_COLUMNS |
| `word_pairs(corpus, words)` | which words stand in the same texts: edges of a network | PAIR_COLUMNS |

The unit of counting is the resident's review for mentions, and the text (one of a review's five)
for sentiment; `where` says how intervals allow for texts of one resident.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from zigbang_nlp.errors import InsightError

if TYPE_CHECKING:
    from zigbang_nlp.insight.agreement import AGREEMENT_COLUMNS as AGREEMENT_COLUMNS
    from zigbang_nlp.insight.agreement import agreements as agreements
    from zigbang_nlp.insight.by_meaning import search_by_meaning as search_by_meaning
    from zigbang_nlp.insight.by_topic import DRIVER_COLUMNS as DRIVER_COLUMNS
    from zigbang_nlp.insight.by_topic import TOPIC_COLUMNS as TOPIC_COLUMNS
    from zigbang_nlp.insight.by_topic import drivers as drivers
    from zigbang_nlp.insight.by_topic import topics as topics
    from zigbang_nlp.insight.changepoints import CHANGE_COLUMNS as CHANGE_COLUMNS
    from zigbang_nlp.insight.changepoints import changes as changes
    from zigbang_nlp.insight.comparison import COMPARE_COLUMNS as COMPARE_COLUMNS
    from zigbang_nlp.insight.comparison import STANDOUT_COLUMNS as STANDOUT_COLUMNS
    from zigbang_nlp.insight.comparison import compare as compare
    from zigbang_nlp.insight.comparison import standouts as standouts
    from zigbang_nlp.insight.corpus import Corpus as Corpus
    from zigbang_nlp.insight.corrected import CORRECTED_COLUMNS as CORRECTED_COLUMNS
    from zigbang_nlp.insight.corrected import corrected_difference as corrected_difference
    from zigbang_nlp.insight.corrected import corrected_shares as corrected_shares
    from zigbang_nlp.insight.duplicates import PAIR_OF_TEXTS_COLUMNS as PAIR_OF_TEXTS_COLUMNS
    from zigbang_nlp.insight.duplicates import duplicate_pairs as duplicate_pairs
    from zigbang_nlp.insight.embeddings import Embeddings as Embeddings
    from zigbang_nlp.insight.frames import COMPLEX_COLUMNS as COMPLEX_COLUMNS
    from zigbang_nlp.insight.frames import TEXT_COLUMNS as TEXT_COLUMNS
    from zigbang_nlp.insight.keyness import KEYWORD_COLUMNS as KEYWORD_COLUMNS
    from zigbang_nlp.insight.keyness import keywords as keywords
    from zigbang_nlp.insight.labelling import QUEUE_COLUMNS as QUEUE_COLUMNS
    from zigbang_nlp.insight.labelling import labelling_queue as labelling_queue
    from zigbang_nlp.insight.labelling import sample_labels as sample_labels
    from zigbang_nlp.insight.neologisms import NEW_WORD_COLUMNS as NEW_WORD_COLUMNS
    from zigbang_nlp.insight.neologisms import new_words as new_words
    from zigbang_nlp.insight.opinions import FORM_COLUMNS as FORM_COLUMNS
    from zigbang_nlp.insight.opinions import WordFigures as WordFigures
    from zigbang_nlp.insight.opinions import word_figures as word_figures
    from zigbang_nlp.insight.periods import MENTION_COLUMNS as MENTION_COLUMNS
    from zigbang_nlp.insight.periods import TREND_COLUMNS as TREND_COLUMNS
    from zigbang_nlp.insight.periods import mention_trend as mention_trend
    from zigbang_nlp.insight.periods import trend as trend
    from zigbang_nlp.insight.polarity import POLAR_COLUMNS as POLAR_COLUMNS
    from zigbang_nlp.insight.polarity import polar_words as polar_words
    from zigbang_nlp.insight.prices import HEDONIC_COLUMNS as HEDONIC_COLUMNS
    from zigbang_nlp.insight.prices import hedonic as hedonic
    from zigbang_nlp.insight.reading import load as load
    from zigbang_nlp.insight.record_linkage import JOIN_COLUMNS as JOIN_COLUMNS
    from zigbang_nlp.insight.record_linkage import joined as joined
    from zigbang_nlp.insight.related_words import PAIR_COLUMNS as PAIR_COLUMNS
    from zigbang_nlp.insight.related_words import RELATED_COLUMNS as RELATED_COLUMNS
    from zigbang_nlp.insight.related_words import related as related
    from zigbang_nlp.insight.related_words import word_pairs as word_pairs
    from zigbang_nlp.insight.searching import HIT_COLUMNS as HIT_COLUMNS
    from zigbang_nlp.insight.searching import Hits as Hits
    from zigbang_nlp.insight.searching import Question as Question
    from zigbang_nlp.insight.searching import search as search
    from zigbang_nlp.insight.sentiment import WHERE_COLUMNS as WHERE_COLUMNS
    from zigbang_nlp.insight.sentiment import where as where
    from zigbang_nlp.insight.spatial import CLUSTER_COLUMNS as CLUSTER_COLUMNS
    from zigbang_nlp.insight.spatial import clusters as clusters
    from zigbang_nlp.insight.two_periods import BEFORE_AFTER_COLUMNS as BEFORE_AFTER_COLUMNS
    from zigbang_nlp.insight.two_periods import before_after as before_after
    from zigbang_nlp.insight.typical import TYPICAL_COLUMNS as TYPICAL_COLUMNS
    from zigbang_nlp.insight.typical import typical_words as typical_words

#: module -> what it offers; imported on demand, so that importing this package costs nothing.
_OFFERED: dict[str, tuple[str, ...]] = {
    "reading": ("load",),
    "corpus": ("Corpus",),
    "frames": ("TEXT_COLUMNS", "COMPLEX_COLUMNS"),
    "sentiment": ("where", "WHERE_COLUMNS"),
    "comparison": ("compare", "standouts", "COMPARE_COLUMNS", "STANDOUT_COLUMNS"),
    "opinions": ("word_figures", "WordFigures", "FORM_COLUMNS"),
    "two_periods": ("before_after", "BEFORE_AFTER_COLUMNS"),
    "corrected": ("corrected_shares", "corrected_difference", "CORRECTED_COLUMNS"),
    "labelling": ("labelling_queue", "sample_labels", "QUEUE_COLUMNS"),
    "duplicates": ("duplicate_pairs", "PAIR_OF_TEXTS_COLUMNS"),
    "agreement": ("agreements", "AGREEMENT_COLUMNS"),
    "record_linkage": ("joined", "JOIN_COLUMNS"),
    "prices": ("hedonic", "HEDONIC_COLUMNS"),
    "spatial": ("clusters", "CLUSTER_COLUMNS"),
    "searching": ("search", "Question", "Hits", "HIT_COLUMNS"),
    "by_meaning": ("search_by_meaning",),
    "embeddings": ("Embeddings",),
    "by_topic": ("topics", "drivers", "TOPIC_COLUMNS", "DRIVER_COLUMNS"),
    "periods": ("trend", "mention_trend", "TREND_COLUMNS", "MENTION_COLUMNS"),
    "changepoints": ("changes", "CHANGE_COLUMNS"),
    "keyness": ("keywords", "KEYWORD_COLUMNS"),
    "polarity": ("polar_words", "POLAR_COLUMNS"),
    "typical": ("typical_words", "TYPICAL_COLUMNS"),
    "neologisms": ("new_words", "NEW_WORD_COLUMNS"),
    "related_words": ("related", "word_pairs", "RELATED_COLUMNS", "PAIR_COLUMNS"),
}
_HOMES = {name: module for module, names in _OFFERED.items() for name in names}

__all__ = ["InsightError", *_HOMES]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
