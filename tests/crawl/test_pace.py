"""Manners: the rate, Retry-After, the budget, robots.txt, who is asking."""

from __future__ import annotations

import itertools
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.factories.crawl import crawl_settings, fake_world, settings
from tests.fake_zigbang import Faults, World, ZigbangServer, serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.client import Client
from zigbang_nlp.crawl.crawler import site_of
from zigbang_nlp.crawl.pace import Pace, Sent
from zigbang_nlp.crawl.transport import Transport
from zigbang_nlp.errors import CrawlFailedError, CrawlStoppedError
from zigbang_nlp.store import open_store

#: Eight cells and fifteen apartments: 38 requests.
SMALL = {"geohash": tuple(f"wydm{digit}" for digit in range(8))}
#: Seconds by which an idle machine may shift an arrival.
SLACK = 0.05


@pytest.fixture(scope="module")
def world() -> World:
    return fake_world(cells=8, apartments=15)


class Stalls:
    """The longest time that a busy machine kept this process waiting, while the block ran."""

    def __enter__(self) -> Stalls:
        self.longest, self._over = 0.0, threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        return self

    def _look(self) -> None:
        while not self._over.is_set():
            before = time.monotonic()
            time.sleep(0.005)
            self.longest = max(self.longest, time.monotonic() - before - 0.005)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()


def assert_rate_kept(server: ZigbangServer, rate: float, stalls: Stalls) -> None:
    """No stretch of requests is shorter than the rate allows, whatever its length.

    An arrival that was delayed seems close to the next one. Three parties can stall on its way:
    the sender, the thread that accepts and the thread that answers.
    """
    slack = SLACK + 3 * stalls.longest
    times = [request.at for request in server.requests]
    for first in range(len(times)):
        for last in range(first + 1, len(times)):
            allowed = (last - first) / rate
            assert times[last] - times[first] >= allowed - slack, (first, last, len(times))


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "seed"), [(1, 3), (4, 4)])
def test_the_rate_is_kept_whatever_the_faults(
    tmp_path: Path, world: World, workers: int, seed: int
) -> None:
    # Of the faults of seed 3 few slow the crawl down: at the full rate most could go wrong.
    with serve(world, Faults(0.2, seed=seed)) as server:
        server.hang = 0.6
        chosen = settings(
            tmp_path,
            crawl_settings(
                server.url, rate=10, jitter=0, workers=workers, timeout=0.3, slow_answer=60, **SMALL
            ),
        )
        with open_store(chosen.store_url) as store, Stalls() as stalls:
            run_crawl(chosen, store)
        assert len(server.requests) >= 38
        assert_rate_kept(server, 10, stalls)


@pytest.mark.slow
def test_the_rate_is_kept_over_a_restart(tmp_path: Path, world: World) -> None:
    with serve(world) as server, Stalls() as stalls:
        for budget in (5, 8, 11):
            crawl = crawl_settings(server.url, rate=4, jitter=0, daily_budget=budget, **SMALL)
            with open_store(f"sqlite:///{tmp_path}/a.db") as store:
                with pytest.raises(CrawlStoppedError, match="daily budget"):
                    run_crawl(settings(tmp_path, crawl, f"sqlite:///{tmp_path}/a.db"), store)
                assert store.pacing.used_today("zigbang") == budget == len(server.requests)
        assert_rate_kept(server, 4, stalls)


