"""Findings, keywords of each year, districts by topic, strengths and weaknesses: recomputed by pandas."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from tests.factories import topical
from tests.report.test_report import Page, report
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.store import open_store


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return topical.table(900)


@pytest.fixture(scope="module")
def url(rows: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> str:
    address = f"sqlite:///{tmp_path_factory.mktemp('topical') / 'a.db'}"
    with open_store(address) as store:
        topical.fill(store, rows)
    return address


@pytest.fixture(scope="module")
def page(url: str, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return report(url, tmp_path_factory.mktemp("answers"))


def test_it_opens_with_what_is_significant_and_nothing_else(page: Page, rows: pd.DataFrame) -> None:
    assert list(page.cards).index("key_findings") < list(page.cards).index("map")
    card = page.cards["key_findings"]
    match = re.search(
        r"이후 주차 긍정 비율이 ([\d.]+)%에서 ([\d.]+)%로 떨어졌습니다.*?글 (\d+)건과 (\d+)건", card
    )
    assert match, card
    since = pd.Timestamp(re.findall(r"(\d{4}-\d\d-\d\d) 이후 주차", card)[0])
    parking = rows[rows["topic"].eq("주차")]
    later = parking["written_at"] >= since
    assert float(match[1]) == pytest.approx(100 * parking.loc[~later, "positive"].mean(), abs=0.06)
    assert float(match[2]) == pytest.approx(100 * parking.loc[later, "positive"].mean(), abs=0.06)
    assert (int(match[3]), int(match[4])) == ((~later).sum(), later.sum())
    assert "조경 긍정 비율이" not in card
    assert "교통 긍정 비율이" not in card


def test_it_says_which_topics_are_apart(url: str, rows: pd.DataFrame, tmp_path: Path) -> None:
    later = report(url, tmp_path, filters=Filters(since="2024"))
    card = later.cards["key_findings"]
    figures = r"(\S+)\(([\d.]+)%, 95% 신뢰구간 [\d.]+%–[\d.]+%, 글 ([\d,]+)건\)"
    match = re.search(rf"높은 주제는 {figures}, 가장 낮은 주제는 {figures}입니다", card)
    assert match, card
    shown = rows[rows["written_at"].dt.year >= 2024]
    means = shown.groupby("topic")["positive"].agg(["mean", "size"])
    for name, share, texts in (match.groups()[:3], match.groups()[3:]):
        assert float(share) == pytest.approx(100 * means.loc[name, "mean"], abs=0.06)
        assert int(texts) == means.loc[name, "size"]
    assert (match[1], match[4]) == (means["mean"].idxmax(), "주차")


def test_it_says_how_many_complexes_are_apart(page: Page, rows: pd.DataFrame) -> None:
    card = page.cards["key_findings"]
    assert "가장 낮은 주제는" not in card  # over all years they are alike
    table = page.table("map").set_index("name")
    overall = rows["positive"].mean()
    above, below = (table["low"] > overall).sum(), (table["high"] < overall).sum()
    assert above > 0
    assert below > 0
    assert f"높은 곳이 {above}곳, 낮은 곳이 {below}곳입니다" in card
    for end, of, ends in (("높은", "low", "idxmax"), ("낮은", "high", "idxmin")):
        name, score = re.findall(
            rf"만족도가 가장 {end} 단지는 (은솔마루 \d+단지)입니다\(보정한 만족도 ([\d.]+)%", card
        )[0]
        assert name == getattr(table[of], ends)()
        assert float(score) == pytest.approx(100 * table.loc[name, "score"], abs=0.06)


def test_districts_by_topic(page: Page, rows: pd.DataFrame) -> None:
    table = page.table("topics_by_region")
    number = rows["complex"].str.partition(":")[2].astype(int)
    names = number.map(lambda n: f"서울특별시 {topical.DISTRICTS[n % 3]}")
    means = rows.groupby([names, "topic"])["positive"].agg(["mean", "size"])
    for row in table.to_dict("records"):
        mean, size = means.loc[(row["name"], row["topic"])]
        assert row["share"] == pytest.approx(mean)
        assert row["texts"] == size
        assert row["low"] < mean < row["high"]
    assert len(table) == len(means)


def test_a_topic_may_be_called_as_a_column_of_numbers(rows: pd.DataFrame, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'a.db'}"
    with open_store(address) as store:
        topical.fill(store, rows.assign(topic=rows["topic"].replace(rows["topic"].iloc[0], "rate")))
    assert "rate" in set(report(address, tmp_path).table("topics_by_region")["topic"])


def test_strengths_and_weaknesses_with_quotes_of_their_complex(
    page: Page, rows: pd.DataFrame
) -> None:
    table = page.table("pros_and_cons")
    means = rows.groupby(["complex", "topic"])["positive"].agg(["mean", "size"])
    assert len(table) == means["size"].ge(5).sum()
    for row in table.to_dict("records"):
        assert row["share"] == pytest.approx(means.loc[(row["complex"], row["topic"]), "mean"])
    card = page.cards["pros_and_cons"]
    for name, topic in re.findall(r"(은솔마루 \d+단지)의 단점: (\S+) \d+%", card):
        own = table[table["name"].eq(name) & table["topic"].eq(topic)].iloc[0]
        assert own["share"] < 0.5
        praise, complaint = topical.SENTENCES[topic]
        # The quote stands between its heading and the name of its complex.
        quoted = card.split(f"{name}의 단점")[1].split(name)[0]
        assert complaint in quoted
        assert praise not in quoted


def test_keywords_of_each_year_are_twenty_at_most(page: Page, rows: pd.DataFrame) -> None:
    table = page.table("yearly_keywords")
    assert set(table["year"]) == set(rows["written_at"].dt.year)
    assert (
        table.groupby("year")["rank"]
        .apply(lambda r: r.tolist() == list(range(1, len(r) + 1)))
        .all()
    )
    assert table["rank"].max() <= 20
    assert table["ratio"].ge(1).all()
    reviews = (rows["complex"] + rows["review_id"]).groupby(rows["written_at"].dt.year).nunique()
    assert table.groupby("year")["reviews"].first().to_dict() == reviews.to_dict()


def test_methods_close_it(page: Page) -> None:
    assert "Benjamini & Hochberg 1995" in page.cards["methods"]


def test_nothing_significant_is_said_so(url: str, tmp_path: Path) -> None:
    few = report(url, tmp_path, filters=Filters(complexes=("은솔마루 5단지",), since="2025"))
    assert "유의한 결과가 없습니다" in few.cards["key_findings"]
