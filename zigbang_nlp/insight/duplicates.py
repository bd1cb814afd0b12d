"""Texts that nearly say what an earlier one says: copied, or with vectors also written anew."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.insight.paraphrases import SHORTEST, rewritten
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

#: How like near-duplicates are at least (0-100).
_LIKE = 90
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
    found = duplicates(corpus, embeddings)
    names = corpus.complexes.set_index("complex")["name"]
    texts = corpus.texts.assign(name=corpus.texts["complex"].map(names))[list(_SIDE)]
    later = texts.loc[found.index].reset_index(drop=True)
    earlier = texts.loc[found["other"]].reset_index(drop=True).add_prefix("other_")
    table = pd.concat([later, earlier], axis=1).assign(likeness=found["urgency"].to_numpy(float))
    return table[list(PAIR_OF_TEXTS_COLUMNS)]


def duplicates(corpus: Corpus, embeddings: Embeddings | None = None) -> pd.DataFrame:
    """Texts that are nearly the same as an earlier one, or written anew from it.

    Args:
        corpus: the texts.
        embeddings: of the texts; without them only copies are found, see `rewritten`.

    Returns:
        As `near_duplicates`.
    """
    copies = near_duplicates(corpus.texts["text"])
    if embeddings is None or not len(embeddings):
        return copies
    more = rewritten(corpus, embeddings)
    both = pd.concat([copies, more[~more.index.isin(copies.index)]])
    both = both.astype({"urgency": float, "other": int})
    return both.sort_values("urgency", ascending=False, kind="stable")


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
    usable = [row for row, run in enumerate(letters) if len(run) >= SHORTEST]
    rng = np.random.default_rng(0)
    factors = rng.integers(1, 2**61, (2, _HASHES), dtype=np.uint64) | np.uint64(1)
    buckets: dict[tuple[int, bytes], list[int]] = {}
    rows: dict[int, tuple[float, int]] = {}
    for row in usable:
        run = letters[row]
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
                rows[row] = (like / 100, earlier)
                break
    index = texts.index
    table = pd.DataFrame(
        {
            "urgency": [like for like, _ in rows.values()],
            "other": [index[earlier] for _, earlier in rows.values()],
        },
        index=[index[row] for row in rows],
    )
    return table.sort_values("urgency", ascending=False, kind="stable")
