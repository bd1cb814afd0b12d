"""Every number of a report that was asked for by the button, recounted by SQL and pandas.

| card | number | recounted by |
|---|---|---|
| overview | texts, residents, complexes, districts, shares with the interval | COUNT, statsmodels |
| key_findings | shares before and after, counts, interval | SQL by day, statsmodels |
| map, ranking, regions | counts, shares, intervals, scores | GROUP BY, statsmodels, quadrature |
| standouts | counts, shares and differences of each complex and category | pandas |
| categories, topics, topics_by_region, pros_and_cons | counts, shares, intervals | `json_each`, statsmodels |
| drivers | what a topic moves the score by | scikit-learn's RidgeCV |
| trend | counts and shares by quarter | GROUP BY |
| keywords, yearly_keywords, polar, network | residents and texts that hold a word, ratios, NPMI | LIKE |
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import RidgeCV

from tests.report.test_report import Page
from tests.web.recount import SPOKEN, TEXTS, JudgedCity, design_effect, difference, wilson
from tests.web.test_craft import report_by_button
from tests.web.test_tested_numbers import by_complex
from zigbang_nlp.insight.ridge import _PENALTIES

#: Words that no other word of the city holds, so that LIKE counts them too.
PLAIN = ("헬스장", "도서관", "산책로", "녹물", "곰팡이", "시장", "벚꽃", "잡초", "배관")


@pytest.fixture(scope="module")
def page(asked: JudgedCity) -> Page:
    return report_by_button(asked.known)


@pytest.fixture(scope="module")
def texts(asked: JudgedCity) -> pd.DataFrame:
    return asked.sql(TEXTS)


@pytest.fixture(scope="module")
def spoken(asked: JudgedCity) -> pd.DataFrame:
    return asked.sql(SPOKEN)


def same_shares(table: pd.DataFrame, k: pd.Series, n: pd.Series, low: str, high: str) -> None:
    """Counts, shares and Wilson's interval of a table that has the index of the counts."""
    k, n = k.reindex(table.index), n.reindex(table.index)
    assert (table["positive"] == k).all()
    assert (table["texts"] == n).all()
    np.testing.assert_allclose(table["share"], k / n)
    np.testing.assert_allclose(table[[low, high]].T, wilson(k, n), atol=1e-9)


def test_the_figures_on_top(page: Page, texts: pd.DataFrame) -> None:
    card = " ".join(page.cards["overview"].split())
    residents = texts.drop_duplicates(["complex", "review"])
    assert f"리뷰 수{len(texts):,}주민 {len(residents):,}명" in card
    assert f"단지 수{texts['complex'].nunique()}시군구 {texts['district'].nunique()}곳" in card
    share, n = texts["positive"].mean(), len(texts) / design_effect(texts.assign(all=0), "all")
    low, high = wilson(share * n, n)
    assert f"긍정 비율{share:.1%}95% 신뢰구간 {low:.1%}–{high:.1%}" in card
    assert f"판정 보류 비율{texts['unsure'].mean():.1%}" in card


def test_findings_of_places_topics_and_moments(
    asked: JudgedCity, page: Page, texts: pd.DataFrame, spoken: pd.DataFrame
) -> None:
    card = " ".join(page.cards["key_findings"].split())
    plain, overall = by_complex(asked), texts["positive"].mean()
    above, below = (plain["low"] > overall).sum(), (plain["high"] < overall).sum()
    assert f"단지 {len(plain)}곳 가운데 전체 긍정 비율({overall:.1%})보다" in card
    assert f"유의하게 높은 곳이 {above}곳, 낮은 곳이 {below}곳" in card
    names = asked.csv("/?format=csv").set_index("complex")["name"]
    for word, key in (("높은", plain["low"].idxmax()), ("낮은", plain["high"].idxmin())):
        row: Any = plain.loc[str(key)]
        match = re.search(
            rf"가장 {word} 단지는 {names[str(key)]}입니다\(보정한 만족도 ([\d.]+)%, 95% 신뢰구간"
            rf" ([\d.]+)%–([\d.]+)%, 글 {row['texts']:.0f}건",
            card,
        )
        assert match, card
        near = [100 * row[name] for name in ("score", "low", "high")]
        assert [float(one) for one in match.groups()] == pytest.approx(near, abs=0.25)
    groups = spoken.groupby("topic")["praised"].agg(["sum", "size"])
    low, high = wilson(groups["sum"], groups["size"])
    for word, at in (("높은", low.argmax()), ("낮은", high.argmin())):
        share, n = groups["sum"].iloc[at] / groups["size"].iloc[at], groups["size"].iloc[at]
        assert (
            f"가장 {word} 주제는 {groups.index[int(at)]}({share:.1%}, 95% 신뢰구간"
            f" {low[at]:.1%}–{high[at]:.1%}, 글 {n}건)"
        ) in card
    for quarter, before, after, n in re.findall(
        r"(\d{4} Q\d)부터 추천점수 긍정 비율이 ([\d.]+)%에서 ([\d.]+)%로.*?글 (\d+)건", card
    ):
        own = texts[texts["category"].eq("total")]
        later = own["quarter"] >= quarter
        assert int(n) == len(own)
        assert float(before) == pytest.approx(100 * own.loc[~later, "positive"].mean(), abs=0.06)
        assert float(after) == pytest.approx(100 * own.loc[later, "positive"].mean(), abs=0.06)