def test_retry_after_holds_all_workers(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults, server.retry_after = Faults(0.1, ["429 retry-after"], seed=1), "0.4"
        crawl = crawl_settings(server.url, workers=4, rate=200, retry_after_cap=0.4, **SMALL)
        with Stalls() as stalls:
            run_crawl(settings(tmp_path, crawl), store)
        refused = [request.at for request in server.requests if request.fault]
        assert refused
        for moment in refused:
            # What was under way may still arrive; after that, nobody sends for 0.4 s.
            hushed = [
                r.at
                for r in server.requests
                if moment + 0.1 + 3 * stalls.longest < r.at < moment + 0.38
            ]
            assert not hushed


def make_pace(tmp_path: Path, **changes: Any) -> Pace:
    store = open_store(f"sqlite:///{tmp_path}/pace.db")
    return Pace(store.pacing, "zigbang", crawl_settings(**changes), threading.Event())


def test_overload_slows_down_and_good_answers_recover(tmp_path: Path) -> None:
    pace = make_pace(tmp_path, rate=2.0, slow_answer=3.0)
    for trouble in (
        Sent("http 429", 0, 0.1, 429),
        Sent("http 503", 0, 0.1, 503),
        Sent("timeout", 0, 15.0),
        Sent(None, 100, 4.0, 200),
    ):
        before = pace.interval
        pace.learn(trouble)
        assert pace.interval == 2 * before
    for _ in range(100):
        pace.learn(Sent(None, 100, 0.1, 200))
    assert pace.interval == 0.5
    for _ in range(100):
        pace.learn(Sent("http 429", 0, 0.1, 429))
    assert pace.interval == 60
    pace.pacing.database.close()


class _LaterPlease(BaseHTTPRequestHandler):
    """Answers as the path says, and asks to come back in fifty minutes."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Retry-After", "3000")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.mark.parametrize("status", [200, 404])
def test_a_robots_txt_that_is_well_says_nothing_of_the_pace(tmp_path: Path, status: int) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _LaterPlease) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        pace = make_pace(tmp_path, base_url=url, rate=5, retry_after_cap=3600)
        before = pace.interval
        client = Client(site_of(pace.settings, "zigbang"), pace.settings, pace)
        assert client.raw(f"/{status}").status == status
        assert pace.interval == before
        assert pace.pacing.take("zigbang", 1, 0).wait < 1
        pace.pacing.database.close()
        server.shutdown()


def test_the_pause_before_a_retry_doubles_and_is_never_the_same(tmp_path: Path) -> None:
    pace = make_pace(tmp_path, backoff=0.5)
    client = Client(site_of(pace.settings, "zigbang"), pace.settings, pace)
    for attempt in (1, 2, 3, 4):
        longest = 0.5 * 2 ** (attempt - 1)
        pauses = [client.pause(attempt) for _ in range(200)]
        assert longest / 2 <= min(pauses) < 0.6 * longest
        assert 0.9 * longest < max(pauses) <= longest
        assert len(set(pauses)) > 190, "crawlers that failed together don't come back together"
    pace.pacing.database.close()


def test_retries_wait_as_long_as_they_should(tmp_path: Path, world: World) -> None:
    faults = Faults(1, ["500"], where="geohash=wydm0")
    with serve(world, faults) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        crawl = crawl_settings(server.url, backoff=0.1, retries=3, robots=False, **SMALL)
        run_crawl(settings(tmp_path, crawl), store)
        times = [request.at for request in server.requests if request.fault][:4]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(gap >= least for gap, least in zip(gaps, (0.05, 0.1, 0.2), strict=True))


def test_retry_after_is_capped_and_understood_as_a_date(tmp_path: Path) -> None:
    from email.utils import formatdate

    from zigbang_nlp.crawl.transport import _retry_after

    assert _retry_after("7") == 7
    assert _retry_after("soon") is None
    assert 55 <= (_retry_after(formatdate(time.time() + 60, usegmt=True)) or 0) <= 60
    pace = make_pace(tmp_path, rate=5, retry_after_cap=0.2)
    pace.learn(Sent("http 429", 0, 0.1, 429, retry_after=3600))
    assert 0.1 < pace.pacing.take("zigbang", 1, 0).wait <= 0.2
    pace.pacing.database.close()


def test_robots_txt_is_obeyed_and_asked_once(tmp_path: Path) -> None:
    world = fake_world(cells=8, apartments=4)
    world = World(
        world.cells, world.danjis, world.reviews, robots="User-agent: *\nDisallow: /property/\n"
    )
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
        for _ in range(2):
            with pytest.raises(CrawlFailedError, match=r"robots\.txt forbids /property/apartments"):
                run_crawl(chosen, store, retry_failed=True)
        assert not [path for path in server.paths() if path.startswith("/property")]
        assert len(server.requests) - len(server.paths()) == 1
        ignoring = settings(tmp_path, crawl_settings(server.url, robots=False, **SMALL))
        assert run_crawl(ignoring, store, retry_failed=True).failed == 0


def test_crawl_delay_slows_down(tmp_path: Path) -> None:
    world = fake_world(cells=8, apartments=0)
    world = World(world.cells, {}, {}, robots="User-agent: *\nCrawl-delay: 0.2\n")
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with Stalls() as stalls:
            run_crawl(settings(tmp_path, crawl_settings(server.url, jitter=0, **SMALL)), store)
        assert len(server.requests) == 9
        server.requests.pop(0)  # before robots.txt was read
        assert_rate_kept(server, 5, stalls)


def test_the_user_agent_says_who_is_asking(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        crawl = crawl_settings(server.url, contact="mailto:me@example.org", **SMALL)
        run_crawl(settings(tmp_path, crawl), store)
        agents = {request.headers["User-Agent"] for request in server.requests}
        assert len(agents) == 1
        assert agents.pop().startswith("zigbang-nlp/")
        assert "+mailto:me@example.org" in server.requests[0].headers["User-Agent"]


def test_cookies_and_the_sites_headers_go_to_the_site_alone() -> None:
    crawl = crawl_settings("http://localhost:8000/api", cookies="a=1")
    transport = Transport(crawl, {"x-zigbang-platform": "www", "accept": "application/json"})
    for own in ("/robots.txt", "robots.txt", "http://localhost:8000/x"):
        headers = transport.prepare(own, {}).headers
        assert (headers.get("Cookie"), headers.get("x-zigbang-platform")) == ("a=1", "www")
    assert transport.prepare("cells", {}).url == "http://localhost:8000/api/cells"
    for other in ("http://example.org/x", "http://localhost:8001/x", "https://localhost:8000/x"):
        headers = transport.prepare(other, {}).headers
        assert not {"Cookie", "x-zigbang-platform"} & headers.keys()
        assert headers["User-Agent"].startswith("zigbang-nlp/")


def test_everything_goes_through_the_proxy_with_the_cookies(tmp_path: Path, world: World) -> None:
    with serve(world) as proxy, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        crawl = crawl_settings(
            "http://nowhere.invalid", proxy=proxy.url, cookies="a=1; b=2", retries=0, **SMALL
        )
        assert run_crawl(settings(tmp_path, crawl), store).failed == 0
        assert len(proxy.requests) == 39
        assert all(r.path.startswith("http://nowhere.invalid/") for r in proxy.requests)
        assert {request.headers["Cookie"] for request in proxy.requests} == {"a=1; b=2"}
