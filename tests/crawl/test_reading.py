"""Values out of answers: dates, numbers, ids, keys; what can't be read is counted, and costs no other."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from zigbang_nlp.crawl.interpret import read_answer
from zigbang_nlp.crawl.reading import UnreadableError, as_id, listed, parse
from zigbang_nlp.crawl.written_at import moment, possible
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.store import Outcome, Task
from zigbang_nlp.store.fill_rates import Fill

REVIEWS, CELL = Task("reviews", "61"), Task("cell", "wydm9")


def read(task: Task, answer: object) -> Outcome:
    return read_answer(Zigbang(), task, json.dumps(answer).encode())


def review(**fields: object) -> dict[str, object]:
    return {
        "desc": "살기 좋은 동네예요",
        "score": 4,
        "careDesc": "늘 깨끗해요",
        "careScore": 5,
    } | fields


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("2021-03-04T12:34:56.123456+09:00", datetime(2021, 3, 4, 12, 34, 56, 123456)),
        ("2021-03-04T03:34:56.500Z", datetime(2021, 3, 4, 12, 34, 56, 500000)),
        ("2021-03-04", datetime(2021, 3, 4)),
        (1614828896, datetime(2021, 3, 4, 12, 34, 56)),
        (1614828896000, datetime(2021, 3, 4, 12, 34, 56)),
        ("1614828896000", datetime(2021, 3, 4, 12, 34, 56)),
        ("20210304123456", datetime(2021, 3, 4, 12, 34, 56)),
        ("20210304", datetime(2021, 3, 4)),
        ("2021. 3. 4.", datetime(2021, 3, 4)),
        ("2021.03.04 12:34", datetime(2021, 3, 4, 12, 34)),
        ("2021/03/04", datetime(2021, 3, 4)),
        ("2021년 3월", datetime(2021, 3, 1)),
        ("2021년 3월 4일", datetime(2021, 3, 4)),
        ("2021. 3. 4. 오후 3:05", datetime(2021, 3, 4, 15, 5)),
        ("2021. 3. 4. (목)", datetime(2021, 3, 4)),
        ("2021. 3. 7. (일) 09:05", datetime(2021, 3, 7, 9, 5)),
        ("2021년 3월 7일 일요일", datetime(2021, 3, 7)),
        ("2021년 3월 4일 오후 3시 5분", datetime(2021, 3, 4, 15, 5)),
        ("2021년 3월 4일 (목) 오후 3시 5분 9초", datetime(2021, 3, 4, 15, 5, 9)),
        ("2021년 3월 4일 9시", datetime(2021, 3, 4, 9)),
        ("2021년3월4일 오전 9시", datetime(2021, 3, 4, 9)),
        (1614828896123456, datetime(2021, 3, 4, 12, 34, 56, 123456)),
        ("1614828896123456", datetime(2021, 3, 4, 12, 34, 56, 123456)),
        (1614828896_000_000_000, datetime(2021, 3, 4, 12, 34, 56)),
        ("21.03.04", datetime(2021, 3, 4)),
        ("21. 3. 4. (목) 오후 3:05", datetime(2021, 3, 4, 15, 5)),
        ("2021–03–04", datetime(2021, 3, 4)),
        ("2021·03·04", datetime(2021, 3, 4)),
        ("Thu, 04 Mar 2021 03:34:56 GMT", datetime(2021, 3, 4, 12, 34, 56)),
        ("04-Mar-2021", datetime(2021, 3, 4)),
    ],
)
def test_dates_in_every_spelling(spelled: object, expected: datetime) -> None:
    assert moment(spelled) == expected


@pytest.mark.parametrize(
    "spelled",
    ["엊그제쯤", "", "2021", "3", "99999-01-01", "2021-13-45", "21/03/04", "21.13.04", "mar 4", True, None, float("nan"), 1e300, ["2021-03-04"]],
)  # fmt: skip
def test_what_is_no_date_is_an_error(spelled: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(spelled)


def test_a_year_that_cannot_be_is_flagged_and_not_kept() -> None:
    assert not possible(datetime(1970, 1, 1))
    assert not possible(datetime(datetime.now().year + 2, 1, 1))
    entries = [review(date="1970-01-01"), review(date="2021-03-04", desc="또 다른 글이에요")]
    contents = read(REVIEWS, {"data": entries}).contents
    assert {row.written_at for row in contents.reviews} == {None, datetime(2021, 3, 4)}
    year = contents.fills["review.year"]
    assert (year.total, year.filled, year.unread) == (2, 1, 1)


def test_an_unreadable_date_is_counted_and_costs_nothing() -> None:
    outcome = read(REVIEWS, {"data": [review(createdAt="엊그제쯤")]})
    assert outcome.failure is None
    assert len(outcome.contents.reviews) == 2
    assert outcome.contents.fills["review.date"].unread == 1


@pytest.mark.parametrize("bad", ["조각", None, 42, [[1]], {"foo": "bar"}, review(id=0)])
def test_one_bad_review_costs_one_review(bad: object) -> None:
    good = [review(id=i, desc=f"{i}번째 글입니다") for i in (1, 2)]
    outcome = read(REVIEWS, {"data": [good[0], bad, good[1]]})
    assert [row.review_id for row in outcome.contents.reviews] == ["1", "1", "2", "2"]
    assert outcome.failure is not None
    assert outcome.failure.kind == "entry"
    assert [json.loads(one.raw) for one in outcome.contents.bad] == [bad]


@pytest.mark.parametrize(
    "bad", ["조각", None, {"name": "이름뿐"}, {"id": ""}, {"id": "  "}, {"id": "../1"}]
)
def test_one_bad_apartment_costs_one_apartment(bad: object) -> None:
    outcome = read(CELL, {"items": [{"areaDanjiId": 3, "name": "솔마을"}, bad]})
    assert {task.key for task in outcome.contents.tasks} == {"3"}
    assert outcome.failure is not None
    assert outcome.failure.kind == "entry"
    assert "wydm9" in outcome.failure.fact


@pytest.mark.parametrize(
    "score", [7, -3, {"value": 5}, True, float("nan"), float("-inf"), 10**400, "좋음"]
)
def test_a_bad_score_costs_one_score(score: object) -> None:
    outcome = read(REVIEWS, {"data": [review(score=score)]})
    assert {row.category: row.score for row in outcome.contents.reviews} == {
        "total": None,
        "care": 5,
    }
    assert outcome.failure is not None
    assert "total.score" in outcome.failure.fact


@pytest.mark.parametrize(
    "ids", [[0, 0], ["0", "0"], ["61", "61"], [61, 61], [4711, 4711], ["000", True], [1.5, "a b"]]
)
def test_what_is_no_id_makes_no_review(ids: list[object]) -> None:
    entries = [review(id=identity, desc=f"{i}번째 글입니다") for i, identity in enumerate(ids)]
    outcome = read(REVIEWS, {"data": entries})
    assert outcome.contents.reviews == []
    assert outcome.failure is not None
    assert outcome.failure.kind == "schema"
    assert "id" in outcome.failure.fact


def test_the_same_review_listed_twice_is_one() -> None:
    outcome = read(REVIEWS, {"data": [review(id=5), review(id=5)]})
    assert outcome.failure is None
    assert len({row.key for row in outcome.contents.reviews}) == 2


def test_a_made_id_stays_however_dates_and_scores_are_spelled() -> None:
    def ids(*entries: dict[str, object]) -> list[str]:
        rows = read(REVIEWS, {"data": list(entries)}).contents.reviews
        return [row.review_id for row in rows if row.category == "total"]

    plain = ids(review(date="2021-03-04T12:34:56"))
    assert plain == ids(review(date="2021. 3. 4.")) == ids(review(date=1614828896000))
    assert plain == ids(review(score="4")) == ids(review(score=4.0)) == ids(review(score=None))
    twins = ids(review(date="2021-03-04"), review(date="2022-05-06"))
    assert len(set(twins)) == 2, "two residents who wrote the same are two"
    assert set(twins) == set(ids(review(date="2022-05-06"), review(date="2021-03-04")))


def test_ids_are_spelled_the_same_as_numbers_and_as_text() -> None:
    assert as_id(61001) == as_id("61001") == as_id(61001.0) == as_id(" 61001 ")
    wrong: tuple[Any, ...] = (
        None,
        [],
        "",
        "a/b",
        "..",
        "a?b",
        "a\r\nb",
        "\ud800",
        1.5,
        float("inf"),
        "7" * 99,
    )
    for value in wrong:
        with pytest.raises(UnreadableError):
            as_id(value)


def test_numbers_of_any_length_end_no_run() -> None:
    digits = "7" * 5_000
    assert parse(f'{{"a": {digits}, "b": 1}}'.encode())["b"] == 1
    body = f'{{"data": [{{"desc": "긴 숫자가 있는 글", "score": {digits}}}]}}'.encode()
    outcome = read_answer(Zigbang(), REVIEWS, body)
    assert [row.score for row in outcome.contents.reviews] == [None]
    place = f'{{"filtered": [{{"id": 3, "lat": {"1" * 401}, "lng": 127.0}}]}}'.encode()
    (apartment,) = read_answer(Zigbang(), CELL, place).contents.apartments
    assert (apartment.latitude, apartment.longitude) == (None, 127.0)


def test_households_beyond_reason_are_unknown_and_told() -> None:
    outcome = read(Task("danji", "61"), {"id": 61, "name": "솔마을", "households": 1e20})
    assert outcome.contents.apartments[0].households is None
    assert outcome.failure is not None
    assert b"1e+20" in outcome.contents.bad[0].raw


@pytest.mark.parametrize("body", [b"[" * 100_000 + b"]" * 100_000, b"", b"\xff", b'{"data": ['])
def test_what_is_no_json_is_a_failure(body: bytes) -> None:
    failure = read_answer(Zigbang(), REVIEWS, body).failure
    assert failure is not None
    assert failure.kind == "not json"


def test_errors_name_the_nested_keys() -> None:
    answer = {"payload": {"v": 2, "list": [{"content": {"desc": "글"}}]}}
    assert listed(answer) == "payload.list[].content, payload.v"
    failure = read(REVIEWS, answer).failure
    assert failure is not None
    assert "payload.list[].content" in failure.fact


def test_scores_come_on_a_scale_of_five() -> None:
    site = Zigbang()
    site.scale = 10
    body = json.dumps({"data": [review(score=8)]}).encode()
    assert [row.score for row in read_answer(site, REVIEWS, body).contents.reviews] == [4.0, 2.5]


def test_pages_that_are_not_asked_for_and_counts_are_noticed() -> None:
    entries = [review(), review(desc="또 다른 글이에요")]
    answer = {"data": entries, "summary": {"reviewCount": 25, "hasNext": True}}
    fills = read(REVIEWS, answer).contents.fills
    assert (fills["count"].total, fills["count"].filled, fills["more"].filled) == (25, 2, 1)


def test_a_place_of_zeros_is_unknown_and_counted() -> None:
    for zero in (0, 0.0, "0"):
        answer = {"filtered": [{"id": 3, "name": "가온마을", "lat": zero, "lng": zero}]}
        outcome = read(CELL, answer)
        (apartment,) = outcome.contents.apartments
        assert (apartment.latitude, apartment.longitude) == (None, None)
        assert outcome.contents.fills["apartment.latitude"] == Fill(total=1, filled=0, unread=1)
        assert outcome.failure is None, "the apartment is read all the same"


def test_an_empty_name_does_not_hide_the_next_one() -> None:
    entry = review(desc="", totalDesc="예전 이름으로 온 총평이에요", score=None, totalScore=4)
    (total, *_) = read(REVIEWS, {"data": [entry]}).contents.reviews
    assert (total.category, total.text, total.score) == (
        "total",
        "예전 이름으로 온 총평이에요",
        4.0,
    )


def test_rows_per_review_are_counted() -> None:
    entries = [review(), {"desc": "총평만 쓴 글이에요", "score": 3}]
    contents = read(REVIEWS, {"data": entries}).contents
    assert contents.fills["review.rows"] == Fill(total=10, filled=len(contents.reviews), unread=0)
