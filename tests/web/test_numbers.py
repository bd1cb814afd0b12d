"""Numbers of pages, files and the API against plain SQL on the same store, and against what is true.

Intervals, ranks, tests and the tables of files are in `test_tested_numbers.py`, those of the report in
`test_report_numbers.py`.

| page | number | SQL |
|---|---|---|
| / | texts, positive, share of each complex; complaints of a topic | labels by complex; residents by `json_each` of the opinions |
| /complex | texts; share by category; praise of a topic | one complex's rows |
| /search | texts, residents and share with filters | topic, label, district and score at once |
| /keywords | residents who mention 주차; who have an opinion on it | LIKE; `json_each` |
| /changes | shares before and after, their counts, the finding | by year of writing |
| /label | the model's share, and the corrected one | labels; what the residents meant |
| /data | reviews, complexes | COUNT |
| API trends | share by year | by year of writing |
"""

from __future__ import annotations

import pandas as pd
import pytest

from tests.web.recount import CITY, JOINED, OPINIONS, JudgedCity
from zigbang_nlp.insight.labelling import sample_labels
from zigbang_nlp.insight.reading import load
from zigbang_nlp.store import open_store
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.labelling import corrected


def test_the_list_counts_each_complex(asked: JudgedCity) -> None:
    table = asked.csv("/?format=csv&sort=name").set_index("complex").sort_index()
    plain = asked.sql(
        "SELECT source || ':' || apartment_id AS complex, COUNT(*) AS texts,"
        " COUNT(DISTINCT review_id) AS reviews, SUM(p.label = 'positive') AS positive,"
        f" AVG(p.label = 'positive') AS share FROM {JOINED} GROUP BY 1"
    ).set_index("complex").sort_index()  # fmt: skip
    pd.testing.assert_frame_equal(
        table[plain.columns], plain, check_dtype=False, check_names=False, rtol=1e-5
    )
    # A score lies between the complex's own share and what all have, within its interval.
    assert (table["low"].le(table["score"]) & table["score"].le(table["high"])).all()


def test_complaints_of_a_topic_count_residents(asked: JudgedCity) -> None:
    table = asked.csv("/?format=csv&sort=complaints&topic=층간소음").set_index("complex")
    plain = asked.sql(
        "SELECT source || ':' || apartment_id AS complex, COUNT(DISTINCT r.review_id) AS k"
        f" FROM {JOINED}, {OPINIONS} WHERE a.value ->> 0 = '층간소음'"
        " AND a.value ->> 1 = 'negative' GROUP BY 1"
    ).set_index("complex")["k"]  # fmt: skip
    assert (table["positive"] == plain.reindex(table.index).fillna(0)).all()
    # Older complexes are louder: that was planted.
    built = CITY.apartments.set_index("made:" + CITY.apartments["key"])["built"]
    assert table["share"].corr(built.reindex(table.index)) < -0.3


def test_a_complex_shows_its_own_rows(asked: JudgedCity) -> None:
    key = "made:0"
    ((count,),) = asked.sql("SELECT COUNT(*) FROM reviews WHERE apartment_id = '0'").to_numpy()
    assert f"리뷰 {count:,}건" in asked.page(f"/complex?id={key}")
    plain = asked.sql(
        "SELECT category, COUNT(*) AS texts, AVG(p.label = 'positive') AS share"
        f" FROM {JOINED} WHERE apartment_id = '0' GROUP BY 1"
    ).set_index("category")  # fmt: skip
    profile = pd.DataFrame(asked.api(f"/complexes/{key}")["categories"]).set_index("category")
    assert profile["texts"].sort_index().tolist() == plain["texts"].tolist()
    assert profile["share"].sort_index().to_numpy() == pytest.approx(
        plain["share"].to_numpy(), abs=1e-6
    )


def test_search_counts_what_all_filters_let_through(asked: JudgedCity) -> None:
    place = "서울특별시 노원구"
    plain = asked.sql(
        "SELECT COUNT(DISTINCT r.review_id || r.category) AS texts, COUNT(DISTINCT r.review_id) AS reviews"
        f" FROM {JOINED}, {OPINIONS}"
        " JOIN apartments b ON b.source = r.source AND b.apartment_id = r.apartment_id"
        " WHERE b.address LIKE ? AND a.value ->> 0 = '관리' AND a.value ->> 1 = 'negative'"
        " AND r.score <= 2",
        f"{place} %",
    ).iloc[0]  # fmt: skip
    body = asked.api(f"/search?region={place}&topic=관리&label=negative&score_to=2")
    assert (body["total"], body["reviews"]) == (plain["texts"], plain["reviews"])
    assert body["total"] > 3
    shown = asked.page(f"/search?region={place}&topic=관리&label=negative&score_to=2")
    assert f"글 {plain['texts']}건, 주민 {plain['reviews']}명" in shown
    every = asked.sql("SELECT SUM(label = 'positive') AS k, COUNT(*) AS n FROM predictions").iloc[0]
    assert f"긍정 {every['k']:,}건 / 리뷰 {every['n']:,}건" in asked.page("/search")


