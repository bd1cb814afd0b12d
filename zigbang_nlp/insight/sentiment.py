"""Which complexes, regions and categories are loved, with intervals that respect small counts."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.rates import design_effect, shrink, wilson

By = Literal["complex", "district", "neighbourhood", "city", "geohash", "category"]
PLACES = ("complex", "district", "neighbourhood", "city", "geohash")

#: Columns of `where`, after the one that names the group (complex, district, ..., category) and,
#: for complexes, name, district, geohash, latitude, longitude, households.
WHERE_COLUMNS: dict[str, str] = {
    "texts": "judged texts",
    "reviews": "residents' reviews they come from",
    "positive": "positive texts",
    "share": "positive / texts",
    "wilson_low": "lower end of Wilson's interval of `share`, at the effective size",
    "wilson_high": "upper end",
    "score": "share drawn toward that of its region or of all (posterior mean), 0 to 1",
    "low": "lower end of the credible interval of `score`; the table is sorted by it",
    "high": "upper end",
    "effective": "texts it is worth, since one resident's texts resemble each other",
    "rank": "1 is best; those not told apart from the first of their group share its rank",
    "tied": "how many share the rank, itself included",
    "rank_low": "best rank that the data allow",
    "rank_high": "worst rank that the data allow",
}


def where(
    corpus: Corpus,
    by: By = "complex",
    *,
    category: str | None = None,
    precision: int = 5,
    min_texts: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Sentiment by complex, region or category.

    The score is the mean of a beta-binomial posterior: a group's own texts, and those of its
    region (for complexes) or of all as a prior, as far as the groups are alike
    (`rates.shrink`). The order is by the lower end, so three glowing reviews don't beat three
    hundred good ones. Two groups tie unless their scores differ by more than chance lets any two
    of so many groups differ, at `level` (Tukey's studentized range).

    Args:
        by: "complex", "city", "district" or "neighbourhood" (from addresses), "geohash", or
            "category" (of the site's five; as the model tells them where all texts are of one).
        category: only texts of this category.
        precision: letters of the geohash, for by="geohash".
        min_texts: groups with fewer are left out.
        level: of all intervals.

    Returns:
        One row a group, best first, with the columns of `WHERE_COLUMNS`.

    Raises:
        InsightError: nothing is judged, or no complex has an address (a place), as `by` needs.
    """
    texts = grouped_texts(corpus, by, precision)
    if category is not None:
        texts = texts[texts["category"].eq(category)]
    if texts.empty:
        raise InsightError(
            f"No judged text is of the category {category!r}.",
            f"{category} 항목의 판정된 리뷰가 없습니다.",
        )
    effect = text_design_effect(texts)
    table = texts.groupby("group", observed=True, sort=True).agg(
        texts=("positive", "size"), reviews=("review", "nunique"), positive=("positive", "sum")
    )
    table["share"] = table["positive"] / table["texts"]
    # However alike a resident's texts are, a group is worth as many as it has residents.
    table["effective"] = np.maximum(table["texts"] / effect, table["reviews"])
    k, n = (table["share"] * table["effective"]).to_numpy(), table["effective"].to_numpy()
    table["wilson_low"], table["wilson_high"] = wilson(k, n, level)
    mean = _prior_mean(corpus, table, by)
    found = shrink(k, n, mean, level)
    table["score"], table["low"], table["high"] = found.score, found.low, found.high
    table["_variance"] = found.variance
    table = table[table["texts"] >= min_texts]
    if table.empty:
        raise InsightError(
            f"No {by} has {min_texts} texts.", f"글이 {min_texts}개 이상인 곳이 없습니다."
        )
    table = table.sort_values(["low", "texts"], ascending=False, kind="stable")
    table = _with_ranks(table, level).reset_index(names=by)
    return _described(table, corpus, by)


def grouped_texts(corpus: Corpus, by: str, precision: int = 5) -> pd.DataFrame:
    """The judged texts with a column `group`; those without one are left out.

    Raises:
        InputError: `by` is unknown.
        InsightError: no text has such a group.
    """
    if by not in (*PLACES, "category"):
        raise InputError(f"Can't group by {by!r}.", f"Use {', '.join((*PLACES, 'category'))}.")
    texts = corpus.judged
    if by == "category" and texts["category"].nunique() == 1 and texts["about"].notna().any():
        # Files hold texts of one category; what each is about is the model's word then.
        return texts.assign(group=texts["about"]).dropna(subset="group")
    if by in ("complex", "category"):
        return texts.assign(group=texts[by])
    place = corpus.complexes.set_index("complex")[by]
    if by == "geohash":
        place = place.str[:precision]
    texts = texts.assign(group=texts["complex"].map(place))
    texts = texts[texts["group"].notna()]
    if texts.empty:
        if by == "geohash":
            raise InsightError("No complex has coordinates.", "좌표가 있는 단지가 없습니다.")
        raise InsightError("No complex has an address.", "주소가 있는 단지가 없습니다.")
    return texts


def text_design_effect(texts: pd.DataFrame) -> float:
    """The design effect of texts with the columns group, review and positive."""
    clusters = texts.groupby(["group", "review"], observed=True, sort=False)["positive"].agg(
        ["sum", "size"]
    )
    codes, _ = pd.factorize(clusters.index.get_level_values("group"))
    return design_effect(clusters["sum"], clusters["size"], codes)


def _prior_mean(corpus: Corpus, table: pd.DataFrame, by: str) -> np.ndarray:
    """What to draw each group toward: its district's rate for complexes, else the rate of all."""
    overall = float((table["share"] * table["effective"]).sum() / table["effective"].sum())
    if by != "complex":
        return np.full(len(table), overall)
    district = corpus.complexes.set_index("complex")["district"].reindex(table.index)
    frame = pd.DataFrame(
        {"district": district, "k": table["share"] * table["effective"], "n": table["effective"]}
    )
    sums = frame.groupby("district")[["k", "n"]].sum()
    if len(sums) < 2:
        return np.full(len(table), overall)
    rates = pd.Series(shrink(sums["k"], sums["n"], overall).score, sums.index)
    return district.map(rates).fillna(overall).to_numpy(float)


def _with_ranks(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Ranks for a table sorted from best to worst."""
    score, variance = table["score"].to_numpy(), table["_variance"].to_numpy()
    count = len(table)
    # Tukey's: over all pairs at once, so that the best isn't told from the worst by chance.
    needed = float(stats.studentized_range.ppf(level, max(count, 2), np.inf)) / np.sqrt(2)
    rank, low, high = (np.empty(count, int) for _ in range(3))
    leader = 0
    for i in range(count):
        clear = np.abs(score - score[i]) > needed * np.sqrt(variance + variance[i])
        low[i] = 1 + int((clear & (score > score[i])).sum())
        high[i] = count - int((clear & (score < score[i])).sum())
        if clear[leader]:
            leader = i
        rank[i] = leader + 1
    ranked = table.drop(columns="_variance").assign(rank=rank, rank_low=low, rank_high=high)
    ranked["tied"] = ranked.groupby("rank")["rank"].transform("size")
    return ranked


def _described(table: pd.DataFrame, corpus: Corpus, by: str) -> pd.DataFrame:
    columns = [by, *WHERE_COLUMNS]
    if by == "complex":
        details = ["name", "district", "geohash", "latitude", "longitude", "households"]
        table = table.merge(corpus.complexes[["complex", *details]], on="complex", how="left")
        columns = [by, *details, *WHERE_COLUMNS]
    return table.astype({"positive": int})[columns]
