"""A crawl through every fault ends with the same store as one without."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.factories.crawl import content, crawl_settings, fake_world, settings
from tests.fake_zigbang import FAULTS, Faults, World, ZigbangServer, serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.errors import CrawlStoppedError
from zigbang_nlp.store import open_store


def crawl_until_done(work: Path, url: str, **changes: object) -> dict[str, list[tuple[Any, ...]]]:
    """Crawl, then ask again for what failed until nothing does, as a user would."""
    chosen = settings(work, crawl_settings(url, **changes))
    with open_store(chosen.store_url) as store:
        for attempt in range(20):
            if run_crawl(chosen, store, retry_failed=attempt > 0).failed == 0:
                return content(store)
    raise AssertionError("still failing after 20 runs")


@pytest.fixture(scope="module")
def world() -> World:
    return fake_world(apartments=24)


@pytest.fixture(scope="module")
def faultless(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    with serve(world) as server:
        return crawl_until_done(tmp_path_factory.mktemp("faultless"), server.url)  # type: ignore[return-value]


def test_a_faultless_crawl_finds_everything_once(tmp_path: Path, world: World) -> None:
    with serve(world) as server:
        rows = crawl_until_done(tmp_path, server.url)
    assert len(rows["apartments"]) == len(world.danjis)
    texts = [
        text
        for answer in world.reviews.values()
        for review in answer["data"]
        for name, text in review.items()
        if name.endswith(("Desc", "_desc")) and text.strip()
    ]
    assert sorted(row[4] for row in rows["reviews"]) == sorted(texts)
    assert len(server.paths()) == len(set(server.paths())) == 32 + 2 * len(world.danjis)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 4])
def test_twenty_percent_faults_of_all_kinds_change_nothing(
    tmp_path: Path, world: World, faultless: dict[str, list[object]], workers: int
) -> None:
    with serve(world, Faults(0.2, seed=workers)) as server:
        server.hang = 2.0
        rows = crawl_until_done(tmp_path, server.url, workers=workers, timeout=0.3, slow_answer=60)
    assert rows == faultless
    seen = {request.fault for request in server.requests}
    assert len(seen - {None}) > len(FAULTS) / 2


#: Each of these slows a crawl down, so that it mostly waits.
SLOWING = ("429", "429 retry-after", "503", "time-out", "drip")
#: Rows, and the faults that the server had.
Survived = tuple[dict[str, list[tuple[Any, ...]]], set[str | None]]


def crawled_through(work: Path, world: World, kind: str) -> Survived:
    with serve(world, Faults(0.08, [kind], seed=3)) as server:
        server.hang = 0.5
        rows = crawl_until_done(work, server.url, timeout=0.2, workers=4, slow_answer=60)
    return rows, {request.fault for request in server.requests}


@pytest.fixture(scope="module")
def slowed(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Crawls through all faults that slow down, at once."""
    with ThreadPoolExecutor(len(SLOWING)) as pool:
        yield {
            kind: pool.submit(crawled_through, tmp_path_factory.mktemp("slow"), world, kind)
            for kind in SLOWING
        }


@pytest.mark.parametrize("kind", list(FAULTS))
def test_each_fault_is_survived(
    tmp_path: Path,
    world: World,
    faultless: dict[str, list[object]],
    slowed: dict[str, Future[Survived]],
    kind: str,
) -> None:
    began = slowed.get(kind)
    rows, seen = began.result() if began else crawled_through(tmp_path, world, kind)
    assert rows == faultless
    assert kind in seen


def test_a_blocked_crawl_stops_with_a_sentence_and_loses_nothing(
    tmp_path: Path, world: World, faultless: dict[str, list[object]]
) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings(server.url, retries=1))
        server.faults = Faults(1.0, ["403"])
        with pytest.raises(
            CrawlStoppedError, match=r"of the last \d+ requests for 'cell' failed.*http 403"
        ):
            run_crawl(chosen, store)
        assert len(server.paths()) <= 26
        held = store.frontier.failures("zigbang", 100)
        assert {failure.kind for _, failure in held} == {"http 403"}, "told, and tasks again"
        server.faults = Faults()
        assert run_crawl(chosen, store).failed == 0
        assert not store.frontier.failures("zigbang", 100)
        assert content(store) == faultless
        assert [run.outcome.split(":")[0] for run in store.runs.recent("zigbang")] == [
            "complete",
            "stopped",
        ]


def test_a_lost_network_stops_and_goes_on(
    tmp_path: Path, world: World, faultless: dict[str, list[object]]
) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with serve(world) as server:
            url = server.url
            port = int(url.rsplit(":", 1)[1])
        gone = settings(tmp_path, crawl_settings(url, robots=False, retries=1))
        with pytest.raises(CrawlStoppedError, match="connection"):
            run_crawl(gone, store)
        with ZigbangServer(world, port=port):
            assert run_crawl(gone, store).failed == 0
        assert content(store) == faultless


def test_failures_are_kept_with_reason_and_answer_and_retried(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings(server.url, retries=0))
        server.faults = Faults(0.15, ["html"], seed=5)
        first = run_crawl(chosen, store)
        failures = store.frontier.failures("zigbang", 100)
        assert first.failed == len(failures) > 0
        assert {failure.kind for _, failure in failures} == {"not json"}
        server.faults = Faults()
        before = len(server.requests)
        run_crawl(chosen, store)
        assert len(server.requests) == before, "failures are not asked again unless told to"
        second = run_crawl(chosen, store, retry_failed=True)
        assert second.failed == 0
        assert not store.frontier.failures("zigbang", 100)
