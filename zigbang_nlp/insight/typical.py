"""What a place is loved or known for: words that more of its residents use than those elsewhere.

Residents are counted, not texts, since the texts of one resident repeat each other.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.keyness import words_against
from zigbang_nlp.language.bilingual import refuse_few
from zigbang_nlp.language.i18n import N_

#: Columns of `typical_words`.
TYPICAL_COLUMNS: dict[str, str] = {
    "word": "as people write it",
    "kind": "noun, predicate or foreign",
    "mentions": "residents of the place who mention it",
    "reviews": "residents of the place whose texts were read",
    "rate": "mentions / reviews",
    "base_mentions": "residents of all other places who mention it",
    "base_reviews": "residents of all other places whose texts were read",
    "base_rate": "base_mentions / base_reviews",
    "ratio": "rate / base_rate; infinite for a word that is used nowhere else",
    "low": "lower end of the interval of `ratio`",
    "high": "upper end",
    "p_value": "of equal rates here and elsewhere (Fisher's exact test, two-sided)",
    "q_value": "p_value corrected for looking at so many words (Benjamini & Hochberg 1995)",
    "significant": "whether q_value makes it a finding",
}

#: Residents that both sides need at least; the test is exact, so few will do.
FEWEST_RESIDENTS = 3
_TOO_FEW = (
    N_("이곳에서 이런 글을 쓴 주민이 {count}명뿐입니다. 적어도 {least}명이 필요합니다."),
    N_("다른 곳에서 이런 글을 쓴 주민이 {count}명뿐입니다. 적어도 {least}명이 필요합니다."),
)


def typical_words(
    corpus: Corpus,
    place: str,
    kind: Literal["complex", "region"] = "complex",
    *,
    sentiment: Literal["positive", "negative"] | None = None,
    min_count: int = 5,
    level: float = 0.95,
) -> pd.DataFrame:
    """Words of one complex or region against all others: what it is loved or known for.

    Args:
        corpus: the texts to count, with their predictions.
        place: of the complex (see `Corpus.narrowed`) or the region.
        kind: what `place` is: "complex" or "region".
        sentiment: only positive, or only negative texts, on both sides.
        min_count: words that fewer residents mention, of all places together, are left out.
        level: of the interval of the ratio.

    Returns:
        One row a word, the surest first; see `TYPICAL_COLUMNS`. Words that are rarer here than
        elsewhere are among them, with a ratio below 1.

    Raises:
        InputError: there is no such place.
        InsightError: too few residents wrote such texts here, or elsewhere; or nothing is judged.
    """
    here = corpus.narrowed(**({"region": place} if kind == "region" else {"complexes": [place]}))
    inside = corpus.complexes["complex"].isin(here.complexes["complex"]).to_numpy()[corpus.places]
    chosen = np.ones(len(inside), bool)
    if sentiment is not None:
        corpus.judged  # noqa: B018 - raises where nothing is judged
        chosen = corpus.texts["positive"].to_numpy() == float(sentiment == "positive")
    k, n = corpus.remembered(
        ("residents who mention", sentiment), lambda: _residents_who_mention(corpus, chosen)
    )
    k1, n1 = _residents_who_mention(corpus, inside & chosen)
    for count, too_few in zip((n1, n - n1), _TOO_FEW, strict=True):
        refuse_few(count, FEWEST_RESIDENTS, too_few)
    words = corpus.mentions.words
    table = words_against(words, k1, n1, k - k1, n - n1, min_count=min_count, level=level)
    return table[list(TYPICAL_COLUMNS)]


def _residents_who_mention(corpus: Corpus, chosen: np.ndarray) -> tuple[np.ndarray, int]:
    """(residents who mention each word in some of the chosen texts, those who wrote any of them)."""
    rows = np.flatnonzero(chosen)
    resident, residents = pd.factorize(corpus.texts["review"].to_numpy()[rows])
    texts_of = sparse.csr_matrix(
        (np.ones(len(rows), np.uint8), (resident, np.arange(len(rows)))),
        shape=(len(residents), len(rows)),
    )
    return (texts_of @ corpus.mentions.by_text[rows]).getnnz(axis=0), len(residents)
