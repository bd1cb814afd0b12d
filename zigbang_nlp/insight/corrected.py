"""Shares corrected for the classifier's errors, beside those the model alone would give.

The labels that people gave to a random sample (`labelling`) correct what the model says of all
texts; formulas and sources are in `prediction_powered`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.prediction_powered import ppi_difference, ppi_mean
from zigbang_nlp.insight.rates import significant, wilson
from zigbang_nlp.insight.sentiment import By, grouped_texts
from zigbang_nlp.language.bilingual import insight_error, refuse_few
from zigbang_nlp.language.i18n import N_

#: Columns of `corrected_shares`, after the one that names the group.
CORRECTED_COLUMNS: dict[str, str] = {
    "texts": "judged texts",
    "naive": "positive share as the model judged",
    "naive_low": "lower end of Wilson's interval of it, which takes the model as never wrong",
    "naive_high": "upper end",
    "labelled": "texts of the random sample that people labelled",
    "share": "positive share, corrected by people's labels; NaN with fewer than `FEWEST_LABELS`",
    "low": "lower end of its interval",
    "high": "upper end",
    "weight": "how far the model was believed, 0 to 1",
}

#: Labels that a share, or a side of a difference, needs at least: the normal approximation.
FEWEST_LABELS = 30


def corrected_shares(
    corpus: Corpus,
    labels: pd.Series,
    by: By | None = None,
    *,
    category: str | None = None,
    precision: int = 5,
    level: float = 0.95,
) -> pd.DataFrame:
    """Positive shares as the model judged and as they are, side by side.

    Args:
        corpus: the judged texts.
        labels: people's labels of a random sample of the texts, 1.0 positive and 0.0 negative,
            indexed by the row of `Corpus.texts`. It must be random: texts that were chosen since
            the model doubted them would correct too much.
        by: as in `where`; None means all texts together.
        category: only texts of this category.
        precision: letters of the geohash, for by="geohash".
        level: of the intervals.

    Returns:
        One row a group by falling number of texts (`group` is "all" where `by` is None), see
        `CORRECTED_COLUMNS`. `attrs["accuracy"]` is the model's on the sample.

    Raises:
        InsightError: nothing is judged, or the sample holds no judged text.
    """
    texts = (
        corpus.counted.assign(group="all") if by is None else grouped_texts(corpus, by, precision)
    )
    if category is not None:
        texts = texts[texts["category"].eq(category)]
    texts = texts.assign(said=labels.reindex(texts.index))
    known = texts["said"].notna()
    if not known.any():
        raise insight_error(
            "무작위 표본에서 사람이 확인한 리뷰가 아직 없습니다.",
            "라벨링 페이지에서 라벨을 다세요.",
        )
    rows = []
    for group, part in texts.groupby("group", sort=True, observed=True):
        naive = float(part["positive"].mean())
        low, high = wilson(part["positive"].sum(), len(part), level)
        mine = part[part["said"].notna()]
        row = {
            by or "group": group,
            "texts": len(part),
            "naive": naive,
            "naive_low": float(low),
            "naive_high": float(high),
            "labelled": len(mine),
        }
        if len(mine) >= FEWEST_LABELS:
            estimate = ppi_mean(
                mine["said"], mine["positive"], part.loc[part["said"].isna(), "positive"], level
            )
            row |= {
                "share": min(max(estimate.value, 0.0), 1.0),
                "low": max(estimate.low, 0.0),
                "high": min(estimate.high, 1.0),
                "weight": estimate.weight,
            }
        rows.append(row)
    table = pd.DataFrame(rows).reindex(columns=[by or "group", *CORRECTED_COLUMNS])
    table = table.sort_values("texts", ascending=False, kind="stable", ignore_index=True)
    agree = texts.loc[known, "said"].eq(texts.loc[known, "positive"])
    table.attrs = {"accuracy": float(agree.mean()), "labelled": int(known.sum())}
    return table


def corrected_difference(
    corpus: Corpus, labels: pd.Series, one: np.ndarray, other: np.ndarray, level: float = 0.95
) -> dict[str, float | bool]:
    """The difference of the positive shares of two sets of texts, naive and corrected.

    Args:
        corpus: the judged texts.
        labels: see `corrected_shares`.
        one: rows of `Corpus.texts`, bool (texts,).
        other: rows too, without a text in common with `one`.
        level: of the intervals.

    Returns:
        naive, difference (corrected), low, high, p_value, significant.

    Raises:
        InsightError: a side has fewer than `FEWEST_LABELS` labels.
    """
    sides = []
    for chosen in (one, other):
        f = corpus.texts["positive"][chosen].dropna()
        own = labels.reindex(f.index)
        mine = own.notna()
        refuse_few(
            int(mine.sum()),
            FEWEST_LABELS,
            N_("한쪽의 표본 라벨이 {count}개뿐입니다. 적어도 {least}개가 필요합니다."),
        )
        sides.append((float(f.mean()), ppi_mean(own[mine], f[mine], f[~mine], level)))
    (naive_one, first), (naive_other, second) = sides
    estimate = ppi_difference(first, second, level)
    z = abs(estimate.value) / np.sqrt(estimate.variance) if estimate.variance else np.inf
    p = float(2 * stats.norm.sf(z))
    return {
        "naive": naive_one - naive_other,
        "difference": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "p_value": p,
        "significant": bool(significant(p)),
    }
