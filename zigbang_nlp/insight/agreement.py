"""Do people who label the same texts agree, beyond what chance would give them?"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from zigbang_nlp.insight.rates import normal_interval
from zigbang_nlp.language.bilingual import insight_error

#: Columns of `agreements`.
AGREEMENT_COLUMNS: dict[str, str] = {
    "one": "a person",
    "other": "another",
    "texts": "texts that both labelled",
    "same": "share of them with the same label",
    "kappa": "Cohen's kappa: 0 is chance, 1 is always; NaN where both gave one label only",
    "low": "lower end of its interval",
    "high": "upper end",
}


class Kappa(NamedTuple):
    """Agreement beyond chance, with its interval."""

    value: float
    low: float
    high: float


def cohens_kappa(one: ArrayLike, other: ArrayLike, level: float = 0.95) -> Kappa:
    """Agreement of two people (Cohen 1960), with the interval of Fleiss, Cohen & Everitt 1969.

    Args:
        one: labels of texts, of any kind, (texts,).
        other: the other person's of the same texts.
        level: of the interval.

    >>> round(cohens_kappa([1, 1, 0, 0], [1, 1, 0, 1]).value, 2)
    0.5
    """
    a, b = np.asarray(one), np.asarray(other)
    names, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    size = len(names)
    table = np.zeros((size, size))
    np.add.at(table, (codes[: len(a)], codes[len(a) :]), 1)
    p = table / max(len(a), 1)
    row, column = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float(np.trace(p)), float(row @ column)
    if not len(a) or chance == 1:
        return Kappa(np.nan, np.nan, np.nan)
    kappa = (seen - chance) / (1 - chance)
    diagonal = np.diag(p) * (1 - (row + column) * (1 - kappa)) ** 2
    off = (1 - kappa) ** 2 * (p * (column[:, None] + row[None, :]) ** 2)
    np.fill_diagonal(off, 0)
    rest = (kappa - chance * (1 - kappa)) ** 2
    variance = (diagonal.sum() + off.sum() - rest) / ((1 - chance) ** 2 * len(a))
    low, high = normal_interval(kappa, np.sqrt(max(variance, 0)), level)
    return Kappa(kappa, max(float(low), -1.0), min(float(high), 1.0))


def fleiss_kappa(counts: ArrayLike) -> float:
    """Agreement of several people (Fleiss 1971); NaN where only one label was ever given.

    Args:
        counts: how many gave each label to each text, (texts, labels); every row has one sum.
    """
    table = np.asarray(counts, float)
    if not len(table):
        return float("nan")
    people = table.sum(axis=1)
    if np.ptp(people) or people[0] < 2:
        return float("nan")
    n = people[0]
    share = table.sum(axis=0) / table.sum()
    chance = float(share @ share)
    seen = float(((table**2).sum(axis=1) - n).mean() / (n * (n - 1)))
    return (seen - chance) / (1 - chance) if chance < 1 else float("nan")


def agreements(labels: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """How each two people agree.

    Args:
        labels: one row a label: `text` (which), `person`, `label`.
        level: of the intervals.

    Returns:
        One row a pair with texts in common, the most first; see `AGREEMENT_COLUMNS`.
        `attrs["fleiss"]` is Fleiss' kappa of the texts that all of the people labelled, NaN
        where there are none, and `attrs["texts"]` how many there are.

    Raises:
        InsightError: no two people labelled the same text.
    """
    wide = labels.pivot_table(index="text", columns="person", values="label", aggfunc="last")
    rows = []
    for one, other in combinations(wide.columns, 2):
        both = wide[[one, other]].dropna()
        if len(both):
            kappa = cohens_kappa(both[one], both[other], level)
            same = float(both[one].eq(both[other]).mean())
            rows.append((one, other, len(both), same, *kappa))
    if not rows:
        raise insight_error(
            "두 사람이 함께 확인한 리뷰가 아직 없습니다.",
            "다른 사람도 무작위 표본에 라벨을 달아야 합니다.",
        )
    table = pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS))
    table = table.sort_values("texts", ascending=False, kind="stable", ignore_index=True)
    whole = wide.dropna()
    names = pd.unique(whole.to_numpy().ravel())
    counts = np.array([[row.count(name) for name in names] for row in whole.to_numpy().tolist()])
    table.attrs = {"fleiss": fleiss_kappa(counts), "texts": len(whole)}
    return table
