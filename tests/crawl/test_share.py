"""Several crawlers on one PostgreSQL share the work."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Fork
from tests.crawl.test_kill import crawl_once
from tests.factories.crawl import content, crawl_settings, fake_world, settings
from tests.fake_zigbang import serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.errors import StoreError
from zigbang_nlp.store import Scope, Task, open_store


@pytest.mark.slow
def test_four_crawlers_one_killed(tmp_path: Path, postgres: Callable[[], str]) -> None:
    world = fake_world(apartments=100)
    with serve(world) as server:
        calm = settings(tmp_path, crawl_settings(server.url))
        with open_store(calm.store_url) as store:
            run_crawl(calm, store)
            rows = content(store)
        server.requests.clear()
        shared = settings(tmp_path, crawl_settings(server.url, rate=40, lease=2.0), postgres())
        crawlers = [Fork(target=crawl_once, args=(shared,)) for _ in range(4)]
        for crawler in crawlers:
            crawler.start()
        # Processes start at their own pace; the kill comes when all four are at work.
        with open_store(shared.store_url) as store:
            while sum(run.done > 0 for run in store.runs.recent("zigbang")) < 4:
                assert any(crawler.is_alive() for crawler in crawlers), "all ended too early"
                time.sleep(0.05)
        crawlers[0].kill()
        for crawler in crawlers:
            crawler.join()
        assert [crawler.exitcode for crawler in crawlers] == [-9, 0, 0, 0]
        with open_store(shared.store_url) as store:
            assert content(store) == rows
            runs = store.runs.recent("zigbang")
            states = store.frontier.states("zigbang")
    repeated = [path for path, times in Counter(server.paths()).items() if times > 1]
    assert len(repeated) <= 1, "only what the killed one had under way is asked again"
    assert {state for _, state in states} == {"done"}
    assert sorted(run.outcome for run in runs) == ["complete"] * 3 + ["running or killed"]
    assert sum(run.done > 0 for run in runs) == 4


def test_nobody_claims_what_another_has(postgres: Callable[[], str]) -> None:
    scope = Scope("zigbang", "test")
    with open_store(postgres()) as store:
        store.frontier.start(scope, [Task("cell", f"wydm{n}") for n in range(8)])
        first = store.frontier.claim(scope, "one", 3, lease=60)
        second = store.frontier.claim(scope, "two", 8, lease=0.1)
        assert len(first) == 3
        assert len(second) == 5
        assert not set(first) & set(second)
        assert store.frontier.claim(scope, "three", 8, lease=60) == []
        time.sleep(0.2)
        assert store.frontier.claim(scope, "three", 8, lease=60) == second, "a dead one's work"
        store.frontier.release("one")
        assert store.frontier.claim(scope, "three", 8, lease=60) == first


def test_locked_rows_are_skipped(postgres: Callable[[], str]) -> None:
    from zigbang_nlp.store.schema import frontier

    scope = Scope("zigbang", "test")
    with open_store(postgres()) as store:
        store.frontier.start(scope, [Task("cell", f"wydm{n}") for n in range(4)])
        with store.database.write() as connection:
            connection.execute(
                frontier.select().where(frontier.c.key == "wydm0").with_for_update()
            ).all()
            claimed = store.frontier.claim(scope, "two", 2, lease=60)
        assert claimed == [Task("cell", "wydm1"), Task("cell", "wydm2")]


def test_a_second_crawl_on_sqlite_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with open_store(url) as one, open_store(url) as two, one.database.only_crawler():
        chosen = settings(tmp_path, crawl_settings(), url)
        with pytest.raises(StoreError, match="Another crawl is already running"):
            run_crawl(chosen, two)