def test_mentions_and_opinions_are_two_figures(asked: JudgedCity) -> None:
    ((mentions, reviews),) = asked.sql(
        "SELECT COUNT(DISTINCT CASE WHEN text LIKE '%주차%' THEN review_id END),"
        " COUNT(DISTINCT review_id) FROM reviews"
    ).to_numpy()  # fmt: skip
    ((opinions,),) = asked.sql(
        f"SELECT COUNT(DISTINCT r.review_id) FROM {JOINED}, {OPINIONS} WHERE a.value ->> 0 = '주차'"
    ).to_numpy()
    body = asked.api("/mentions?word=주차")
    assert (body["mentions"], body["reviews"]) == (mentions, reviews)
    assert body["opinion_reviews"] == opinions
    shown = asked.page("/keywords?word=주차")
    assert f"{mentions:,} 리뷰 {reviews:,}건 중 {mentions / reviews:.1%}" in shown
    assert f"주제 ‘주차’에 의견을 낸 리뷰 {opinions:,}" in shown


def test_changes_are_the_shares_of_two_periods(asked: JudgedCity) -> None:
    table = asked.csv("/changes?since=2024&until=2024&base_since=2022&base_until=2023&format=csv")
    row = table[table["name"].eq("주차") & table["measure"].eq("positive")].iloc[0]
    plain = asked.sql(
        "SELECT strftime('%Y', r.written_at) >= '2024' AS later, COUNT(*) AS n,"
        f" AVG(a.value ->> 1 = 'positive') AS share FROM {JOINED}, {OPINIONS}"
        " WHERE a.value ->> 0 = '주차' AND strftime('%Y', r.written_at)"
        " BETWEEN '2022' AND '2024' GROUP BY 1"
    )  # fmt: skip
    assert [row["before_count"], row["after_count"]] == plain["n"].tolist()
    assert [row["before"], row["after"]] == pytest.approx(plain["share"].tolist(), abs=1e-5)
    assert row["significant"], "parking got worse in 2024: that was planted"


def test_corrected_shares_find_what_residents_meant(asked: JudgedCity) -> None:
    ((naive,),) = asked.sql("SELECT AVG(label = 'positive') FROM predictions").to_numpy()
    true = CITY.texts["true"].mean()
    assert naive - true > 0.01, "the model is made to flatter"
    shown = asked.page("/label")
    assert f"{naive:.1%}" in shown
    corpus = load(asked.known.url)
    snapshot = Snapshot("", corpus)
    with open_store(asked.known.url) as store:
        annotations = store.annotations.all()
    row = corrected(snapshot, annotations, None).iloc[0]
    assert row["naive"] == pytest.approx(naive)
    assert row["low"] <= true <= row["high"]
    assert f"{row['share']:.1%}" in shown
    # Two of two say it, or the text doesn't count: recounted by SQL.
    ((agreed,),) = asked.sql(
        "SELECT COUNT(*) FROM (SELECT 1 FROM annotations GROUP BY source, apartment_id,"
        " review_id, category HAVING COUNT(DISTINCT label) = 1)"
    ).to_numpy()
    assert len(sample_labels(corpus, annotations)) == agreed


def test_data_and_trends_count_rows(asked: JudgedCity) -> None:
    ((reviews,),) = asked.sql("SELECT COUNT(*) FROM reviews").to_numpy()
    ((places,),) = asked.sql("SELECT COUNT(*) FROM apartments").to_numpy()
    shown = asked.page("/data")
    assert f"{reviews:,}" in shown
    assert f"{places:,}" in shown
    plain = asked.sql(
        "SELECT strftime('%Y', r.written_at) AS year, COUNT(*) AS n,"
        f" AVG(p.label = 'positive') AS share FROM {JOINED} GROUP BY 1 ORDER BY 1"
    )  # fmt: skip
    items = asked.api("/trends?period=year")["items"]
    assert [one["texts"] for one in items] == plain["n"].tolist()
    assert [one["share"] for one in items] == pytest.approx(plain["share"].tolist(), abs=1e-6)
