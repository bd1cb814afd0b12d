"""How long a site asks to wait is understood in every form, wherever it says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.factories.crawl import crawl_settings, fake_world, settings
from tests.fake_zigbang import Faults, serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.robots import Robots
from zigbang_nlp.crawl.transport import Response
from zigbang_nlp.errors import CrawlStoppedError
from zigbang_nlp.store import open_store


@pytest.mark.parametrize(
    ("where", "retry_after", "words"),
    [
        ("/robots.txt", "21600", "wait for 6 h"),
        ("/robots.txt", "1e300", "more than a year"),
        ("/reviews/", "9" * 25, "more than a year"),
        ("geohash", "Sun Nov  6 08:49:37 2094", "more than a year"),
    ],
)
def test_a_long_wait_stops_wherever_it_is_asked_for(
    tmp_path: Path, where: str, retry_after: str, words: str
) -> None:
    with (
        serve(fake_world(apartments=3)) as server,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
    ):
        server.faults, server.retry_after = Faults(1, ["429 retry-after"], where=where), retry_after
        with pytest.raises(CrawlStoppedError, match=words):
            run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
        assert sum(where in request.path for request in server.requests) == 1


@pytest.fixture
def in_korea(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Asia/Seoul")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_korea")
@pytest.mark.parametrize("form", ["http", "asctime", "no zone"])
def test_dates_of_http_are_in_gmt(form: str) -> None:
    at = time.time() + 3600
    written = {
        "http": formatdate(at, usegmt=True),
        "asctime": time.asctime(time.gmtime(at)),
        "no zone": formatdate(at, usegmt=True).removesuffix(" GMT"),
    }[form]
    assert Response(429, b"", {"Retry-After": written}).retry_after == pytest.approx(3600, abs=2)


@pytest.mark.parametrize(
    ("named", "allowed"),
    [
        *(("zigbang-nlp", False), ("Zigbang-NLP/1.0", False), ("zigbang-nlp/*  # us", False)),
        *(("other/1.0", True), ("other", True)),
    ],
)
def test_a_group_of_robots_is_named_by_the_product_alone(named: str, allowed: bool) -> None:
    robots = Robots(f"User-agent: {named}\nDisallow: /property/", "")
    assert robots.allows("https://example.org/property/apartments/7/reviews/v1") is allowed
    assert robots.allows("https://example.org/apt/danjis/7")
