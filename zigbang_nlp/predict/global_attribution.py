"""For a corpus: the tokens that decide, ranked, by category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.explain import occlusion
from zigbang_nlp.predict.explained_words import units_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("category", "token", "count", "reviews", "mean", "low", "high", "total")
_Z = 1.959964


def deciding_tokens(
    classifier: Classifier,
    texts: Sequence[str],
    categories: Sequence[str] | None = None,
    most: int = 2_000,
    min_reviews: int = 5,
    seed: int = 0,
) -> pd.DataFrame:
    """The tokens that move probabilities most, by occlusion, in each category.

    Args:
        classifier: the model to look into.
        texts: of a corpus.
        categories: of each text; None for a corpus without.
        most: texts looked at; of a larger corpus as many are drawn, since each token of each text
            costs a prediction.
        min_reviews: texts of a category a token must occur in.
        seed: of the draw.

    Returns:
        One row a category and token, the strongest of each category first: category; token;
        count, its occurrences, and reviews, the texts it occurs in, of those looked at; mean, how
        much an occurrence adds to the probability of positive (less than 0: takes from it), with
        low and high, its 95% normal interval; total, mean times count.
    """
    import pandas as pd

    chosen = list(range(len(texts)))
    if len(texts) > most:
        drawn = np.random.default_rng(seed).choice(len(texts), most, replace=False)
        chosen = sorted(drawn.tolist())
    encoder = classifier.bundle.encoder
    units = [units_of(encoder, texts[i]) for i in chosen]
    _, drops = occlusion(classifier.network, units, encoder.length, classifier.batch_size)
    occurrences = pd.DataFrame(
        [
            ("" if categories is None else categories[i], unit.token, i, float(value))
            for i, text, drop in zip(chosen, units, drops, strict=True)
            for unit, value in zip(text, drop, strict=True)
        ],
        columns=["category", "token", "text", "value"],
    ).astype({"value": float})
    table = occurrences.groupby(["category", "token"], as_index=False, dropna=False).agg(
        count=("value", "count"),
        reviews=("text", "nunique"),
        mean=("value", "mean"),
        spread=("value", "std"),
        total=("value", "sum"),
    )
    table = table[table["reviews"] >= min_reviews]
    spread = table["spread"].fillna(0.0)  # one occurrence has none
    half = _Z * spread / np.sqrt(table["count"])
    table = table.assign(
        low=table["mean"] - half, high=table["mean"] + half, rank=-table["total"].abs()
    )
    ordered = table.sort_values(["category", "rank", "token"], ignore_index=True)
    return ordered[list(COLUMNS)]
