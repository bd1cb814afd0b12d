"""Two places side by side, and each place against all the others, category by category."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.filters import find_complexes
from zigbang_nlp.insight.rates import (
    beyond_p,
    cohens_h,
    findings,
    holm,
    newcombe,
    significant,
    two_rates_p,
)
from zigbang_nlp.insight.sentiment import By, grouped_texts, text_design_effect
from zigbang_nlp.language.bilingual import input_error, insight_error, refuse_few
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.records import CATEGORIES

_DIFFERENCE = {
    "difference": "share less the other share",
    "low": "lower end of its interval (Newcombe 1998, method 10)",
    "high": "upper end",
    "effect": "Cohen's h: 0.2 is small, 0.5 medium, 0.8 large",
    "size": "negligible, small, medium or large",
}

#: Columns of `compare`.
COMPARE_COLUMNS: dict[str, str] = {
    "category": "a key of records.CATEGORIES, or all",
    "texts": "judged texts of the first",
    "share": "positive share of the first",
    "other_texts": "judged texts of the other",
    "other_share": "positive share of the other",
    **_DIFFERENCE,
    "p_value": "of equal shares: the N - 1 chi-squared test (Campbell 2007)",
    "p_adjusted": "p_value corrected for looking at several categories (Holm 1979)",
    "significant": "whether p_adjusted makes it a finding",
}

#: Columns of `standouts`, after the one that names the place, and `name` for complexes.
STANDOUT_COLUMNS: dict[str, str] = {
    "category": "a key of records.CATEGORIES",
    "texts": "judged texts of the place in the category",
    "share": "positive share of them",
    "other_texts": "judged texts of all other places in the category",
    "other_share": "positive share of them",
    **_DIFFERENCE,
    "p_value": "of shares that differ by at most `least`",
    "q_value": "p_value corrected for all places and categories (Benjamini & Hochberg 1995)",
    "significant": "whether q_value makes it a finding",
}

#: Texts that a side of a comparison needs at least.
FEWEST_TEXTS = 5
_TOO_FEW = N_("‘{name}’의 판정된 글이 {count}개뿐입니다. 적어도 {least}개가 필요합니다.")


def compare(
    corpus: Corpus,
    one: str,
    other: str,
    kind: Literal["complex", "region"] = "complex",
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Sentiment of two complexes or two regions, over all and by category.

    Over all, counts are cut by the design effect, since a resident's texts resemble each other.

    Args:
        corpus: the texts to count, with their predictions.
        one: the first place, see `Corpus.narrowed`; a complex must be the only one of its name.
        other: the second place, in the same way.
        kind: what the two are: "complex" or "region".
        level: of the intervals.

    Returns:
        One row a category, "all" first, with the columns of `COMPARE_COLUMNS`. A category in which
        a side has fewer than 5 texts is left out.

    Raises:
        InputError: a side names nothing, or several complexes, or both share a complex.
        InsightError: a side has too few judged texts.
    """
    sides = [_side(corpus, name, kind) for name in (one, other)]
    if set(sides[0]) & set(sides[1]):
        raise input_error(
            "‘{one}’과(와) ‘{other}’에 같은 단지가 있습니다.",
            "서로 다른 두 곳을 골라 주세요.",
            one=one,
            other=other,
        )
    texts = corpus.counted
    side = np.select([texts["complex"].isin(s) for s in sides], [1, 2], 0)
    texts = texts.assign(group=side)[side > 0]
    for number, name in enumerate((one, other), start=1):
        refuse_few(int(texts["group"].eq(number).sum()), FEWEST_TEXTS, _TOO_FEW, name=name)
    every = pd.concat([texts.assign(category="all"), texts])
    cells = every.groupby(["category", "group"])["positive"]
    counts, sums = (
        cells.size().unstack(fill_value=0),
        cells.sum().unstack(fill_value=0).astype(float),
    )
    table = pd.DataFrame(
        {
            "texts": counts[1],
            "positive": sums[1],
            "other_texts": counts[2],
            "other_positive": sums[2],
        }
    )
    table = table.reindex(pd.Index(["all", *CATEGORIES], name="category"), fill_value=0)
    table["worth"] = np.where(table.index == "all", 1 / text_design_effect(texts), 1.0)
    table = table[table[["texts", "other_texts"]].min(axis=1) >= FEWEST_TEXTS]
    table = _with_difference(table.reset_index(), level)
    k1, n1, k2, n2 = _effective(table)
    table["p_value"] = two_rates_p(k1, n1, k2, n2)
    table["p_adjusted"] = holm(table["p_value"])
    table["significant"] = significant(table["p_adjusted"])
    return table[list(COMPARE_COLUMNS)]


