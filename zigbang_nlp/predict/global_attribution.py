"""For a corpus: the tokens that decide, ranked, by category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zigbang_nlp.predict.attribution_spans import units_of
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.explain import occlusion

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
    added: dict[tuple[str, str], list[float]] = defaultdict(list)
    seen_in: dict[tuple[str, str], set[int]] = defaultdict(set)
    for i, text, drop in zip(chosen, units, drops, strict=True):
        category = "" if categories is None else categories[i]
        for unit, value in zip(text, drop, strict=True):
            added[category, unit.token].append(float(value))
            seen_in[category, unit.token].add(i)
    rows = [
        _row(*key, values, len(seen_in[key]))
        for key, values in added.items()
        if len(seen_in[key]) >= min_reviews
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["rank"] = -frame["total"].abs()
    ordered = frame.sort_values(["category", "rank", "token"], ignore_index=True)
    return ordered.drop(columns="rank")


def _row(category: str, token: str, values: list[float], reviews: int) -> tuple[object, ...]:
    mean = float(np.mean(values))
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0
    half = _Z * error
    return category, token, len(values), reviews, mean, mean - half, mean + half, sum(values)
