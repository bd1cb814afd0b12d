"""Which complexes, regions and categories are loved, with intervals that respect small counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.frames import RESIDENTS
from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.ranks import with_ranks
from zigbang_nlp.insight.rates import Prior, design_effect, prior_of, shrink, wilson
from zigbang_nlp.language.bilingual import filled, insight_error
from zigbang_nlp.records import CATEGORIES

By = Literal[
    "complex", "district", "neighbourhood", "city", "geohash", "category",
    "residence", "age", "sex", "married",
]  # fmt: skip
#: What `where` counts.
Measure = Literal["positive", "complaints", "praise"]
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
    "rank": "1 is the highest; those not told apart from the first of their group share its rank",
    "tied": "how many share the rank, itself included",
    "rank_low": "best rank that the data allow",
    "rank_high": "worst rank that the data allow",
    "side": "1 surely above, -1 surely below the share of all, 0 neither; all 0 where all tie",
}


def where(
    corpus: Corpus,
    by: By = "complex",
    *,
    category: str | None = None,
    topic: str | None = None,
    measure: Measure = "positive",
    precision: int = 5,
    min_texts: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Sentiment by complex, region or category; or how often residents complain of something.

    The score is the mean of a beta-binomial posterior: a group's own texts, and those of its
    region (for complexes) or of all as a prior, as far as the groups are alike
    (`rates.shrink`). How alike they are is estimated once, at all places (`Corpus.everywhere`),
    so a complex has one score whichever others are looked at. The order is by the lower end, so
    three glowing reviews don't beat three hundred good ones. Two groups tie unless their scores
    differ by more than chance lets any two of so many groups differ, at `level` (Tukey's
    studentized range).

    Args:
        corpus: the texts to count.
        by: "complex", "city", "district" or "neighbourhood" (from addresses), "geohash", or
            "category" (of the site's five; as the model tells them where all texts are of one),
            or who wrote it: "residence", "age", "sex", "married" (where crawl.covariates kept it).
        category: only texts of this category.
        topic: only opinions on this topic; see `topics`.
        measure: what is counted: "positive" texts of all (of those on the topic); residents'
            reviews with "complaints" or "praise" (about the topic) of all residents' reviews. The
            first row is then the place with the largest share of them.
        precision: letters of the geohash, for by="geohash".
        min_texts: groups with fewer are left out.
        level: of all intervals.

    Returns:
        One row a group, highest first, with the columns of `WHERE_COLUMNS`; `texts` and
        `positive` count reviews where the measure does. `attrs["overall"]` is the share of all.

    Raises:
        InputError: an argument is unknown.
        InsightError: nothing is judged, or no complex has an address (a place), as `by` needs.
    """
    known = estimate(corpus, by, category, topic, measure, precision, level)
    table = known.table[known.table["texts"] >= min_texts]
    if table.empty:
        raise insight_error("글이 {texts}개 이상인 곳이 없습니다.", texts=min_texts)
    table = table.sort_values(["low", "texts"], ascending=False, kind="stable")
    table = with_ranks(table, level).reset_index(names=by)
    apart = (table["low"] > known.overall).astype(int) - (table["high"] < known.overall).astype(int)
    table["side"] = apart if table["rank"].max() > 1 else 0
    table = _described(table, corpus, by)
    table.attrs = {"overall": known.overall}
    return table


@dataclass(frozen=True)
class Estimate:
    """What `where` knows of all groups, before it is sorted and ranked.

    Attributes:
        table: counts, shares and scores by group.
        overall: share of all texts.
        effect: the design effect, see `rates.design_effect`.
        mean: what groups are drawn toward, where not toward that of their district.
        prior: how much groups differ.
    """

    table: pd.DataFrame
    overall: float
    effect: float
    mean: float
    prior: Prior


def estimate(
    corpus: Corpus,
    by: By,
    category: str | None = None,
    topic: str | None = None,
    measure: Measure = "positive",
    precision: int = 5,
    level: float = 0.95,
) -> Estimate:
    """The estimate of `where` for the corpus, made once at all places; see there for arguments."""
    wide = corpus.everywhere

    def estimated() -> Estimate:
        texts = measured_texts(wide, by, category, topic, measure, precision)
        effect = text_design_effect(texts)
        table = counts_by_group(texts, effect, level)
        means = _prior_means(wide, table, by)
        prior = prior_of(table["share"] * table["effective"], table["effective"], means)
        scored = _scored(table, means, prior, level)
        return Estimate(scored, float(texts["positive"].mean()), effect, _mean(table), prior)

    whole = wide.remembered((by, category, topic, measure, precision, level), estimated)
    if wide is corpus:
        return whole
    if by == "complex":
        here = whole.table.index.isin(corpus.complexes["complex"])
        return replace(whole, table=whole.table[here])
    # A region of which only some complexes are meant has other counts, and the same prior.
    texts = measured_texts(corpus, by, category, topic, measure, precision)
    table = counts_by_group(texts, whole.effect, level)
    means = np.full(len(table), whole.mean)
    return replace(whole, table=_scored(table, means, whole.prior, level))


