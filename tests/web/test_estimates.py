"""Estimates of pages and the report that rest on a prior, on labels or on chance, by another road.

| place | number | recounted by |
|---|---|---|
| report, polar | counts, log-odds with their interval, z, q | the store's words by SQL, logits, statsmodels |
| /complex | words of praise and complaint that are typical of it | residents by SQL, scipy's Fisher test, statsmodels |
| report, standouts | p and q of a difference beyond five points | scipy's Fisher test and normal tail, statsmodels |
| report, drivers | interval, p and q, penalty and R2 | the sandwich of a regression with pseudo-rows |
| /label | the trend, naive and corrected | statsmodels' OLS with HC1 |
| /label | the drivers, naive and corrected | means of 0 and 1, a bootstrap of their own |
| /prices | p of Moran's I, over all and of each complex | permutations of our own |
"""

from __future__ import annotations

import re
import time

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import special, stats
from sklearn.linear_model import RidgeCV
from statsmodels.stats.proportion import confint_proportions_2indep

from tests.report.test_report import Page
from tests.web.recount import CITY, JOINED, SPOKEN, TEXTS, JudgedCity, corrected
from tests.web.test_craft import report_by_button
from zigbang_nlp.insight.ridge import _PENALTIES

#: What people's labels say of a text, where all who labelled it agree; else NULL.
LABELS = (
    "SELECT r.review_id AS review, r.category, p.label = 'positive' AS f, y, julianday(r.written_at)"
    f" / 365.25 AS year FROM {JOINED} LEFT JOIN (SELECT source, apartment_id, review_id, category,"
    " MIN(label = 'positive') AS y FROM annotations GROUP BY 1, 2, 3, 4"
    " HAVING COUNT(DISTINCT label) = 1) USING (source, apartment_id, review_id, category)"
)


@pytest.fixture(scope="module")
def page(asked: JudgedCity) -> Page:
    return report_by_button(asked.known)


@pytest.fixture(scope="module")
def said(asked: JudgedCity) -> pd.DataFrame:
    """One row a text and word that it holds: complex, positive, word as people write it."""
    kept = "json_each('[\"' || replace(p.words, char(9), '\",\"') || '\"]')"
    own = asked.sql(
        "SELECT DISTINCT r.source || ':' || r.apartment_id AS complex, r.review_id, r.category,"
        f" p.label = 'positive' AS positive, w.value AS word FROM {JOINED}, {kept} w"
        " WHERE p.words <> ''"
    )
    stored = own["word"]
    own["word"] = np.where(stored.str.endswith("-"), stored.str[:-1] + "다", stored)
    own["word"] = own["word"].str.replace("+", "")
    return own


def contrast(said: pd.DataFrame, side: pd.Series, least: int) -> pd.DataFrame:
    """Monroe, Colaresi & Quinn 2008, equations 15, 16, 19, 20 and 22, with a prior worth 500."""
    counts = pd.DataFrame(
        {
            "one": said[side].groupby("word").size(),
            "other": said[~side].groupby("word").size(),
        }
    ).fillna(0)
    background = counts.sum(axis=1) / len(said)
    y = counts + 500 * background.to_numpy()[:, None]
    odds = special.logit(y / y.sum())
    counts["log_odds"] = odds["one"] - odds["other"]
    counts["error"] = np.sqrt((1 / y).sum(axis=1))
    counts = counts[counts["one"] + counts["other"] >= least]
    counts["z"] = counts["log_odds"] / counts["error"]
    return counts.assign(q=corrected(2 * stats.norm.sf(counts["z"].abs()), "fdr_bh"))


def test_words_of_praise_and_of_complaint(page: Page, said: pd.DataFrame) -> None:
    table = page.table("polar").set_index("word").sort_index()
    plain = contrast(said, said["positive"].eq(1), least=5).loc[table.index]
    assert (table["positive"] == plain["one"]).all()
    assert (table["negative"] == plain["other"]).all()
    for name in ("log_odds", "z"):
        np.testing.assert_allclose(table[name], plain[name], atol=1e-9, err_msg=name)
    np.testing.assert_allclose(table["q_value"], plain["q"], atol=1e-12)
    np.testing.assert_allclose(
        table["low"], plain["log_odds"] - 1.959964 * plain["error"], rtol=1e-5
    )
    np.testing.assert_allclose(
        table["high"], plain["log_odds"] + 1.959964 * plain["error"], rtol=1e-5
    )
    assert (table["significant"] == plain["q"].lt(0.05)).all()
    # 녹물 and 곰팡이 are told of in complaints only, 벚꽃 and 도서관 in praise: that was planted.
    assert table.loc[["녹물", "곰팡이"], "log_odds"].lt(0).all()
    assert table.loc[["벚꽃", "도서관"], "low"].gt(0).all()