def test_the_finding_that_was_planted(asked: JudgedCity, page: Page) -> None:
    card = " ".join(page.cards["key_findings"].split())
    (since,) = re.findall(r"([\d-]{10}) 이후 \S+ 긍정 비율", card)
    assert f"{since} 이후 주차 긍정" in card
    own = asked.sql(
        f"SELECT complex, review, praised AS positive, written_at >= ? AS later FROM ({SPOKEN}) s"
        " JOIN (SELECT source || ':' || apartment_id AS complex, review_id AS review, category,"
        " written_at FROM reviews) USING (complex, review, category) WHERE topic = '주차'",
        since,
    )
    (k2, n2), (k1, n1) = own.groupby("later")["positive"].agg(["sum", "size"]).to_numpy().tolist()
    assert f"{k2 / n2:.1%}에서 {k1 / n1:.1%}로 떨어졌습니다" in card
    worth = design_effect(own, "later")
    low, high, _ = difference(k1 / worth, n1 / worth, k2 / worth, n2 / worth)
    assert f"{100 * low:+.1f}~{100 * high:+.1f}%p, 글 {n2}건과 {n1}건" in card


def test_places(asked: JudgedCity, page: Page, texts: pd.DataFrame) -> None:
    table = page.table("ranking").set_index("complex")
    plain = by_complex(asked).loc[table.index]
    assert page.table("map").set_index("complex")["score"].equals(table["score"])
    for name in ("texts", "positive", "reviews"):
        assert (table[name] == plain[name]).all()
    np.testing.assert_allclose(table["score"], plain["score"], atol=2e-3)
    regions = page.table("regions").set_index("name")
    groups = texts.groupby("district")
    k, n = groups["positive"].sum(), groups.size()
    worth: Any = np.maximum(
        n / design_effect(texts, "district"),
        groups.apply(lambda g: g[["complex", "review"]].drop_duplicates().shape[0]),
    )
    low, high = wilson((k / n * worth).loc[regions.index], worth.loc[regions.index])
    np.testing.assert_allclose(regions["share"], (k / n).loc[regions.index])
    np.testing.assert_allclose(regions["wilson_low"], low)
    np.testing.assert_allclose(regions["wilson_high"], high)
    for row in page.table("standouts").to_dict("records"):
        own = texts[texts["category"].eq(row["category"])]
        here = own["complex"].eq(row["complex"])
        one, other = own.loc[here, "positive"], own.loc[~here, "positive"]
        assert (row["texts"], row["other_texts"]) == (len(one), len(other))
        assert row["difference"] == pytest.approx(one.mean() - other.mean())
        interval = difference(one.sum(), len(one), other.sum(), len(other))[:2]
        assert (row["low"], row["high"]) == pytest.approx(interval)


