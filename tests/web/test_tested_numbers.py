"""Intervals, ranks, tests and estimates of the pages, written once more from their sources.

| page | number | recounted by |
|---|---|---|
| / | Wilson's interval at the effective size, score and its interval, rank, ties | statsmodels, quadrature, scipy's studentized range |
| /complex | topics with their shares and intervals; the list's figures on top; years | `json_each`, statsmodels |
| /search | interval of the share | statsmodels |
| /compare | shares by category, differences with intervals, p-values and Holm's correction | SQL, statsmodels, scipy |
| /changes | every row's counts, difference, interval, q-value; opinions and mentions of topics | SQL, statsmodels |
| /keywords | a word's residents, ratio, Fisher's p, q; what stands beside it | LIKE, scipy |
| /label | kappa; the corrected share and its interval | scikit-learn, Angelopoulos 2023 written out |
| /prices | partners, effects within regions with clustered errors; Moran's I, local and over all | statsmodels, numpy |
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from tests.web.recount import (
    CITY,
    SPOKEN,
    TEXTS,
    JudgedCity,
    corrected,
    design_effect,
    difference,
    posterior,
    wilson,
)
from tests.web.test_prices_page import send

PAIR = ("made:0", "made:1")


def by_complex(asked: JudgedCity) -> pd.DataFrame:
    """Counts of each complex at the size that its texts are worth, with its estimates."""
    texts = asked.sql(TEXTS)
    groups = texts.groupby("complex")
    table = groups["positive"].agg(texts="size", positive="sum")
    table["reviews"] = groups["review"].nunique()
    table["district"] = groups["district"].first()
    table["share"] = table["positive"] / table["texts"]
    table["n"] = np.maximum(table["texts"] / design_effect(texts, "complex"), table["reviews"])
    table["k"] = table["share"] * table["n"]
    overall = table["k"].sum() / table["n"].sum()
    places = table.groupby("district")[["k", "n"]].sum()
    rates = posterior(places["k"].to_numpy(), places["n"].to_numpy(), np.full(len(places), overall))
    mean = table["district"].map(dict(zip(places.index, rates["score"], strict=True)))
    estimates = posterior(table["k"].to_numpy(), table["n"].to_numpy(), mean.to_numpy())
    joined: pd.DataFrame = table.join(estimates.set_index(table.index))
    return joined


def test_intervals_scores_and_ranks_of_the_list(asked: JudgedCity) -> None:
    table = asked.csv("/?format=csv&sort=best").set_index("complex")
    plain = by_complex(asked).loc[table.index]
    low, high = wilson(plain["k"], plain["n"])
    np.testing.assert_allclose(table["wilson_low"], low, atol=1e-6)
    np.testing.assert_allclose(table["wilson_high"], high, atol=1e-6)
    for name in ("score", "low", "high"):
        np.testing.assert_allclose(table[name], plain[name], atol=2e-3, err_msg=name)
    # Tukey's: two differ if their distance is one that no two of so many show by chance.
    needed = stats.studentized_range.ppf(0.95, len(plain), np.inf) / np.sqrt(2)
    score, variance = plain["score"].to_numpy(), plain["variance"].to_numpy()
    leader = 0
    for row in range(len(plain)):
        apart = needed * np.sqrt(variance[row] + variance)
        assert table["rank_low"].iloc[row] == 1 + (score - score[row] > apart).sum()
        assert table["rank_high"].iloc[row] == len(plain) - (score[row] - score > apart).sum()
        leader = row if abs(score[row] - score[leader]) > apart[leader] else leader
        assert table["rank"].iloc[row] == leader + 1
    assert (table["tied"] == table.groupby("rank")["rank"].transform("size")).all()
    # It finds what was planted: the scores go with how good the complexes are.
    assert (
        table["score"].corr(CITY.texts.groupby("key")["true"].mean().rename("made:{}".format)) > 0.6
    )


def test_topics_years_and_figures_of_a_complex(asked: JudgedCity) -> None:
    key = PAIR[0]
    own = asked.sql(f"SELECT * FROM ({SPOKEN}) WHERE complex = ?", key)
    texts = asked.sql(f"SELECT * FROM ({TEXTS}) WHERE complex = ?", key)
    table = asked.csv(f"/complex?id={key}&format=csv&table=topics").set_index("topic").sort_index()
    groups = own.groupby("topic")
    k, n = groups["praised"].sum(), groups.size()
    assert (table["positive"] == k).all()
    assert (table["texts"] == n).all()
    assert (table["mentions"] == groups["review"].nunique()).all()
    assert (table["reviews"] == texts["review"].nunique()).all()
    np.testing.assert_allclose(table[["low", "high"]].T, wilson(k, n), atol=1e-6)
    np.testing.assert_allclose(
        table[["rate_low", "rate_high"]].T,
        wilson(groups["review"].nunique(), np.full(len(k), texts["review"].nunique())),
        atol=1e-6,
    )
    shown = asked.page(f"/complex?id={key}")
    best = asked.csv("/?format=csv").set_index("complex").loc[key]
    assert f"{best['share']:.0%} 긍정" in shown
    assert f"보정한 만족도 {best['score']:.0%} (95% 신뢰구간 {best['low']:.0%}–" in shown
    assert f"주민 {texts['review'].nunique()}명이 쓴 리뷰 {len(texts)}건" in shown
    assert f"{k.idxmax()} {k.max()}" in shown.split("칭찬이 많은 주제")[1]
    assert f"{(n - k).idxmax()} {(n - k).max()}" in shown.split("불만이 많은 주제")[1]
    years = asked.csv(f"/complex?id={key}&format=csv&table=trend").set_index("label")
    plain = texts.groupby("year")["positive"].agg(["sum", "size"])
    plain.index = plain.index.astype(int)
    assert years["positive"].to_dict() == plain["sum"].to_dict()
    worth = np.maximum(
        plain["size"] / design_effect(texts, "year"),
        texts.groupby("year")["review"].nunique().to_numpy(),
    )
    low, high = wilson(plain["sum"] / plain["size"] * worth, worth)
    np.testing.assert_allclose(years["low"], low, atol=1e-6)
    np.testing.assert_allclose(years["high"], high, atol=1e-6)


def test_the_interval_of_a_search(asked: JudgedCity) -> None:
    ((k, n),) = asked.sql(
        f"SELECT SUM(lowest), COUNT(*) FROM (SELECT MIN(praised) AS lowest FROM ({SPOKEN})"
        " WHERE topic = '주차' GROUP BY complex, review, category)"
    ).to_numpy()
    low, high = wilson(k, n)
    assert f"{low:.0%}–⁠{high:.0%}".replace("\u2060", "") in asked.page(
        "/search?topic=주차"
    ).replace("&NoBreak;", "").replace("\u2060", "")
    body = asked.api("/search?topic=주차")
    assert (body["positive"], body["judged"]) == (k, n)
    assert (body["low"], body["high"]) == (pytest.approx(low), pytest.approx(high))


def test_two_complexes_side_by_side(asked: JudgedCity) -> None:
    address = f"/compare?id={PAIR[0]}&id={PAIR[1]}"
    texts = asked.sql(f"SELECT * FROM ({TEXTS}) WHERE complex IN (?, ?)", *PAIR)
    profile = asked.csv(f"{address}&format=csv").set_index(["complex", "category"]).sort_index()
    plain = texts.groupby(["complex", "category"])["positive"].agg(["sum", "size"])
    assert (profile["positive"] == plain["sum"]).all()
    assert (profile["texts"] == plain["size"]).all()
    low, high = wilson(plain["sum"], plain["size"])
    np.testing.assert_allclose(profile["wilson_low"], low, atol=1e-6)
    np.testing.assert_allclose(profile["wilson_high"], high, atol=1e-6)
    table = asked.csv(f"{address}&format=csv&table=differences")
    effect = design_effect(texts, "complex")
    p_values = []
    for row in table.to_dict("records"):
        every = row["category"] == "all"
        own = texts if every else texts[texts["category"].eq(row["category"])]
        counts = [
            (int(side.sum()), len(side))
            for side in (own.loc[own["complex"].eq(key), "positive"] for key in PAIR)
        ]
        (k1, n1), (k2, n2) = counts
        assert (row["texts"], row["other_texts"]) == (n1, n2)
        assert row["difference"] == pytest.approx(k1 / n1 - k2 / n2, abs=1e-6)
        worth = effect if every else 1.0
        least, most, p = difference(k1 / worth, n1 / worth, k2 / worth, n2 / worth)
        assert (row["low"], row["high"]) == (pytest.approx(least), pytest.approx(most))
        assert row["p_value"] == pytest.approx(p)
        p_values.append(p)
    np.testing.assert_allclose(table["p_adjusted"], corrected(p_values, "holm"))
    shown = asked.page(address)
    for key in PAIR:
        here = texts.loc[texts["complex"].eq(key), "positive"]
        assert f"{here.mean():.0%} 긍정 리뷰 {len(here)}건" in shown


def test_every_row_of_the_changes(asked: JudgedCity) -> None:
    table = asked.csv("/changes?since=2024&until=2025&base_since=2022&base_until=2023&format=csv")
    texts = asked.sql(f"SELECT * FROM ({TEXTS}) WHERE year >= '2022'")
    spoken = asked.sql(f"SELECT * FROM ({SPOKEN}) WHERE year >= '2022'")
    for frame in (texts, spoken):
        frame["later"] = frame["year"].ge("2024")
    p_values: dict[str, list[float]] = {"positive": [], "spoken": []}
    for row in table.to_dict("records"):
        kind, name, worth = row["kind"], row["name"], 1.0
        if row["measure"] == "spoken":
            residents = texts.drop_duplicates(["complex", "review"])
            about = spoken.loc[spoken["topic"].eq(name), ["complex", "review"]].drop_duplicates()
            with_topic = residents.merge(about.assign(one=1), how="left", on=["complex", "review"])
            own = with_topic.assign(value=with_topic["one"].fillna(0))
        elif kind == "topic":
            own = spoken[spoken["topic"].eq(name)].assign(positive=lambda t: t["praised"])
            worth = design_effect(own, "later")
            own = own.assign(value=own["positive"])
        elif kind == "category":
            own = texts[texts["category"].eq(name)].assign(value=lambda t: t["positive"])
        else:
            worth, own = design_effect(texts, "later"), texts.assign(value=texts["positive"])
        sides = own.groupby("later")["value"].agg(["sum", "size"])
        (k2, n2), (k1, n1) = sides.to_numpy().tolist()
        assert (row["before_count"], row["after_count"]) == (n2, n1), (kind, name)
        assert row["difference"] == pytest.approx(k1 / n1 - k2 / n2, abs=1e-6)
        low, high, p = difference(k1 / worth, n1 / worth, k2 / worth, n2 / worth)
        assert (row["low"], row["high"]) == (
            pytest.approx(low, abs=1e-6),
            pytest.approx(high, abs=1e-6),
        )
        p_values[row["measure"]].append(p)
    for measure, values in p_values.items():
        q = table.loc[table["measure"].eq(measure), "q_value"]
        np.testing.assert_allclose(q, corrected(values, "fdr_bh"), atol=1e-6)
    named = table[table["measure"].eq("positive")].set_index("name")
    assert named["significant"].drop("all")[lambda s: s].index.tolist() == ["주차"]


def test_keywords_with_their_tests(asked: JudgedCity) -> None:
    """Words that no other word of the city holds, so that LIKE counts them too."""
    table = asked.csv("/keywords?since=2024&format=csv").set_index("word")
    for word in ("헬스장", "도서관", "산책로", "녹물", "곰팡이", "시장"):
        counts = asked.sql(
            "SELECT year >= '2024' AS later, COUNT(DISTINCT review) AS n,"
            f" COUNT(DISTINCT CASE WHEN text LIKE '%{word}%' THEN review END) AS k"
            f" FROM ({TEXTS}) GROUP BY 1"
        )  # fmt: skip
        (k0, k1), (n0, n1) = counts["k"], counts["n"]
        row = table.loc[word]
        assert (row["mentions"], row["reviews"]) == (k1, n1)
        assert (row["base_mentions"], row["base_reviews"]) == (k0 + k1, n0 + n1)
        assert row["ratio"] == pytest.approx(k1 / n1 / ((k0 + k1) / (n0 + n1)), abs=1e-5)
        tails = [
            stats.fisher_exact([[k1, n1 - k1], [k0, n0 - k0]], alternative=side).pvalue
            for side in ("less", "greater")
        ]
        assert row["p_value"] == pytest.approx(min(2 * min(tails), 1), abs=1e-6)
    np.testing.assert_allclose(table["q_value"], corrected(table["p_value"], "fdr_bh"), atol=1e-6)


def test_words_beside_a_word(asked: JudgedCity) -> None:
    table = asked.csv("/keywords?word=헬스장&format=csv&table=related").set_index("word")
    counts = asked.sql(
        "SELECT SUM(text LIKE '%헬스장%') AS one, SUM(text LIKE '%도서관%') AS other,"
        " SUM(text LIKE '%헬스장%' AND text LIKE '%도서관%') AS both, COUNT(*) AS n FROM reviews"
    ).iloc[0]
    row = table.loc["도서관"]
    assert (row["texts"], row["together"]) == (counts["other"], counts["both"])
    pmi = np.log2(counts["both"] * counts["n"] / counts["one"] / counts["other"])
    assert row["pmi"] == pytest.approx(pmi, abs=1e-5)
    assert row["npmi"] == pytest.approx(pmi / -np.log2(counts["both"] / counts["n"]), abs=1e-5)


def test_agreement_and_the_corrected_share(asked: JudgedCity) -> None:
    labels = asked.sql(
        "SELECT apartment_id || review_id || category AS t, person, label FROM annotations"
    )
    wide = labels.pivot(index="t", columns="person", values="label")
    row = asked.csv("/label?format=csv&table=agreement").iloc[0]
    assert (row["texts"], row["same"]) == (
        len(wide),
        pytest.approx((wide["가온"] == wide["나래"]).mean()),
    )
    assert row["kappa"] == pytest.approx(cohen_kappa_score(wide["가온"], wide["나래"]), abs=1e-6)
    shown = asked.page("/label")
    assert f"{row['kappa']:.2f} {row['low']:.2f}–{row['high']:.2f}" in shown
    # Angelopoulos, Duchi & Zrnic 2023: the labelled mean, moved by what the model says of all others.
    texts = asked.sql(
        "SELECT p.label = 'positive' AS f, y FROM reviews r"
        " JOIN predictions p USING (source, apartment_id, review_id, category) LEFT JOIN"
        " (SELECT source, apartment_id, review_id, category, MIN(label = 'positive') AS y"
        " FROM annotations GROUP BY 1, 2, 3, 4 HAVING COUNT(DISTINCT label) = 1)"
        " USING (source, apartment_id, review_id, category)"
    )
    known = texts[texts["y"].notna()]
    rest = texts.loc[texts["y"].isna(), "f"]
    n, others = len(known), len(rest)
    pooled = texts["f"].var(ddof=0)
    weight = np.cov(known["y"], known["f"])[0, 1] / ((1 + n / others) * pooled)
    corrected_row = asked.csv("/label?format=csv&table=corrected").iloc[0]
    assert corrected_row["labelled"] == n
    assert corrected_row["weight"] == pytest.approx(weight, abs=1e-5)
    share = known["y"].mean() + weight * (rest.mean() - known["f"].mean())
    assert corrected_row["share"] == pytest.approx(share, abs=1e-6)
    error = np.sqrt(
        (known["y"] - weight * known["f"]).var(ddof=1) / n + weight**2 * rest.var(ddof=1) / others
    )
    assert corrected_row["high"] - corrected_row["low"] == pytest.approx(2 * 1.96 * error, rel=0.01)
    assert corrected_row["low"] <= CITY.texts["true"].mean() <= corrected_row["high"]


def test_prices_within_regions(asked: JudgedCity) -> None:
    rng = np.random.default_rng(3)
    places = CITY.apartments
    households = places["households"].astype(float)
    level = 1 + 0.2 * pd.factorize(places["district"])[0]
    price = (30_000 * level * np.exp(2e-4 * households + rng.normal(0, 0.03, len(places)))).round()
    sent = pd.DataFrame({"단지명": places["name"], "거래금액": price})
    page = send(asked.known, sent, "거래금액")
    assert "단지 40곳 가운데 40곳의 짝을 찾았습니다" in page
    result = page.split("/prices?result=", 1)[1].split("&", 1)[0]
    effects = asked.csv(f"/prices?result={result}&table=effects&format=csv").set_index("property")
    scores = asked.csv("/?format=csv").set_index("complex")["score"]
    own = pd.DataFrame(
        {
            "score": scores.reindex("made:" + places["key"]).to_numpy(),
            "households": households.to_numpy(),
            "log": np.log(price),
        }
    )
    within = own - own.groupby(places["district"]).transform("mean")
    x = within[["score", "households"]] / own[["score", "households"]].std()
    groups = pd.factorize(places["district"])[0]
    fitted = sm.OLS(within["log"], x).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    low, high = fitted.conf_int().to_numpy().T
    names = ["score", "households"]
    np.testing.assert_allclose(effects.loc[names, "effect"], fitted.params, atol=1e-6)
    np.testing.assert_allclose(effects.loc[names, "low"], low, atol=1e-6)
    np.testing.assert_allclose(effects.loc[names, "high"], high, atol=1e-6)
    np.testing.assert_allclose(
        effects.loc[names, "q_value"], corrected(fitted.pvalues, "fdr_bh"), atol=1e-6
    )
    assert low[1] < 2e-4 * households.std() < high[1], "as it was planted"


def test_where_shares_gather(asked: JudgedCity) -> None:
    table = asked.csv("/prices?format=csv")
    plain = asked.sql(f"SELECT complex, AVG(positive) AS share FROM ({TEXTS}) GROUP BY 1")
    shares = plain.set_index("complex")["share"].reindex(table["complex"]).to_numpy()
    np.testing.assert_allclose(table["share"], shares, atol=1e-6)
    points = CITY.apartments.set_index("made:" + CITY.apartments["key"]).loc[table["complex"]]
    y, x = np.radians(points["latitude"].to_numpy()), np.radians(points["longitude"].to_numpy())
    half = np.sin((y - y[:, None]) / 2) ** 2
    half += np.cos(y) * np.cos(y[:, None]) * np.sin((x - x[:, None]) / 2) ** 2
    metres = 2 * 6_371_008.8 * np.arcsin(np.sqrt(half))
    np.fill_diagonal(metres, np.inf)
    near = np.argsort(metres, axis=1)[:, :8]
    z = shares - shares.mean()
    lag = z[near].mean(axis=1)
    moran = (z * lag).sum() / (z**2).sum()
    shown = asked.page("/prices")
    assert f"{moran:.3f} p값" in shown
    assert f"우연이라면 {-1 / (len(z) - 1):.3f}" in shown
    np.testing.assert_allclose(table["local"], (len(z) - 1) * z * lag / (z**2).sum(), atol=1e-5)
    np.testing.assert_allclose(
        table["neighbours_distance"], np.take_along_axis(metres, near, 1).max(axis=1), rtol=1e-3
    )