def standouts(
    corpus: Corpus,
    by: By = "complex",
    *,
    precision: int = 5,
    least: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """In which category a place is better or worse than all the others together.

    Args:
        corpus: the texts to count, with their predictions.
        by: as in `where`, a place.
        precision: letters of the geohash, for by="geohash".
        least: a difference of shares that is too small to matter; 0.05 is 5 points.
        level: of the intervals.

    Returns:
        One row a place and category, the surest first, with the columns of `STANDOUT_COLUMNS`;
        `significant` marks the findings.

    Raises:
        InputError: `by` is no place.
        InsightError: nothing is judged, there is one place only, or it can't be told.
    """
    if by == "category":
        raise InputError("Categories don't stand out by category.", 'Use by="complex".')
    texts = grouped_texts(corpus, by, precision)
    cells = texts.groupby(["group", "category"], observed=True, sort=True)["positive"]
    table = pd.DataFrame({"texts": cells.size(), "positive": cells.sum()})
    table = table.reset_index().rename(columns={"group": by})
    if table[by].nunique() < 2:
        raise insight_error("한 곳뿐이라 비교할 대상이 없습니다.")
    whole = table.groupby("category")[["texts", "positive"]].transform("sum")
    table["other_texts"] = whole["texts"] - table["texts"]
    table["other_positive"] = whole["positive"] - table["positive"]
    table = table[table[["texts", "other_texts"]].min(axis=1) >= FEWEST_TEXTS].assign(worth=1.0)
    if table.empty:
        raise insight_error(
            "어느 곳도 한 항목의 판정된 글이 {least}개에 이르지 않습니다.", least=FEWEST_TEXTS
        )
    table = _with_difference(table.reset_index(drop=True), level)
    table = table.assign(**findings(beyond_p(*_effective(table), least)))
    columns = [by, *STANDOUT_COLUMNS]
    if by == "complex":
        table = table.merge(corpus.complexes[["complex", "name"]], on="complex", how="left")
        columns.insert(1, "name")
    return table.sort_values("p_value", kind="stable", ignore_index=True)[columns]


def _side(corpus: Corpus, name: str, kind: str) -> list[str]:
    if kind == "region":
        return corpus.narrowed(region=name).complexes["complex"].tolist()
    complexes = find_complexes(corpus.complexes, name)
    if len(complexes) > 1:
        some = ", ".join((complexes["name"] + " (" + complexes["complex"] + ")").head(4))
        raise input_error(
            "‘{name}’에 해당하는 단지가 {count}곳입니다.",
            "하나를 골라 주세요: {some}",
            name=name,
            count=len(complexes),
            some=some,
        )
    return complexes["complex"].tolist()


def _effective(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    names = ["positive", "texts", "other_positive", "other_texts"]
    k1, n1, k2, n2 = table[names].mul(table["worth"], axis=0).to_numpy(float).T
    return k1, n1, k2, n2


def _with_difference(table: pd.DataFrame, level: float) -> pd.DataFrame:
    share = table["positive"] / table["texts"]
    other = table["other_positive"] / table["other_texts"]
    low, high = newcombe(*_effective(table), level)
    effect = cohens_h(share, other)
    names = np.array(["negligible", "small", "medium", "large"])
    return table.assign(
        share=share,
        other_share=other,
        difference=share - other,
        low=low,
        high=high,
        effect=effect,
        size=names[np.searchsorted([0.2, 0.5, 0.8], np.abs(effect), side="right")],
    )
