"""Texts that nearly say what an earlier one says: copied, or with vectors also written anew."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from zigbang_nlp.insight.by_meaning import places_of
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.text.letters import squeezed

_SIDE = {
    "complex": "the complex, as source:apartment_id",
    "name": "its name",
    "review_id": "of the resident's review",
    "category": "a key of records.CATEGORIES",
    "written_at": "when it was written",
    "text": "as written",
}
#: Columns of `duplicate_pairs`.
PAIR_OF_TEXTS_COLUMNS: dict[str, str] = {
    "likeness": "of the letters of both texts, 0 to 1",
    **_SIDE,
    **{f"other_{name}": f"the same of the earlier text: {said}" for name, said in _SIDE.items()},
}

#: Fewer letters are alike by nature.
SHORTEST = 20
#: How like near-duplicates are at least (0-100).
_LIKE = 90
#: Cosine and likeness of letters (0 to 100) of two texts at least of which one was written anew from
#: the other, measured on residents' texts: by meaning alone half of the pairs say the same in words
#: of their own, by letters alone whatever was moved about is missed (data/LOG.md).
_NEAR_IN_MEANING, _LIKE_IN_LETTERS = 0.97, 60
#: Texts that are held against as many others at once.
_BLOCK = 2_000
#: Hash functions of a signature, and how many of them stand together in a band: two texts of
#: which 8 of 10 shingles are the same share a band with a chance above 0.99.
_HASHES, _BAND = 32, 4


def duplicate_pairs(corpus: Corpus, embeddings: Embeddings | None = None) -> pd.DataFrame:
    """Texts beside the earliest text that they nearly repeat.

    Args:
        corpus: the texts.
        embeddings: as in `duplicates`.

    Returns:
        One row a text that repeats another, the likest first; see `PAIR_OF_TEXTS_COLUMNS`.
    """
    pairs = duplicates(corpus, embeddings)
    names = corpus.complexes.set_index("complex")["name"]
    texts = corpus.texts.assign(name=corpus.texts["complex"].map(names))[list(_SIDE)]
    later = texts.loc[pairs.index].reset_index(drop=True)
    earlier = texts.loc[pairs["other"]].reset_index(drop=True).add_prefix("other_")
    table = pd.concat([later, earlier], axis=1).assign(likeness=pairs["urgency"].to_numpy(float))
    return table[list(PAIR_OF_TEXTS_COLUMNS)]


def duplicates(corpus: Corpus, embeddings: Embeddings | None = None) -> pd.DataFrame:
    """Texts that are nearly the same as an earlier one, or written anew from it.

    Args:
        corpus: the texts.
        embeddings: of the texts; without them only copies are found, see `_rewritten`.

    Returns:
        As `near_duplicates`.
    """
    pairs = near_duplicates(corpus.texts["text"])
    if embeddings is not None and len(embeddings):
        more = _rewritten(corpus, embeddings)
        pairs = pd.concat([pairs, more[~more.index.isin(pairs.index)]])
    pairs = pairs.astype({"urgency": float, "other": int})
    return pairs.sort_values("urgency", ascending=False, kind="stable")


def near_duplicates(texts: pd.Series, least: float = _LIKE) -> pd.DataFrame:
    """Texts that are nearly the same as an earlier one, whatever their spaces and signs.

    Candidates share a band of their MinHash signature (Broder 1997) over runs of four letters;
    they are kept where `rapidfuzz.fuzz.ratio` of their letters reaches `least`.

    Args:
        texts: as written; those of fewer than 20 letters are left out, since short ones are alike
            by nature.
        least: of the likeness, 0 to 100.

    Returns:
        Indexed as `texts`, the likest first: urgency (likeness, 0 to 1) and other, the index of
        the earliest text it resembles.
    """
    letters = [squeezed(text)[0] for text in texts]
    rng = np.random.default_rng(0)
    factors = rng.integers(1, 2**61, (2, _HASHES), dtype=np.uint64) | np.uint64(1)
    buckets: dict[tuple[int, bytes], list[int]] = {}
    earlier_of: dict[Any, tuple[float, Any]] = {}
    for row, run in enumerate(letters):
        if len(run) < SHORTEST:
            continue
        shingles = np.array(
            [zlib.crc32(run[i : i + 4].encode()) for i in range(len(run) - 3)], np.uint64
        )
        signature = (shingles[:, None] * factors[0] + factors[1]).min(axis=0)
        seen: set[int] = set()
        for band in range(0, _HASHES, _BAND):
            held = buckets.setdefault((band, signature[band : band + _BAND].tobytes()), [])
            seen.update(held)
            if len(held) < 50:
                held.append(row)
        for earlier in sorted(seen):
            like = fuzz.ratio(run, letters[earlier], score_cutoff=least)
            if like >= least:
                earlier_of[row] = like / 100, texts.index[earlier]
                break
    table = _likest_first(earlier_of)
    return table.set_axis(texts.index[table.index.to_numpy(int)])


def _likest_first(earlier_of: dict[Any, tuple[float, Any]]) -> pd.DataFrame:
    table = pd.DataFrame.from_dict(earlier_of, "index", columns=["urgency", "other"])
    return table.sort_values("urgency", ascending=False, kind="stable")


def _rewritten(corpus: Corpus, embeddings: Embeddings) -> pd.DataFrame:
    """Texts that say in much the same words what an earlier one says, as `near_duplicates`.

    The work grows with the square of the texts: about two minutes of a core for 100,000.
    """
    letters = [squeezed(text)[0] for text in corpus.texts["text"]]
    places = places_of(corpus, embeddings)
    usable = np.array([len(run) >= SHORTEST for run in letters], bool) & (places >= 0)
    rows = np.flatnonzero(usable)
    # Texts that are the same share a place; which one is meant, the letters say elsewhere.
    rows = rows[np.sort(np.unique(places[rows], return_index=True)[1])]
    earlier_of: dict[Any, tuple[float, Any]] = {}
    for later, earlier in _near_pairs(embeddings, places[rows]):
        row, other = int(rows[later]), int(rows[earlier])
        if row not in earlier_of:
            like = fuzz.ratio(letters[row], letters[other], score_cutoff=_LIKE_IN_LETTERS)
            if like:
                earlier_of[row] = like / 100, other
    return _likest_first(earlier_of)


def _near_pairs(embeddings: Embeddings, places: np.ndarray) -> Iterator[tuple[int, int]]:
    """(later, earlier), numbers of `places`, of all pairs that are near in meaning, in order."""
    for start in range(0, len(places), _BLOCK):
        block = embeddings.vectors(places[start : start + _BLOCK])
        near = []
        for other in range(0, start + 1, _BLOCK):
            earlier = embeddings.vectors(places[other : other + _BLOCK])
            later, before = np.nonzero(block @ earlier.T >= _NEAR_IN_MEANING)
            near.append(np.stack([later + start, before + other], axis=1))
        pairs = np.concatenate(near)
        pairs = pairs[pairs[:, 1] < pairs[:, 0]]
        for later, before in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].tolist():
            yield later, before