def test_categories_and_topics(page: Page, texts: pd.DataFrame, spoken: pd.DataFrame) -> None:
    groups = texts.groupby("category")["positive"]
    table = page.table("categories").set_index("category")
    same_shares(table, groups.sum(), groups.size(), "wilson_low", "wilson_high")
    topics = page.table("topics").set_index("topic")
    groups = spoken.groupby("topic")["praised"]
    same_shares(topics, groups.sum(), groups.size(), "low", "high")
    residents = spoken.drop_duplicates(["topic", "complex", "review"]).groupby("topic").size()
    assert (topics["mentions"] == residents.reindex(topics.index)).all()
    by_region = spoken.groupby(["district", "topic"])["praised"]
    cells = page.table("topics_by_region").set_index(["name", "topic"])
    assert len(cells) == by_region.ngroups
    few = cells["texts"] < 10
    assert cells.loc[few, "share"].isna().all()
    same_shares(cells[~few], by_region.sum(), by_region.size(), "low", "high")
    by_complex = spoken.groupby(["complex", "topic"])["praised"]
    own = page.table("pros_and_cons").set_index(["complex", "topic"])
    assert len(own) == (by_complex.size() >= 5).sum()
    same_shares(own, by_complex.sum(), by_complex.size(), "low", "high")


def test_what_moves_the_score(page: Page, texts: pd.DataFrame, spoken: pd.DataFrame) -> None:
    key = ["complex", "review"]
    score = texts[texts["category"].eq("total")].set_index(key)["score"]
    own = spoken[spoken["category"].ne("total")].assign(tone=2 * spoken["praised"] - 1)
    tone = own.pivot_table(index=key, columns="topic", values="tone", aggfunc="mean")
    tone = tone.reindex(score.index)
    table = page.table("drivers").set_index("driver")
    # Only residents who gave a score and spoke of a topic elsewhere tell of it.
    assert (table["reviews"] == tone.notna().sum().reindex(table.index)).all()
    x = tone.fillna(0)[list(table.index)]
    fitted = RidgeCV(alphas=np.maximum(_PENALTIES, 1e-12) * len(x)).fit(x, score)
    np.testing.assert_allclose(table["effect"], fitted.coef_, atol=1e-7)


def test_times(asked: JudgedCity, page: Page) -> None:
    plain = asked.sql(
        "SELECT quarter AS label, COUNT(*) AS texts, SUM(positive) AS positive"
        f" FROM ({TEXTS}) GROUP BY 1"
    ).set_index("label")
    table = page.table("trend").set_index("label")
    assert (table[["texts", "positive"]] == plain.loc[table.index, ["texts", "positive"]]).all(
        axis=None
    )
    np.testing.assert_allclose(table["share"], table["positive"] / table["texts"])


def test_words(asked: JudgedCity, page: Page) -> None:
    since = re.findall(r"(\d{4}-\d\d-\d\d)–", page.cards["keywords"])[0]
    keywords = page.table("keywords").set_index("word")
    years = page.table("yearly_keywords")
    polar = page.table("polar").set_index("word")
    dated = TEXTS.replace("p.unsure,", "p.unsure, r.written_at,")
    for word in PLAIN:
        own = asked.sql(
            f"SELECT review, year, positive, written_at >= ? AS later,"
            f" text LIKE '%{word}%' AS held FROM ({dated})",
            since,
        )
        residents = own.groupby(["review", "year", "later"])["held"].max().reset_index()
        row: Any = keywords.loc[word]
        recent = residents[residents["later"].eq(1)]["held"]
        assert (row["mentions"], row["reviews"]) == (recent.sum(), len(recent))
        assert row["ratio"] == pytest.approx(recent.mean() / residents["held"].mean())
        for year in years[years["word"].eq(word)].to_dict("records"):
            then = residents[residents["year"].eq(str(year["year"]))]["held"]
            assert (year["mentions"], year["reviews"]) == (then.sum(), len(then))
            assert year["ratio"] == pytest.approx(then.mean() / residents["held"].mean())
        held = own[own["held"].eq(1)]["positive"]
        assert (polar.loc[word, "positive"], polar.loc[word, "negative"]) == (
            held.sum(),
            len(held) - held.sum(),
        )
    together = page.table("network").query("method == '같은 리뷰'")
    for pair in together.to_dict("records"):
        if not {pair["one"], pair["other"]} <= {*PLAIN, "초등학교", "지하철역"}:
            continue
        one, other, both, n = asked.sql(
            f"SELECT SUM(text LIKE '%{pair['one']}%'), SUM(text LIKE '%{pair['other']}%'),"
            f" SUM(text LIKE '%{pair['one']}%' AND text LIKE '%{pair['other']}%'), COUNT(*) FROM reviews"
        ).iloc[0]  # fmt: skip
        assert (pair["texts"], pair["together"]) == (other, both)
        assert pair["npmi"] == pytest.approx(np.log(both * n / one / other) / -np.log(both / n))
