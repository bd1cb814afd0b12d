"""Failures are judged by endpoint, and told: in words and in exit codes."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.crawl import content, crawl_settings, fake_world, settings, write_toml
from tests.fake_zigbang import Faults, World, serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.crawler import find_region
from zigbang_nlp.crawl.health import Health
from zigbang_nlp.crawl.pace import Sent
from zigbang_nlp.crawl.plan import plan
from zigbang_nlp.errors import CrawlFailedError, CrawlStoppedError, DriftError, InputError
from zigbang_nlp.store import open_store
from zigbang_nlp.store.schema import runs

#: Eight cells.
SMALL = {"geohash": tuple(f"wydm{digit}" for digit in range(8)), "retries": 1}


@pytest.fixture(scope="module")
def world() -> World:
    return fake_world(cells=8, apartments=15)


@pytest.mark.parametrize("status", ["404", "410"])
def test_nothing_there_is_an_answer(tmp_path: Path, world: World, status: str) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
        run_crawl(chosen, store)
        before = content(store)
        server.faults = Faults(0.7, [status], where="/reviews/")
        done = run_crawl(chosen, store, refresh=timedelta(0))
        gone = sum(request.fault is not None for request in server.requests)
        assert gone > 5
        assert done.failed == 0
        assert f"(404, 410) for {gone} of reviews" in done.note
        assert content(store) == before, "a refresh that finds nothing takes nothing away"
        assert len(server.requests) == 2 * 38 + 1, "asked once each"


def test_lists_that_are_gone_on_every_endpoint_are_a_drift(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults = Faults(1, ["404"], where="a")
        with pytest.raises(DriftError, match="404 or 410 to everything") as drift:
            run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        assert drift.value.exit_code == 4
        tried = [path.partition("?")[0] for path in server.paths()]
        every_endpoint = ("on-danjis", "/v2/aparts/items", "/location/v3", "/item-catalogs")
        assert [sum(endpoint in path for path in tried) for endpoint in every_endpoint] == [
            3,
            3,
            3,
            3,
        ]
        failed = store.frontier.failures("zigbang", 100)
        keys = [task.key for task, _ in failed]
        assert keys == ["wydm0", "wydm6", "wydm7"], "the last three that were asked stay on record"
        assert store.frontier.states("zigbang") == {("cell", "todo"): 8}, "nothing passes for done"
        server.faults = Faults()
        done = run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        assert (done.failed, done.reviews.new) == (0, len(content(store)["reviews"]))
        assert len(content(store)["apartments"]) == 15, "the same command goes on from there"


def test_reviews_that_are_gone_on_every_endpoint_are_asked_for_again(
    tmp_path: Path, world: World
) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults = Faults(1, ["410"], where="s/1")
        chosen = settings(tmp_path, crawl_settings(server.url, details=False, **SMALL))
        for _ in range(2):
            with pytest.raises(DriftError, match="404 or 410 to everything"):
                run_crawl(chosen, store)
        assert store.frontier.states("zigbang")[("reviews", "todo")] == 15
        server.faults = Faults()
        assert run_crawl(chosen, store).failed == 0
        assert len(content(store)["reviews"]) > 20


@pytest.mark.parametrize(
    ("where", "kind"), [("/reviews/", "reviews"), ("/apt/danjis/", "danji"), ("geohash", "cell")]
)
@pytest.mark.parametrize("fault", ["401", "500", "html"])
def test_an_endpoint_that_fails_alone_is_no_success(
    tmp_path: Path,
    world: World,
    where: str,
    kind: str,
    fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with (
        serve(world, Faults(1, [fault], where=where)) as server,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
        pytest.raises((CrawlFailedError, CrawlStoppedError), match=f"'{kind}'") as ended,
    ):
        run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
    assert ended.value.exit_code in (3, 5)
    assert re.search(r"\d+ still failed", caplog.text)


def test_success_elsewhere_does_not_acquit() -> None:
    health = Health(0.5)
    for _ in range(25):
        health.note(Sent(None, 10, 0.1, 200, endpoint="cell"))
        health.note(Sent(None, 10, 0.1, 200, endpoint="danji"))
        health.note(Sent("http 500", 10, 0.1, 500, endpoint="reviews"))
    with pytest.raises(CrawlStoppedError, match="26 of the last 26 requests for 'reviews'"):
        health.note(Sent("http 500", 10, 0.1, 500, endpoint="reviews"))


#: Where an outage may be: at one endpoint, or at all.
OUTAGES = ("/reviews/", "/apt/danjis/", "geohash", "")


def crawled_through_an_outage(place: Path, world: World, where: str) -> None:
    with serve(world) as server, open_store(f"sqlite:///{place}/a.db") as store:
        run_crawl(settings(place, crawl_settings(server.url, **SMALL)), store)
        rows = content(store)
    with (
        serve(world, Faults(1, ["503"], where=where, most=4)) as server,
        open_store(f"sqlite:///{place}/b.db") as store,
    ):
        chosen = settings(place, crawl_settings(server.url, slow_answer=60, **SMALL))
        assert run_crawl(chosen, store).failed == 0
        assert server.faults.most == 0
        assert content(store) == rows
        assert store.runs.recent("zigbang")[0].failed == 0


@pytest.fixture(scope="module")
def outages(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[None]]]:
    """Crawls through all outages at once: each of them slows down, and mostly waits."""
    with ThreadPoolExecutor(len(OUTAGES)) as pool:
        yield {
            where: pool.submit(
                crawled_through_an_outage, tmp_path_factory.mktemp("outage"), world, where
            )
            for where in OUTAGES
        }


@pytest.mark.parametrize("where", OUTAGES)
def test_failures_of_an_outage_are_tried_once_more(
    outages: dict[str, Future[None]], where: str
) -> None:
    outages[where].result()


def test_a_failure_that_stays_is_tried_twice_and_told(
    tmp_path: Path, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        serve(world, Faults(1, ["500"], where="/1003/reviews")) as server,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
    ):
        done = run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        assert done.failed == 1
        assert sum("/1003/reviews" in path for path in server.paths()) == 4
        assert "1 still failed" in caplog.text
        server.faults = Faults()
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
        assert run_crawl(chosen, store, retry_failed=True).failed == 0


@pytest.mark.parametrize("as_date", [False, True])
def test_a_long_retry_after_stops_with_the_time_to_come_back(
    tmp_path: Path, world: World, as_date: bool
) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults = Faults(1, ["429 retry-after"], where="/reviews/")
        at = time.time() + 6 * 3600
        server.retry_after = formatdate(at, usegmt=True) if as_date else "21600"
        with pytest.raises(CrawlStoppedError, match=r"wait for (6 h|5 h 59)") as stopped:
            run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        come_back = time.strptime(
            stopped.value.next_step.split("after ")[1].split(",")[0], "%Y-%m-%d %H:%M"
        )
        assert abs(time.mktime(come_back) - at) < 120
        assert sum("/reviews/" in path for path in server.paths()) == 1
        server.faults = Faults()
        assert run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store).failed == 0


@pytest.mark.parametrize("retry_after", ["soon", "-30", "1e999", "", "Tue, 99 Foo 2024"])
def test_a_retry_after_that_says_nothing_is_none(
    tmp_path: Path, world: World, retry_after: str
) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults, server.retry_after = Faults(1, ["429 retry-after"], most=3), retry_after
        # One cell: each refusal slows down all that comes after it.
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL | {"geohash": ("wydm0",)}))
        assert run_crawl(chosen, store).failed == 0
        assert server.faults.most == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"]
)
def test_sigterm_ends_as_cleanly_as_ctrl_c(
    tmp_path: Path, world: World, sent: signal.Signals, code: int
) -> None:
    with serve(world) as server:
        crawl = crawl_settings(server.url, rate=5, **SMALL)
        file = write_toml(tmp_path / "z.toml", crawl, tmp_path, f"sqlite:///{tmp_path}/a.db")
        with subprocess.Popen(
            [sys.executable, "-m", "zigbang_nlp", "crawl", "--config", str(file)],
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            while len(server.requests) < 10:
                time.sleep(0.05)
            process.send_signal(sent)
            _, stderr = process.communicate(timeout=60)
        assert process.returncode == code, stderr
        assert "Stopped. What was finished before is kept" in stderr
        assert "Nothing failed, " in stderr
        assert "Traceback" not in stderr
        with open_store(f"sqlite:///{tmp_path}/a.db") as store:
            assert store.runs.recent("zigbang")[0].outcome == "interrupted"
            assert not any(state == "leased" for _, state in store.frontier.states("zigbang"))
            chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
            assert run_crawl(chosen, store).failed == 0
        assert len(server.paths()) <= 38 + 1


def test_two_hosts_in_one_store_are_refused(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        sent = len(server.requests)
        other = server.url.replace("127.0.0.1", "localhost")
        with pytest.raises(
            InputError, match=r"of the host 127\.0\.0\.1, and base_url is localhost"
        ):
            run_crawl(settings(tmp_path, crawl_settings(other, **SMALL)), store)
        assert len(server.requests) == sent


def test_a_clock_that_went_back_is_told(
    tmp_path: Path, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        assert "clock" not in caplog.text
        with store.database.write() as connection:
            later = datetime.now(UTC) + timedelta(hours=3)
            connection.execute(sa.update(runs).values(updated_at=later))
        run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        assert re.search(r"clock is (3 h|2 h 59).* behind", caplog.text)


def test_a_plan_counts_what_is_asked_again(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults = Faults(1, ["500"], where="/1003/reviews")
        chosen = crawl_settings(server.url, **SMALL)
        run_crawl(settings(tmp_path, chosen), store)
        region = find_region(chosen, store, "zigbang", None)
        sent = len(server.requests)
        assert "known now: 0 (" in plan(region, chosen, store, "zigbang")
        assert "known now: 1 (" in plan(region, chosen, store, "zigbang", None, True)
        assert "known now: 37 (" in plan(region, chosen, store, "zigbang", timedelta(0), False)
        assert "38 of them were asked" in plan(region, chosen, store, "zigbang", timedelta(0), True)
        assert len(server.requests) == sent


@pytest.mark.parametrize(
    ("limit", "most"), [({"max_requests": 10}, 10), ({"max_minutes": 0.02}, 37)]
)
def test_a_run_ends_at_its_limit_and_goes_on(
    tmp_path: Path,
    world: World,
    limit: dict[str, float],
    most: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = crawl_settings(server.url, rate=12, robots=False, **SMALL, **limit)
        done = run_crawl(settings(tmp_path, chosen), store)
        assert done.failed == 0
        assert 0 < len(server.requests) <= most
        assert store.runs.recent("zigbang")[0].outcome.startswith("limit: This run has")
        assert "Run the same command to go on." in caplog.text
        run_crawl(settings(tmp_path, crawl_settings(server.url, robots=False, **SMALL)), store)
        assert len(server.paths()) == len(set(server.paths())) == 38


def test_the_end_tells_requests_by_endpoint_and_status(
    tmp_path: Path, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults = Faults(1, ["500"], where="/1003/reviews", most=1)
        run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
    lines = {line.split()[0]: line for line in caplog.text.splitlines() if " ms" in line}
    assert re.search(
        r"reviews +16 +200: 15, 500: 1 +[\d,]+ ms +[\d,]+ ms +[\d,]+ ms", lines["reviews"]
    )
    assert re.search(r"cell +8 +200: 8 ", lines["cell"])
