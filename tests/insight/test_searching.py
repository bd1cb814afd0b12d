"""What is searched for is found: every way of writing it, every filter, on both databases and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zigbang_nlp import insight
from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.finding import ScanIndex, StoreIndex, index_of, marked_spans, tokens_of
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.searching import Hits, Question, search
from zigbang_nlp.packing import pack_aspects
from zigbang_nlp.records import Apartment, Aspect, Review
from zigbang_nlp.store import Judged, Store, open_store
from zigbang_nlp.store.search import Search
from zigbang_nlp.text.letters import squeezed
from zigbang_nlp.text.words import content_words

#: text, district number, positive, topics, year, score
ROWS = [
    ("지하주차장이 넓어서 좋아요", 0, True, ["주차"], 2024, 5.0),
    ("주차할 데가 모자라요", 0, False, ["주차"], 2023, 1.0),
    ("주차 자리 다툼이 잦아요", 1, False, ["주차"], 2024, 2.0),
    ("층간 소음이 심해요", 0, False, ["층간소음"], 2022, 1.0),
    ("층간소음은 없는 편이에요!", 1, True, ["층간소음"], 2024, 4.0),
    ("층간-소음 때문에 이사 갑니다", 1, False, ["층간소음"], 2024, 1.0),
    ("강남역까지 십 분", 0, True, ["교통"], 2021, 5.0),
    ("이 지역은 조용해요", 1, True, [], 2020, 4.0),
    ("밤마다 시끄러워요", 0, False, ["층간소음"], 2024, 1.0),
    ("길가라서 시끄럽습니다", 1, False, [], 2023, 2.0),
    ("GTX가 들어온대요 ㅋㅋ", 1, True, ["교통"], 2024, None),
]


def fill(store: Store) -> None:
    store.add_apartments(
        Apartment("made", str(n), f"가람 {n}단지", f"서울특별시 {d} 가나동", 37.5, 127.0, 300)
        for n, d in enumerate(["노원구", "강서구"])
    )
    keys = [("made", str(row[1]), f"{number:03}", "total") for number, row in enumerate(ROWS)]
    store.add_reviews(
        Review(*key, text, score, written_at=datetime(year, 5, 1))
        for key, (text, _, _, _, year, score) in zip(keys, ROWS, strict=True)
    )
    store.save_predictions(
        "model",
        [
            Judged(key, "positive" if good else "negative", 0.9, False, content_words(text), topics)
            for key, (text, _, good, topics, _, _) in zip(keys, ROWS, strict=True)
        ],
    )


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "scan"])
def searched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Hits]]:
    place: Path = tmp_path_factory.mktemp("search")
    url = f"sqlite:///{place / 'a.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")()
    with open_store(url) as store:
        fill(store)
        corpus = insight.load(store)
        index = index_of(corpus, None if request.param == "scan" else store)
        assert isinstance(index, ScanIndex if request.param == "scan" else StoreIndex)

        def ask(text: str = "", **filters: object) -> Hits:
            return search(corpus, Question(text, **filters))  # type: ignore[arg-type]

        yield ask


def texts(hits: Hits) -> set[int]:
    written = [row[0] for row in ROWS]
    assert hits.texts == len(hits.rows) == len(hits.table)
    return {written.index(text) for text in hits.table["text"]}


@pytest.mark.parametrize(
    ("query", "expected", "read_as"),
    [
        ("주차", {0, 1, 2}, "text"),
        ("주차를", {0, 1, 2}, "text"),
        ("층간소음", {3, 4, 5}, "text"),
        ("층간 소음", {3, 4, 5}, "text"),
        ('"소음이 심"', {3}, "text"),
        ("소음 이사", {5}, "text"),
        ("역", {6}, "word"),
        ("지역", {7}, "text"),
        ("ㅊㄱㅅㅇ", {3, 4, 5}, "initials"),
        ("층간소엄", {3, 4, 5}, "typo"),
        ("시끄러워요", {8, 9}, "word"),
        ("시끄럽다", {8, 9}, "word"),
        ("gtx", {10}, "text"),
        ("ㅋㅋ", {10}, "text"),
        ("수영장", set(), "text"),
        ("' OR 1=1; --", set(), "text"),
        ('") OR NEAR(', set(), "text"),
        ("", set(range(11)), ""),
    ],
)
def test_words_however_they_are_written(
    searched: Callable[..., Hits], query: str, expected: set[int], read_as: str
) -> None:
    hits = searched(query)
    assert texts(hits) == expected
    assert not read_as or hits.readings[0].read_as == read_as


def test_a_question_in_words_becomes_filters(searched: Callable[..., Hits]) -> None:
    hits = searched("주차를 불평하는 노원구 리뷰")
    assert texts(hits) == {1}
    assert [(r.read_as, r.value) for r in hits.readings] == [
        ("topic", "주차"),
        ("label", "negative"),
        ("region", "노원구"),
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"topic": "층간소음"}, {3, 4, 5, 8}),
        ({"topic": "층간소음", "label": "negative"}, {3, 5, 8}),
        ({"label": "positive"}, {0, 4, 6, 7, 10}),
        ({"filters": Filters(region="강서구"), "label": "negative"}, {2, 5, 9}),
        ({"filters": Filters(since="2024"), "topic": "주차"}, {0, 2}),
        ({"filters": Filters(until="2021")}, {6, 7}),
        ({"filters": Filters(complexes=("가람 0단지",)), "text": "주차"}, {0, 1}),
        ({"score": (None, 2.0)}, {1, 2, 3, 5, 8, 9}),
        ({"score": (4.0, None), "text": "소음"}, {4}),
    ],
)
def test_filters_combine(
    searched: Callable[..., Hits], filters: dict[str, object], expected: set[int]
) -> None:
    assert texts(searched(**filters)) == expected


def test_hits_are_counted_ordered_and_marked(searched: Callable[..., Hits]) -> None:
    hits = searched("층간소음")
    assert (hits.reviews, hits.judged, hits.positive) == (3, 3, 1)
    assert hits.low < hits.share < hits.high
    assert hits.table["written_at"].is_monotonic_decreasing
    assert list(hits.table) == [*insight.TEXT_COLUMNS, "name", "district", "spans"]
    marked = {
        text: [text[start:end] for start, end in spans]
        for text, spans in zip(hits.table["text"], hits.table["spans"], strict=True)
    }
    assert marked[ROWS[3][0]] == ["층간 소음"]
    assert marked[ROWS[5][0]] == ["층간-소음"]
    spans = searched("시끄럽다").table.set_index("text")["spans"]
    assert spans[ROWS[9][0]] == [(5, 11)]


def test_wrong_filters_are_told(searched: Callable[..., Hits]) -> None:
    for filters, words in (
        ({"label": "good"}, "no label"),
        ({"filters": Filters(category="parking")}, "no category"),
        ({"filters": Filters(region="제주시")}, "No complex lies"),
        ({"filters": Filters(since="soon")}, "is not a date"),
    ):
        with pytest.raises(InputError, match=words):
            searched(**filters)


def test_praise_and_complaint_of_one_topic_are_both_found() -> None:
    two = pack_aspects(Aspect("주차", label, 0.5, 0, 1, "절") for label in ("positive", "negative"))
    frame = pd.DataFrame(
        {
            "text": ["자리는 많은데 칸이 좁아요", "자리가 없어요"],
            "topics": ["주차", "주차"],
            "aspects": [two, None],
            "positive": [1.0, 0.0],
        }
    )
    corpus = insight.Corpus.from_frames(frame)
    rows = {
        label: search(corpus, Question(topic="주차", label=label)).rows.tolist()
        for label in ("positive", "negative")
    }
    assert rows == {"positive": [0], "negative": [0, 1]}


def test_pages_of_hits() -> None:
    frame = pd.DataFrame(
        {"text": ["주차 편해요"] * 45, "written_at": pd.date_range("2024-01-01", periods=45)}
    )
    corpus = insight.Corpus.from_frames(frame)
    seen = [search(corpus, Question("주차"), page=n, size=20).table for n in (1, 2, 3, 4)]
    assert [len(table) for table in seen] == [20, 20, 5, 0]
    days = pd.concat(seen)["written_at"]
    assert days.is_monotonic_decreasing
    assert days.is_unique


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")()
    with open_store(url) as opened:
        yield opened


def test_the_index_follows_the_reviews(store: Store) -> None:
    fill(store)
    search = Search(store.database, tokens_of)
    assert search.refresh() == len(ROWS)
    assert search.refresh() == 0
    review = Review("made", "0", "000", "total", "수영장이 넓어요", 5.0)
    store.add_reviews([review, Review("made", "0", "new", "total", "도서관이 생겼어요")])
    counts: list[int] = []
    assert search.refresh(counts.append) == 2
    assert counts == [2]
    corpus = insight.load(store)
    index = StoreIndex(store, corpus)
    for run, texts in (("수영장", 1), ("도서관", 1), ("지하주차", 0), ("주차", 2)):
        rows = index.rows([[run]])
        assert len(rows) == texts
        assert all(run in corpus.texts["text"][row].replace(" ", "") for row in rows)


def test_an_index_that_points_nowhere_is_built_anew(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        search = Search(store.database, tokens_of)
        for turn in range(4):
            store.add_reviews(
                Review("made", "0", str(n), "total", f"{turn}번째 글 {n}") for n in range(400)
            )
            assert search.refresh() == 400
        # 1,600 numbers were given; the fourth refresh threw away 1,200 of them.
        with store.database.read() as connection:
            highest = connection.exec_driver_sql("SELECT max(number) FROM search_texts").scalar()
        assert highest == 400
        assert len(search.find([["3번째"]])) == 400
        assert not len(search.find([["1번째"]]))


WRITTEN = st.text(alphabet="가나다ㄱ역 .-Aa1🙂", min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(WRITTEN.filter(str.strip), min_size=1, max_size=6),
    st.lists(WRITTEN, min_size=1, max_size=3),
)
def test_the_database_finds_what_scanning_finds(written: list[str], words: list[str]) -> None:
    with open_store("sqlite://") as store:
        store.add_reviews(
            Review("made", "0", f"{n:03}", "total", text) for n, text in enumerate(written)
        )
        corpus = insight.load(store)
        starts = [[tokens_of(a)[0] if tokens_of(a) else ""] for a in words]
        whole = [["".join(t[0] for t in tokens_of(a))] for a in words]
        for groups in (starts, whole):
            np.testing.assert_array_equal(
                StoreIndex(store, corpus).rows(groups), ScanIndex(corpus).rows(groups)
            )


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=5))
def test_spans_lie_in_the_text_apart_and_in_order(text: str, run: str) -> None:
    letters = squeezed(run)[0]
    spans = marked_spans(text, [letters])
    assert spans == sorted(spans)
    assert all(0 <= s < e <= len(text) for s, e in spans)
    assert bool(spans) == (bool(letters) and letters in squeezed(text)[0])
    assert all(a[1] < b[0] for a, b in pairwise(spans))
