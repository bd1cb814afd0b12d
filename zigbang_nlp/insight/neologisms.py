"""New words of a corpus: what residents write as one word and no dictionary has."""

from __future__ import annotations

import pandas as pd

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.text.neologisms import NEW_WORD_COLUMNS, find_new_words

__all__ = ["NEW_WORD_COLUMNS", "new_words"]


def new_words(corpus: Corpus, *, min_count: int = 5) -> pd.DataFrame:
    """Words of the corpus that the dictionary doesn't have.

    Args:
        corpus: the reviews to search.
        min_count: words of fewer residents' reviews are left out.

    Returns:
        One row a word, by falling score, with the columns of `NEW_WORD_COLUMNS`; may be empty.

    Raises:
        InsightError: the corpus has fewer than 100 reviews.
    """
    reviews = corpus.texts["review"].nunique()
    if reviews < 100:
        raise insight_error(
            "리뷰 {reviews}건으로는 새 낱말을 찾을 수 없습니다. 적어도 100건이 필요합니다.",
            reviews=reviews,
        )
    return find_new_words(corpus.texts["text"], corpus.texts["review"], min_count)