@pytest.mark.parametrize("key", ["made:0", "made:3"])
@pytest.mark.parametrize(("side", "heading"), [("positive", "칭찬"), ("negative", "불만")])
def test_words_that_are_typical_of_a_complex(
    asked: JudgedCity, said: pd.DataFrame, key: str, side: str, heading: str
) -> None:
    own = said[said["positive"].eq(side == "positive")].assign(here=lambda t: t["complex"].eq(key))
    residents = own.drop_duplicates(["complex", "review_id"])["here"]
    n1, n2 = residents.sum(), (~residents).sum()
    heard = own.drop_duplicates(["complex", "review_id", "word"])
    plain = heard.groupby("word")["here"].agg(mentions="sum", total="size")
    plain = plain[plain["total"].ge(3)]
    plain["base_mentions"] = plain["total"] - plain["mentions"]
    tails = [
        [
            stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]], alternative).pvalue
            for k1, k2 in zip(plain["mentions"], plain["base_mentions"], strict=True)
        ]
        for alternative in ("less", "greater")
    ]
    plain["p_value"] = np.minimum(2 * np.min(tails, axis=0), 1)
    plain["q_value"] = corrected(plain["p_value"], "fdr_bh")
    plain["ratio"] = plain["mentions"] / n1 / (plain["base_mentions"] / n2)
    table = asked.csv(f"/complex?id={key}&format=csv&table={side}_words").set_index("word")
    assert set(table.index) == set(plain.index)
    plain = plain.loc[table.index]
    assert table["reviews"].eq(n1).all()
    assert table["base_reviews"].eq(n2).all()
    for name in ("mentions", "base_mentions", "p_value", "q_value"):
        np.testing.assert_allclose(table[name], plain[name], atol=1e-9, err_msg=name)
    finite = np.isfinite(plain["ratio"])
    np.testing.assert_allclose(table["ratio"][finite], plain["ratio"][finite])
    found = plain[plain["q_value"].lt(0.05) & plain["ratio"].gt(1)]
    html = asked.known.http.get(f"/complex?id={key}").text
    under = html.split(f"유독 많이 나온 {heading}</h3>", 1)[1].split("</section>", 1)[0]
    shown = [
        (word, int(count)) for word, count in re.findall(r">([^<>]+) <small>(\d+)</small>", under)
    ]
    assert shown == list(found["mentions"].head(10).items())
    assert (f"유의하게 많이 나온 {heading}이 없습니다" in under) != bool(shown)


def test_what_stands_out_beyond_chance(page: Page) -> None:
    table = page.table("standouts")
    p_values = []
    for row in table.to_dict("records"):
        k1, n1, k2, n2 = (
            row["share"] * row["texts"],
            row["texts"],
            row["other_share"] * row["other_texts"],
            row["other_texts"],
        )
        square = np.rint([[k1, n1 - k1], [k2, n2 - k2]]).astype(int)
        tails = [stats.fisher_exact(square, side).pvalue for side in ("less", "greater")]
        # The standard error of Agresti & Caffo's interval, and the distance to five points.
        low, high = confint_proportions_2indep(k1, n1, k2, n2, method="agresti-caffo")
        error = (high - low) / 2 / stats.norm.ppf(0.975)
        beyond = 2 * stats.norm.sf((abs(row["difference"]) - 0.05) / error)
        p_values.append(max(min(2 * min(tails), 1), min(beyond, 1)))
    np.testing.assert_allclose(table["p_value"], p_values, atol=1e-9)
    np.testing.assert_allclose(table["q_value"], corrected(p_values, "fdr_bh"), atol=1e-9)
    found = table["q_value"] < 0.05
    assert (table["significant"] == found).all()
    said = (
        f"조합 {len(table):,}개 중 {found.sum():,}개가"
        if found.any()
        else "유의하게 다른 조합이 없"
    )
    assert said in page.cards["standouts"]


