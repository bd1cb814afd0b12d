"""What answers say: the mapping, drift, reparse, coming back, nicknames, the second source."""

from __future__ import annotations

import copy
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.crawl import content, crawl_settings, fake_world, settings
from tests.fake_zigbang import World, serve
from zigbang_nlp.crawl import read_saved, run_crawl
from zigbang_nlp.crawl.interpret import read_answer
from zigbang_nlp.crawl.maintain import reparse
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.errors import DriftError, InputError
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.store import Contents, Counts, Store, Task, open_store
from zigbang_nlp.store.schema import frontier, review_history, reviews

REVIEWS = Task("reviews", "7")


def one_review(**fields: object) -> dict[str, object]:
    return {
        "data": [{"id": 1, "date": "2024-03-05", "totalScore": 4, "totalDesc": "좋아요"} | fields]
    }


def test_a_review_becomes_a_row_a_text() -> None:
    fields: dict[str, object] = {f"{key}Score": i for i, key in enumerate(CATEGORIES)}
    fields |= {f"{key}Desc": f"{key}\r\n글" for key in CATEGORIES} | {"careDesc": "  \n"}
    (total, *others) = Zigbang().read(REVIEWS, one_review(**fields, nickname="h")).reviews
    assert (total.review_id, total.category, total.text, total.score) == (
        "1",
        "total",
        "total\r\n글",
        0,
    )
    assert total.written_at == datetime(2024, 3, 5)
    assert total.author == "h"
    assert [review.category for review in others] == ["traffic", "resident", "around"]


def test_both_spellings_say_the_same() -> None:
    camel = one_review(trafficScore=2, trafficDesc="멀어요")
    snake = {"data": [{"review_id": "1", "created_at": "2024.03.05", "total_score": "4",
                       "total_desc": "좋아요", "traffic_score": 2.0, "traffic_desc": "멀어요"}]}  # fmt: skip
    assert Zigbang().read(REVIEWS, camel) == Zigbang().read(REVIEWS, snake)


@pytest.mark.parametrize("names", [("score", "desc"), ("totalScore", "totalDesc"),
                                   ("total_score", "total_desc")])  # fmt: skip
def test_the_overall_pair_has_three_spellings(names: tuple[str, str]) -> None:
    score, text = names
    entry = {score: 2, text: "글쎄요", "careScore": 5, "careDesc": "깨끗해요"}
    total, care = Zigbang().read(REVIEWS, {"data": [entry]}).reviews
    assert (total.category, total.score, total.text) == ("total", 2, "글쎄요")
    assert (care.category, care.score, care.text) == ("care", 5, "깨끗해요")


def test_all_lists_of_a_cell_are_read() -> None:
    lists = {
        "vrItems": [{"areaDanjiId": 3, "id": 900}],
        "recommendItems": [{"areaDanjiId": 3}, {"areaDanjiId": 4}],
        "items": [{"areaDanjiId": 5, "areaDanjiName": "나무마을"}],
    }
    contents = Zigbang(details=False).read(Task("cell", "wydm9"), lists)
    assert sorted(task.key for task in contents.tasks) == ["3", "4", "5"]
    assert {apartment.name for apartment in contents.apartments} == {None, "나무마을"}


def test_a_missing_id_is_made_from_what_is_said() -> None:
    def identity(**fields: object) -> str:
        answer = one_review(**fields)
        del answer["data"][0]["id"]  # type: ignore[index]
        return Zigbang().read(REVIEWS, answer).reviews[0].review_id

    assert identity() == identity(nickname="somebody") != identity(totalDesc="나빠요")


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        (REVIEWS, {"data": [{"id": 1, "body": "글"}]}, "no known text field.*keys found: body, id"),
        (REVIEWS, {"items": []}, "'data' is NoneType.*keys found: items"),
        (REVIEWS, {"data": {}}, "not a list"),
        (REVIEWS, [], "list where an object was due"),
        (REVIEWS, {"data": ["글"]}, "str where a review was due"),
        (REVIEWS, one_review(totalDesc=["글"]), "total.text .totalDesc. is list"),
        (REVIEWS, one_review(totalScore={"v": 1}), "total.score .totalScore. is dict"),
        (REVIEWS, one_review(totalScore=9), "not within 0 to 5"),
        (Task("cell", "wydm9"), {"filtered": "none"}, "'filtered' is str"),
        (Task("cell", "wydm9"), {"filtered": [{"name": "x"}]}, "without an id"),
        (Task("danji", "7"), {"id": 8, "name": "x"}, "about apartment 8"),
        (Task("danji", "7"), {"message": "x"}, "without a name"),
    ],
)
def test_unknown_shapes_are_named(task: Task, answer: object, words: str) -> None:
    failure = read_answer(Zigbang(), task, json.dumps(answer).encode()).failure
    assert failure is not None
    assert failure.kind in ("schema", "entry")
    assert re.search(words, failure.fact)
    assert str(task) in failure.fact


class Mended(Zigbang):
    """The reader after its maintainer has learnt the new names."""

    def read(self, task: Task, answer: object) -> Contents:
        old = json.dumps(answer).replace("Words", "Desc").replace("_words", "_desc")
        return super().read(task, json.loads(old))


