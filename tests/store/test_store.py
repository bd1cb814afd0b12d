"""The store's rows: one review is one row, changes leave history, order and fingerprint are stable."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from zigbang_nlp.errors import StoreError
from zigbang_nlp.records import Apartment, Review
from zigbang_nlp.store import Counts, Store, open_or_undo, open_store, store_exists
from zigbang_nlp.store.schema import review_history


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/a.db"
    else:
        make: Callable[[], str] = request.getfixturevalue("postgres")
        url = make()
    with open_store(url) as opened:
        yield opened


def some(count: int, text: str = "역이 가까워요") -> list[Review]:
    return [
        Review("zigbang", str(i % 7), f"r{i}", "total", f"{text} {i}", i % 6) for i in range(count)
    ]


def history(store: Store) -> list[tuple[str, float]]:
    with store.database.read() as connection:
        rows = connection.execute(sa.select(review_history).order_by(review_history.c.id))
        return [(row.text, row.score) for row in rows]


def test_the_same_review_twice_is_one_row(store: Store) -> None:
    assert store.add_reviews(some(20) + some(20)) == Counts(new=20, repeated=20)
    assert store.add_reviews(some(20)) == Counts(seen=20)
    assert store.count_reviews() == 20
    assert store.sources() == {"zigbang": 20}


def test_an_edited_review_keeps_its_earlier_text(store: Store) -> None:
    store.add_reviews(some(3))
    edited = replace(some(3)[1], text="역이 생겼어요", score=5)
    assert store.add_reviews([edited]) == Counts(changed=1)
    assert store.add_reviews([edited]) == Counts(seen=1)
    assert [r.text for r in store.reviews() if r.review_id == "r1"] == ["역이 생겼어요"]
    assert history(store) == [("역이 가까워요 1", 1.0)]


def test_last_seen_moves_and_first_seen_stays(store: Store) -> None:
    store.add_reviews(some(2))
    before = {r.review_id: r for r in store.reviews()}
    time.sleep(0.01)
    store.add_reviews(some(1))
    after = {r.review_id: r for r in store.reviews()}
    assert after["r0"].first_seen == before["r0"].first_seen
    assert after["r0"].last_seen > before["r0"].last_seen  # type: ignore[operator]
    assert after["r1"] == before["r1"], "a vanished review is marked by its old last_seen"


def test_rows_come_back_as_they_went_in_and_in_order(store: Store) -> None:
    rows = [
        Review(
            "import", "b", "2", "care", "줄\r\n바꿈 😀 ㅠㅠ", 4.5, "hash", datetime(2024, 2, 29),
            "positive", "test",
        ),
        Review("import", "a", "B", "total", "대문자"),
        Review("import", "a", "a", "total", "소문자"),
        Review("import", "a", "_", "total", "밑줄"),
    ]  # fmt: skip
    store.add_reviews(rows)
    stored = [replace(r, first_seen=None, last_seen=None) for r in store.reviews()]
    assert stored == sorted(rows, key=lambda r: (r.apartment_id, r.review_id))
    assert all(r.first_seen and r.first_seen.tzinfo is UTC for r in store.reviews())


def test_filters(store: Store) -> None:
    store.add_reviews([*some(4), Review("import", "1", "1", "care", "관리")])
    assert [r.text for r in store.reviews(sources=["import"])] == ["관리"]
    assert [r.text for r in store.reviews(categories=["care"])] == ["관리"]
    assert len(list(store.reviews(sources=["zigbang"], categories=["total"]))) == 4


def test_what_no_database_holds_is_left_out(store: Store) -> None:
    nasty = "앞\x00뒤 \ud83d 끝"
    store.add_reviews([Review("import", "1", "1", "total", nasty), replace(some(1)[0], text=" \n")])
    store.add_apartments([Apartment("import", "1", name="아\x00파트")])
    assert [r.text for r in store.reviews()] == ["앞뒤  끝"]


def test_an_answer_without_a_detail_never_erases_it(store: Store) -> None:
    whole = Apartment("zigbang", "1", "솔마을", "서울시", 37.5, 127.0, 500)
    assert store.add_apartments([Apartment("zigbang", "1", "솔마을")]) == Counts(new=1)
    assert store.add_apartments([whole]) == Counts(changed=1)
    assert store.add_apartments([Apartment("zigbang", "1", "솔마을")]) == Counts(seen=1)
    assert list(store.apartments()) == [whole]


def test_the_fingerprint_is_of_the_content(store: Store, tmp_path: Path) -> None:
    store.add_reviews(some(50))
    first = store.fingerprint()
    store.add_reviews(some(50))
    store.add_apartments([Apartment("zigbang", "1")])
    assert store.fingerprint() == first, "seeing reviews again is no news"
    shuffled = some(50)
    random.Random(1).shuffle(shuffled)
    with open_store(f"sqlite:///{tmp_path}/other.db") as other:
        assert other.fingerprint() != first
        other.add_reviews(shuffled)
        assert other.fingerprint() == first
    changes: list[dict[str, Any]] = [
        {"text": "다른 글"},
        {"score": 3.5},
        {"label": "negative"},
        {"split": "test"},
    ]
    for change in changes:
        before = store.fingerprint()
        store.add_reviews([replace(some(1)[0], **change)])
        assert store.fingerprint() != before, change


def test_predictions_belong_to_the_present_text(store: Store) -> None:
    store.add_reviews(some(3))
    keys = [(r.source, r.apartment_id, r.review_id, r.category) for r in store.reviews()]
    unknown = ("zigbang", "9", "none", "total")
    predictions = [(key, "positive", 0.9, False) for key in [*keys, unknown]]
    assert store.save_predictions("model-1", predictions) == 3
    assert store.save_predictions("model-2", [(keys[0], "negative", 0.2, True)]) == 1
    rows = {row["review_id"]: row for row in store.export_rows()}
    assert (rows["r0"]["predicted_label"], rows["r0"]["model"]) == ("negative", "model-2")
    assert rows["r0"]["predicted_unsure"] is True
    assert rows["r1"]["predicted_probability"] == 0.9
    store.add_reviews([replace(some(1)[0], text="고친 글")])
    rows = {row["review_id"]: row for row in store.export_rows()}
    assert rows["r0"]["predicted_label"] is None
    assert rows["r1"]["predicted_label"] == "positive"


@pytest.mark.slow
def test_two_hundred_thousand_rows(tmp_path: Path) -> None:
    rows = (
        Review("import", str(i % 3000), str(i), "total", f"역이 가까워요 {i} " * 5, i % 6)
        for i in range(200_000)
    )
    with open_store(f"sqlite:///{tmp_path}/a.db") as big:
        assert big.add_reviews(rows).new == 200_000
        assert sum(1 for _ in big.reviews()) == 200_000


def test_a_store_that_a_failed_block_made_is_gone_with_its_folders(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'a' / 'b' / 'new.db').as_posix()}"
    with pytest.raises(KeyboardInterrupt), open_or_undo(url):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with open_or_undo(url) as store:
        store.add_reviews(some(1))
    with pytest.raises(KeyboardInterrupt), open_or_undo(url):
        raise KeyboardInterrupt
    with open_store(url) as store:
        assert store.count_reviews() == 1


def test_to_ask_for_a_store_makes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'a' / 'new.db').as_posix()}"
    assert not store_exists(url)
    assert list(tmp_path.iterdir()) == []
    with open_store(url):
        assert store_exists(url)
    assert store_exists("postgresql+psycopg://nobody@nowhere/none"), "a server is asked by opening"
    with pytest.raises(StoreError, match="URL that can't be read"):
        store_exists("sqlite//")
    (tmp_path / "file").touch()
    for impossible in (tmp_path / "file" / "a.db", tmp_path / ("x" * 300) / "a.db"):
        with pytest.raises(StoreError, match="can't be looked for"):
            store_exists(f"sqlite:///{impossible.as_posix()}")


def test_an_exception_of_the_reviews_takes_all_of_them_back(store: Store) -> None:
    def failing() -> Iterator[Review]:
        yield from some(10_500)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.add_reviews(failing(), all_or_nothing=True)
    assert store.count_reviews() == 0
    assert store.add_reviews(some(10_500), all_or_nothing=True) == Counts(new=10_500)