def test_the_errors_of_the_drivers(asked: JudgedCity, page: Page) -> None:
    key = ["complex", "review"]
    score = asked.sql(f"SELECT * FROM ({TEXTS}) WHERE category = 'total'").set_index(key)["score"]
    own = asked.sql(f"SELECT *, 2 * praised - 1 AS tone FROM ({SPOKEN}) WHERE category <> 'total'")
    tone = own.pivot_table(index=key, columns="topic", values="tone", aggfunc="mean")
    table = page.table("drivers").set_index("driver")
    x = tone.reindex(score.index).fillna(0)[list(table.index)]
    fitted = RidgeCV(alphas=np.maximum(_PENALTIES, 1e-12) * len(x)).fit(x, score)
    centred = (x - x.mean()).to_numpy()
    # A penalty is as many rows more that say 0; only the residents' own errors count.
    rows = np.vstack([centred, np.sqrt(fitted.alpha_) * np.eye(x.shape[1])])
    bread = np.linalg.inv(rows.T @ rows)
    residual = (score - fitted.predict(x)).to_numpy()
    meat = sum(np.outer(one, one) * error**2 for one, error in zip(centred, residual, strict=True))
    factor = len(x) / (len(x) - x.shape[1] - 1)
    error = np.sqrt(np.diag(bread @ meat @ bread) * factor)
    np.testing.assert_allclose(table["high"] - table["low"], 2 * 1.959964 * error, rtol=1e-5)
    p = 2 * stats.norm.sf(np.abs(fitted.coef_) / error)
    np.testing.assert_allclose(table["p_value"], p, rtol=1e-5)
    np.testing.assert_allclose(table["q_value"], corrected(p, "fdr_bh"), rtol=1e-5)
    np.testing.assert_allclose(table["weight"], np.abs(fitted.coef_) * x.std(ddof=0), rtol=1e-6)
    r2 = fitted.score(x, score)
    assert f"작성자 {len(x):,}명의 점수 차이 중 {r2:.0%}를 설명합니다" in page.cards["drivers"]


def test_the_trend_as_judged_and_corrected(asked: JudgedCity) -> None:
    texts = asked.sql(LABELS)

    def slope(rows: pd.DataFrame, value: pd.Series) -> tuple[float, float]:
        fitted = sm.OLS(value, sm.add_constant(rows["year"])).fit(cov_type="HC1")
        return float(fitted.params["year"]), float(fitted.bse["year"])

    row = asked.csv("/label?format=csv&table=trend").iloc[0]
    naive, error = slope(texts, texts["f"])
    assert row["naive"] == pytest.approx(naive, abs=1e-6)
    assert row["naive_high"] - row["naive_low"] == pytest.approx(2 * 1.959964 * error, rel=1e-3)
    # Angelopoulos et al. 2023: what the model says of the others, and how far it is off.
    known, others = texts[texts["y"].notna()], texts[texts["y"].isna()]
    (base, spread), (off, wrong) = (
        slope(others, others["f"]),
        slope(known, known["y"] - known["f"]),
    )
    assert row["effect"] == pytest.approx(base + off, abs=1e-6)
    half = stats.t.ppf(0.975, len(known) - 1) * np.hypot(spread, wrong)
    assert (row["low"], row["high"]) == pytest.approx(
        (base + off - half, base + off + half), abs=1e-5
    )
    assert row["labelled"] == len(known)
    moments = CITY.texts["written_at"].to_numpy("datetime64[s]").astype(float) / 86_400 / 365.25
    true = np.polyfit(moments - moments.mean(), CITY.texts["true"].astype(float), 1)[0]
    assert row["low"] <= true <= row["high"]
    shown = asked.page("/label")
    for name in ("naive", "effect"):
        assert f"{100 * row[name]:+.1f}%p" in shown, name