def test_drift_is_counted_kept_and_mended_without_a_request(tmp_path: Path) -> None:
    world = fake_world(apartments=12)
    drifted = World(
        world.cells,
        world.danjis,
        {
            key: json.loads(json.dumps(answer).replace("Desc", "Words").replace("_desc", "_words"))
            for key, answer in world.reviews.items()
        },
    )
    with serve(drifted) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(DriftError, match="_words") as drift:
            run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
        assert "--reparse" in drift.value.next_step
        failed = len(store.frontier.failures("zigbang", 100))
        assert failed == sum(bool(answer["data"]) for answer in world.reviews.values()) > 5
        kinds = {failure.kind for _, failure in store.frontier.failures("zigbang", 100)}
        assert kinds == {"schema"}
        assert store.count_reviews() == 0
        assert store.answers.get("zigbang", "reviews", "1001") is not None
        sent = len(server.requests)
        mended = reparse(store, [Mended()])
        assert (mended.failed, mended.removed, len(server.requests)) == ((), 0, sent)
        assert not store.frontier.failures("zigbang", 100)
        rows = content(store)
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/b.db") as other:
        run_crawl(settings(tmp_path, crawl_settings(server.url)), other)
        assert rows == content(other), "the same rows as if nothing had drifted"


def test_reparse_changes_nothing_when_nothing_was_mended_and_removes_what_was_misread(
    tmp_path: Path,
) -> None:
    with serve(fake_world()) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
        before, prints = list(store.reviews()), store.fingerprint()
        again = reparse(store)
        assert (again.reviews.new, again.reviews.changed, again.removed) == (0, 0, 0)
        assert (list(store.reviews()), store.fingerprint()) == (before, prints)
        # As if an earlier version had read this answer wrongly.
        with store.database.write() as connection:
            connection.execute(
                sa.update(reviews).where(reviews.c.category == "care").values(category="care2")
            )
        again = reparse(store)
        assert again.removed == again.reviews.new > 0
        assert store.fingerprint() == prints


class TestComingBack:
    """A month later: new reviews, edited ones, vanished ones."""

    def crawl(self, store: Store, url: str, refresh: timedelta | None) -> Counts:
        return run_crawl(settings(Path(), crawl_settings(url)), store, refresh=refresh).reviews

    def test_only_what_is_older_is_asked_again(self, tmp_path: Path) -> None:
        world = fake_world(cells=32, apartments=10)
        with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
            self.crawl(store, server.url, None)
            requests = len(server.paths())
            self.crawl(store, server.url, None)
            self.crawl(store, server.url, timedelta(days=30))
            assert len(server.paths()) == requests
            with store.database.write() as connection:
                connection.execute(
                    frontier.update()
                    .where(frontier.c.key == "1004")
                    .values(done_at=datetime(2020, 1, 1).astimezone())
                )
            self.crawl(store, server.url, timedelta(days=30))
            assert sorted(server.paths()[requests:]) == [
                "/apt/danjis/1004",
                "/property/apartments/1004/reviews/v1",
            ]

    def test_new_edited_and_vanished(self, tmp_path: Path) -> None:
        world = fake_world(apartments=10)
        with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
            self.crawl(store, server.url, None)
            before = {(r.apartment_id, r.review_id, r.category): r for r in store.reviews()}
            later = copy.deepcopy(dict(world.reviews))
            first, second, third = later["1007"]["data"]
            later["1007"]["data"] = [
                first,
                second | {"total_desc": "생각이 바뀌었어요", "total_score": 1, "total_desc_old": 1},
                {"id": 99, "total_desc": "새로 썼어요", "total_score": 5},
            ]
            server.world = World(world.cells, world.danjis, later)
            counts = self.crawl(store, server.url, timedelta())
            after = {(r.apartment_id, r.review_id, r.category): r for r in store.reviews()}
            assert (counts.new, counts.changed) == (1, 1)
            assert after[("1007", "99", "total")].text == "새로 썼어요"
            edited = ("1007", str(second["id"]), "total")
            assert after[edited].text == "생각이 바뀌었어요"
            assert after[edited].first_seen == before[edited].first_seen
            with store.database.read() as connection:
                old = connection.execute(sa.select(review_history.c.text)).scalars().all()
            assert old == [before[edited].text]
            # The third has no id of its own, so it is known by what it says.
            vanished = [key for key in before if after[key].last_seen == before[key].last_seen]
            texts = [name for name in third if name.endswith("_desc") and third[name].strip()]
            assert len(vanished) == len(texts) > 0


HOGANGNONO = {
    "data": {
        "data": [
            {"name": "철수", "content": "호갱노노에서 본 글", "countUp": 3, "date": "2023-05-06",
             "comments": [{"name": "영희", "content": "동감"}]},
            {"name": "영희", "content": " ", "countUp": 0, "date": "2023-05-07", "comments": []},
        ]
    }
}  # fmt: skip


def test_saved_hogangnono_answers(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "a1.json").write_text(json.dumps(HOGANGNONO, ensure_ascii=False), "utf-8")
    (saved / "a2.json").write_text('{"data": {"data": [{"said": "글"}]}}')
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings())
        first = read_saved(chosen, store, saved)
        assert (first.reviews.new, first.failed) == (1, 1)
        assert read_saved(chosen, store, saved).reviews == Counts(seen=1)
        (saved / "a2.json").unlink()
        assert read_saved(chosen, store, saved).failed == 0, "a file that is gone is not missed"
        (review,) = store.reviews()
        assert (review.source, review.apartment_id, review.score) == ("hogangnono", "a1", None)
        assert review.written_at == datetime(2023, 5, 6)
        raw = store.answers.get("hogangnono", "reviews", "a1")
        assert raw is not None
        assert "철수" not in raw[0].decode()
        assert "동감" in raw[0].decode()
    (tmp_path / "empty").mkdir()
    with open_store(f"sqlite:///{tmp_path}/a.db") as store, pytest.raises(InputError):
        read_saved(chosen, store, tmp_path / "empty")
