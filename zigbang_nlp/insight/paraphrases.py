"""Texts that somebody wrote anew from another: the same in meaning, and in much of their letters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from zigbang_nlp.insight.by_meaning import places_of
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.text.letters import squeezed

#: Cosine and likeness of letters (0 to 100) of two such texts at least, measured on residents'
#: texts: by meaning alone half of the pairs say the same in words of their own, by letters alone
#: whatever was moved about is missed (data/LOG.md).
_NEAR, _LIKE = 0.97, 60
#: Fewer letters are alike by nature.
SHORTEST = 20
#: Texts that are held against as many others at once.
_BLOCK = 2_000


def rewritten(corpus: Corpus, embeddings: Embeddings) -> pd.DataFrame:
    """Texts that say in much the same words what an earlier one says.

    The work grows with the square of the texts: about two minutes of a core for 100,000.

    Args:
        corpus: the texts.
        embeddings: of them; texts without a vector are passed over.

    Returns:
        As `duplicates.near_duplicates`: indexed by the row of `Corpus.texts`, urgency (likeness of
        the letters, 0 to 1) and other, the row of the earliest text that it resembles.
    """
    letters = [squeezed(text)[0] for text in corpus.texts["text"]]
    places = places_of(corpus, embeddings)
    usable = np.array([len(run) >= SHORTEST for run in letters], bool) & (places >= 0)
    rows = np.flatnonzero(usable)
    # Texts that are the same share a place; which one is meant, the letters say elsewhere.
    rows = rows[np.sort(np.unique(places[rows], return_index=True)[1])]
    earlier_of: dict[int, tuple[float, int]] = {}
    for later, earlier in _near_pairs(embeddings, places[rows]):
        row, other = int(rows[later]), int(rows[earlier])
        if row not in earlier_of:
            like = fuzz.ratio(letters[row], letters[other], score_cutoff=_LIKE)
            if like:
                earlier_of[row] = like / 100, other
    table = pd.DataFrame.from_dict(earlier_of, "index", columns=["urgency", "other"])
    return table.sort_values("urgency", ascending=False, kind="stable")


def _near_pairs(embeddings: Embeddings, places: np.ndarray) -> Iterator[tuple[int, int]]:
    """(later, earlier), numbers of `places`, of all pairs that are near, in order."""
    for start in range(0, len(places), _BLOCK):
        block = embeddings.vectors(places[start : start + _BLOCK])
        near = []
        for other in range(0, start + 1, _BLOCK):
            earlier = embeddings.vectors(places[other : other + _BLOCK])
            later, before = np.nonzero(block @ earlier.T >= _NEAR)
            near.append(np.stack([later + start, before + other], axis=1))
        pairs = np.concatenate(near)
        pairs = pairs[pairs[:, 1] < pairs[:, 0]]
        for later, before in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].tolist():
            yield later, before
