"""Quotes chosen by rule: the texts most like all texts of their kind.

Of the texts about something, those are quoted whose words are nearest (by cosine) to the mean of
all of them: they say what most of them say. Nobody picks, and the same reviews give the same quotes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp.masking import mask
from zigbang_nlp.report.section import Material, Quote
from zigbang_nlp.text.clean import duplicate_key

#: Characters of a quote: shorter ones say little, longer ones are read by nobody.
SHORTEST, LONGEST = 12, 140


def representative(material: Material, chosen: np.ndarray, most: int = 2) -> list[Quote]:
    """The quotes that stand for some texts.

    Args:
        material: of the report.
        chosen: bool (texts,), rows of `Corpus.texts`.
        most: quotes at most, each of another complex, as far as there are several.

    Returns:
        The nearest to the mean first; fewer than `most` where few texts are sure, of a length to
        be quoted, and different.
    """
    corpus = material.corpus
    texts = corpus.texts
    sure = ~texts["unsure"].to_numpy(bool) & texts["positive"].notna().to_numpy()
    length = texts["text"].str.len().to_numpy()
    rows = np.flatnonzero(chosen & sure & (length >= SHORTEST) & (length <= LONGEST))
    if not len(rows):
        return []
    words = corpus.mentions.by_text[rows].astype(np.float64)
    mean = np.asarray(words.mean(axis=0)).ravel()
    size = np.sqrt(np.asarray(words.sum(axis=1)).ravel())
    near = np.asarray(words @ mean).ravel() / np.maximum(size, 1.0)
    quotes: list[Quote] = []
    places: set[str] = set()
    quoted: set[str] = set()
    several = texts["complex"].iloc[rows].nunique() > 1
    for row in rows[np.argsort(-near, kind="stable")]:
        review = texts.iloc[row]
        key = duplicate_key(review["text"])
        if key in quoted or (several and review["complex"] in places):
            continue
        places.add(review["complex"])
        quoted.add(key)
        quotes.append(_quote(material, review))
        if len(quotes) == most:
            break
    return quotes


def _quote(material: Material, review: pd.Series) -> Quote:
    names = material.corpus.complexes.set_index("complex")["name"]
    day = review["written_at"]
    return Quote(
        text=mask(" ".join(review["text"].split())),
        place=str(names.get(review["complex"], "")),
        category=material.say.category(review["category"]),
        day="" if day != day else f"{day:%Y-%m}",  # NaT is not equal to itself
        label="positive" if review["positive"] == 1 else "negative",
    )
