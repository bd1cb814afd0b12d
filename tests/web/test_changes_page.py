"""변화 and 키워드: planted changes are findings, and every figure leads to as many reviews."""

from __future__ import annotations

import io
import re

import pandas as pd

from tests.web.conftest import Known
from tests.web.test_search_page import shown


def test_a_planted_change_is_a_finding_and_the_rest_is_not(known: Known) -> None:
    page = known.http.get("/changes?since=2024&base_until=2023").text
    (row,) = re.findall(r'<tr class="sure"><td><a [^>]*>주차</a>.*?</tr>', page)
    rows = known.rows[known.rows["topic"].eq("주차")]
    later = rows["written_at"].dt.year.ge(2024)
    for part in (rows[later], rows[~later]):
        assert f"{100 * part['positive'].mean():.1f}%" in row
        assert f"n={len(part):,}" in row
    assert not re.search(r'class="sure"><td><a [^>]*>(교통|조경)<', page)


def test_the_file_says_the_periods_and_the_tests(known: Known) -> None:
    answer = known.http.get("/changes?since=2024&base_until=2023&format=csv")
    table = pd.read_csv(io.BytesIO(answer.content))
    assert {"p_value", "q_value", "significant", "since", "base_until"} <= set(table.columns)
    assert set(table["since"].str[:4]) == {"2024"}


def test_the_trend_is_of_the_topic(known: Known) -> None:
    items = known.http.get(
        "/api/v1/trends?topic=주차&period=year", headers={"Accept": "application/json"}
    ).json()["items"]
    rows = known.rows[known.rows["topic"].eq("주차")]
    means = rows.groupby(rows["written_at"].dt.year)["positive"].agg(["mean", "size"])
    assert [one["texts"] for one in items] == means["size"].tolist()
    assert [round(one["share"], 5) for one in items] == means["mean"].round(5).tolist()
    assert "긍정 비율 추이: 주차" in known.http.get("/changes?topic=주차").text


def test_periods_that_overlap_or_are_none_are_said(known: Known) -> None:
    for query in ("since=2022&base_since=2021&base_until=2023", "since=2024&until=2022"):
        page = known.http.get(f"/changes?{query}")
        assert page.status_code == 200
        assert 'class="empty"' in page.text
    assert "20개가 필요합니다" in known.http.get("/changes?since=2030").text


def test_both_figures_lead_to_as_many_reviews(known: Known) -> None:
    page = known.http.get("/keywords?word=주차").text
    links = re.findall(r'<dd><a href="(/search\?[^"]+)">([\d,]+)</a>', page)
    assert [address.split("=")[0] for address, _ in links] == ["/search?mention", "/search?topic"]
    for address, figure in links:
        assert shown(known, address)[1] == int(figure.replace(",", ""))
    counts = re.findall(r'<a href="(/search\?topic=[^"]*label=\w+)">[가-힣]+ ([\d,]+)건', page)
    assert len(counts) == 2
    for address, figure in counts:
        assert shown(known, address.replace("&amp;", "&"))[0] == int(figure.replace(",", ""))


def test_only_significant_words_are_bold(known: Known) -> None:
    table = pd.read_csv(io.BytesIO(known.http.get("/keywords?format=csv&since=2024").content))
    sure = set(table.loc[table["significant"], "word"])
    page = known.http.get("/keywords?since=2024").text
    rows = re.findall(r'<li><a href="/keywords[^>]*>([^<]+)</a>.*?<b( class="unsure")?', page, re.S)
    assert rows
    assert {word for word, plain in rows if not plain} == sure & {word for word, _ in rows}
    assert sure, "some words did change"
    assert any(plain for _, plain in rows)


def test_keywords_are_a_file_too(known: Known) -> None:
    answer = known.http.get("/keywords?format=csv&since=2024")
    assert {"word", "ratio", "q_value"} <= set(pd.read_csv(io.BytesIO(answer.content)).columns)