def test_the_drivers_as_judged_and_corrected(asked: JudgedCity) -> None:
    texts = asked.sql(LABELS).merge(
        asked.sql("SELECT review_id AS review, score FROM reviews WHERE category = 'total'")
    )
    meant = CITY.texts.merge(
        CITY.texts.loc[CITY.texts["category"].eq("total"), ["review_id", "score"]],
        on="review_id",
        suffixes=("_own", ""),
    )
    table = waited(asked, "/label?format=csv&table=drivers").set_index("driver")
    assert len(table)
    rng = np.random.default_rng(5)
    for category, row in zip(table.index.astype(str), table.to_dict("records"), strict=True):
        own = texts[texts["category"].eq(category)]
        known = own[own["y"].notna()]
        assert row["labelled"] == len(known)
        groups = own.groupby("f")["score"].mean()
        assert row["naive"] == pytest.approx(groups[1] - groups[0], abs=1e-5)
        fitted = sm.OLS(own["score"], sm.add_constant(own["f"])).fit(cov_type="HC1")
        width = 2 * 1.959964 * fitted.bse["f"]
        assert row["naive_high"] - row["naive_low"] == pytest.approx(width, rel=1e-3)

        def gap(every: pd.DataFrame, labelled: pd.DataFrame) -> float:
            """Mean score of the praising less that of the others, from two corrected means."""
            share = every["f"].mean() + (labelled["y"] - labelled["f"]).mean()
            product = (every["f"] * every["score"]).mean() + (
                (labelled["y"] - labelled["f"]) * labelled["score"]
            ).mean()
            return float((product - share * every["score"].mean()) / (share * (1 - share)))

        assert row["effect"] == pytest.approx(gap(own, known), abs=1e-5)
        drawn = [
            gap(own.sample(frac=1, replace=True, random_state=rng),
                known.sample(frac=1, replace=True, random_state=rng))
            for _ in range(400)
        ]  # fmt: skip
        low, high = np.quantile(drawn, [0.025, 0.975])
        near = float(np.std(drawn)) / 2  # an end of 400 draws is uncertain by a seventh of it
        assert (row["low"], row["high"]) == (
            pytest.approx(low, abs=near),
            pytest.approx(high, abs=near),
        )
        true = meant[meant["category"].eq(category)].groupby("true")["score"].mean()
        assert row["low"] <= true[True] - true[False] <= row["high"]


def waited(asked: JudgedCity, address: str) -> pd.DataFrame:
    """A file of the page that says at first that it is being made."""
    for _ in range(200):
        answer = asked.known.http.get(address)
        if answer.headers["content-type"].startswith("text/csv") and len(answer.content) > 10:
            return asked.csv(address)
        time.sleep(0.1)
    raise AssertionError(answer.text[:300])


def test_chances_of_the_gathering(asked: JudgedCity) -> None:
    table = asked.csv("/prices?format=csv")
    points = CITY.apartments.set_index("made:" + CITY.apartments["key"]).loc[table["complex"]]
    y, x = np.radians(points[["latitude", "longitude"]].to_numpy(float)).T
    apart = np.sin((y - y[:, None]) / 2) ** 2
    apart += np.cos(y) * np.cos(y[:, None]) * np.sin((x - x[:, None]) / 2) ** 2
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1)[:, :8]
    z = (table["share"] - table["share"].mean()).to_numpy()
    rng, draws = np.random.default_rng(11), 4_999

    def chance(found: float, drawn: np.ndarray) -> float:
        """Twice the rarer tail's share, the one found among them (Phipson & Smyth 2010)."""
        above = (drawn >= found).sum()
        return float(min(2 * (min(above, draws - above) + 1) / (draws + 1), 1))

    def same(one: float, other: float) -> bool:
        """Whether two shares of as many draws differ by no more than the draws do."""
        tail = max(one, other) / 2
        return bool(abs(one - other) < 5 * 2 * np.sqrt(2 * tail * (1 - tail) / draws) + 1e-3)

    for row in range(len(z)):
        others = np.delete(z, row)
        chosen = rng.random((draws, len(others))).argsort(axis=1)[:, :8]
        p = chance(z[row] * z[near[row]].mean(), z[row] * others[chosen].mean(axis=1))
        assert same(p, table["p_value"].iloc[row]), (row, p)
    np.testing.assert_allclose(table["q_value"], corrected(table["p_value"], "fdr_bh"), atol=1e-6)
    mixed = rng.permuted(np.tile(z, (draws, 1)), axis=1)
    p = chance((z * z[near].mean(axis=1)).sum(), (mixed * mixed[:, near].mean(axis=2)).sum(axis=1))
    (shown,) = re.findall(r"p값 (<?[\d.]+)", asked.page("/prices").split("모란 I")[1])
    assert same(p, float(shown.lstrip("<")))