def counts_by_group(texts: pd.DataFrame, effect: float, level: float) -> pd.DataFrame:
    """Texts and reviews of each group, and its share with Wilson's interval; see `WHERE_COLUMNS`.

    Args:
        texts: with the columns group, review and positive.
        effect: the design effect, see `rates.design_effect`.
        level: of the interval.
    """
    grouped = texts.groupby("group", observed=True, sort=True)
    # Column by column: `agg` with names takes seven times as long.
    table = grouped.size().to_frame("texts")
    table["reviews"] = grouped["review"].nunique()
    table["positive"] = grouped["positive"].sum()
    table["share"] = table["positive"] / table["texts"]
    # However alike a resident's texts are, a group is worth as many as it has residents.
    table["effective"] = np.maximum(table["texts"] / effect, table["reviews"])
    k = table["share"] * table["effective"]
    table["wilson_low"], table["wilson_high"] = wilson(k, table["effective"], level)
    return table


def _scored(table: pd.DataFrame, mean: np.ndarray, prior: Prior, level: float) -> pd.DataFrame:
    k = table["share"] * table["effective"]
    score, low, high, variance = shrink(k, table["effective"], mean, level, prior)
    return table.assign(score=score, low=low, high=high, _variance=variance)


def measured_texts(
    corpus: Corpus,
    by: str,
    category: str | None,
    topic: str | None,
    measure: str,
    precision: int = 5,
) -> pd.DataFrame:
    """What `where` counts: rows with group, review, and `positive` for what the measure looks for.

    Raises:
        InputError: the measure is unknown.
        InsightError: nothing is left to count.
    """
    if measure not in ("positive", "complaints", "praise"):
        raise InputError(f"There is no measure {measure!r}.", "Use positive, complaints, praise.")
    texts = grouped_texts(corpus, by, precision)
    if category is not None:
        texts = texts[texts["category"].eq(category)]
    if texts.empty:
        named = filled(CATEGORIES.get(str(category), str(category)), {})
        raise insight_error("‘{category}’ 항목의 판정된 리뷰가 없습니다.", category=named)
    about = texts
    if topic is not None:
        spoken = opinions(corpus, ())
        spoken = spoken[spoken["topic"].eq(topic) & spoken["positive"].notna()]
        spoken = spoken[spoken.index.isin(texts.index)]
        about = texts.loc[spoken.index].assign(positive=spoken["positive"].to_numpy())
        if about.empty:
            raise insight_error(
                "‘{topic}’ 주제의 글이 없습니다.",
                "`insight.topics`에 나오는 주제를 고르세요.",
                topic=topic,
            )
    if measure == "positive":
        return about
    matching = about[about["positive"].eq(float(measure == "praise"))]
    reviews = texts.drop_duplicates(["group", "review"])
    return reviews.assign(positive=reviews["review"].isin(matching["review"]).astype(float))


def grouped_texts(corpus: Corpus, by: str, precision: int = 5) -> pd.DataFrame:
    """The judged texts with a column `group`; those without one are left out.

    Raises:
        InputError: `by` is unknown.
        InsightError: no text has such a group.
    """
    known = (*PLACES, "category", *RESIDENTS)
    if by not in known:
        raise InputError(f"Can't group by {by!r}.", f"Use {', '.join(known)}.")
    texts = corpus.counted
    if by in RESIDENTS:
        texts = texts.assign(group=corpus.judged[by].astype(object)).dropna(subset="group")
        if texts.empty:
            raise insight_error(
                "누가 썼는지 알려 주는 리뷰가 없습니다.",
                "crawl.covariates = true로 수집하거나 그 이름의 열을 넣으세요.",
            )
        return texts
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
    if not texts.empty:
        return texts
    if by == "geohash":
        raise insight_error("좌표가 있는 단지가 없습니다.")
    raise insight_error("주소가 있는 단지가 없습니다.")


def text_design_effect(texts: pd.DataFrame) -> float:
    """The design effect of texts with the columns group, review and positive."""
    group, _ = pd.factorize(texts["group"])
    review, known = pd.factorize(texts["review"])
    reviews = max(len(known), 1)
    clusters, at = np.unique(group * reviews + review, return_inverse=True)
    return design_effect(np.bincount(at, texts["positive"]), np.bincount(at), clusters // reviews)


def _prior_means(corpus: Corpus, table: pd.DataFrame, by: str) -> np.ndarray:
    """What to draw each group toward: its district's rate for complexes, else the rate of all."""
    overall = _mean(table)
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


def _mean(table: pd.DataFrame) -> float:
    return float((table["share"] * table["effective"]).sum() / table["effective"].sum())


def _described(table: pd.DataFrame, corpus: Corpus, by: str) -> pd.DataFrame:
    columns = [by, *WHERE_COLUMNS]
    if by == "complex":
        details = ["name", "district", "neighbourhood", "geohash"]
        details += ["latitude", "longitude", "households"]
        table = table.merge(corpus.complexes[["complex", *details]], on="complex", how="left")
        columns = [by, *details, *WHERE_COLUMNS]
    return table.astype({"positive": int})[columns]
