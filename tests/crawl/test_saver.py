"""Answers share transactions where nothing limits the rate, and never where one may stop the crawl."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.crawl import content, crawl_settings, fake_world, settings
from tests.fake_zigbang import serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.saver import Saver
from zigbang_nlp.errors import StoreError
from zigbang_nlp.store import Failure, Outcome, Store, Task, open_store


def answered(*numbers: int) -> list[Outcome]:
    return [Outcome(Task("reviews", str(number)), b"") for number in numbers]


class Disk:
    """A store as slow as the test wants, which remembers what it was given together."""

    def __init__(self) -> None:
        self.saved: list[list[str]] = []
        self.began, self.free = threading.Event(), threading.Event()
        self.free.set()

    def save(self, outcomes: list[Outcome]) -> None:
        self.began.set()
        assert self.free.wait(10)
        self.saved.append([outcome.task.key for outcome in outcomes])


def test_without_a_backlog_each_is_saved_before_the_next() -> None:
    disk = Disk()
    with Saver(disk.save, 0, threading.Event()) as saver:
        for number in range(4):
            saver.add(answered(number))
            assert disk.saved[-1] == [str(number)]


def test_with_a_backlog_they_share_a_save_while_others_are_asked_for() -> None:
    disk = Disk()
    disk.free.clear()
    with Saver(disk.save, 2, threading.Event()) as saver:
        for number in range(3):
            saver.add(answered(number))
        assert disk.began.wait(10)
        for number in range(3, 5):
            saver.add(answered(number))
        assert disk.saved == [], "the first three are being saved, two wait, and nobody is held up"
        disk.free.set()
    assert disk.saved == [["0", "1", "2"], ["3", "4"]], "at the end all is saved, in order"


@pytest.mark.parametrize(
    "lesson",
    [
        Outcome(Task("reviews", "9"), b"", failure=Failure("timeout", "no answer")),
        Outcome(Task("reviews", "9"), b"", failure=Failure("schema", "no known field")),
        Outcome(Task("reviews", "9"), b"", absent=404),
    ],
    ids=["failed", "not read", "absent"],
)
def test_what_may_close_an_endpoint_is_saved_at_once(lesson: Outcome) -> None:
    disk = Disk()
    with Saver(disk.save, 100, threading.Event()) as saver:
        saver.add(answered(1, 2))
        assert disk.saved == []
        saver.add([lesson])
        assert disk.saved == [["1", "2", "9"]]


def test_a_save_that_fails_stops_those_who_ask_and_is_told() -> None:
    stopping = threading.Event()

    def fail(_: list[Outcome]) -> None:
        raise StoreError("The store is full.", "Free some space.")

    with Saver(fail, 1, stopping) as saver:
        saver.add(answered(1, 2))  # is given to the thread; the error comes to whoever waits
        with pytest.raises(StoreError, match="full"):
            saver.settle()
    assert stopping.is_set()
    assert [str(error) for error in saver.errors()] == ["The store is full. Free some space."]


def commits_of_a_crawl(store: Store, work: Path, rate: float) -> int:
    """How many transactions wrote into the store."""
    count = 0

    @sa.event.listens_for(store.database.engine, "commit")
    def _count(connection: sa.Connection) -> None:
        nonlocal count
        count += bool(connection.get_execution_options().get("writing"))

    with serve(fake_world(cells=32, apartments=30)) as server:
        run_crawl(settings(work, crawl_settings(server.url, rate=rate, jitter=0)), store)
    return count


def test_a_crawl_without_a_limit_stores_the_same_in_fewer_transactions(tmp_path: Path) -> None:
    answers = 32 + 2 * 30
    with (
        open_store(f"sqlite:///{tmp_path}/slow.db") as slow,
        open_store(f"sqlite:///{tmp_path}/fast.db") as fast,
    ):
        assert commits_of_a_crawl(slow, tmp_path, rate=1_000) > answers
        assert commits_of_a_crawl(fast, tmp_path, rate=0) < answers / 2
        assert content(slow) == content(fast)
