"""Conditional requests: what has not changed need not come again, and loses nothing by it."""

from __future__ import annotations

import copy
import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.crawl import content, crawl_settings, fake_world, settings
from tests.fake_zigbang import Faults, World, ZigbangServer, serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.errors import CrawlError
from zigbang_nlp.store import Store, open_store
from zigbang_nlp.store.schema import reviews

#: Eight cells and fifteen apartments: 38 questions.
SMALL = {"geohash": tuple(f"wydm{digit}" for digit in range(8))}
NOW = timedelta(0)
CONDITIONS = ("If-None-Match", "If-Modified-Since")


@pytest.fixture(scope="module")
def world() -> World:
    return fake_world(cells=8, apartments=15)


def conditional(server: ZigbangServer) -> int:
    """How many of the requests asked for a change alone."""
    return sum(any(name in request.headers for name in CONDITIONS) for request in server.requests)


def authors(store: Store) -> list[str]:
    with store.database.read() as connection:
        return list(connection.execute(sa.select(reviews.c.author).distinct()).scalars())


@pytest.mark.parametrize("versions", ["etag", "weak", "modified"])
def test_what_has_not_changed_is_not_sent_again(
    tmp_path: Path, world: World, versions: str
) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.versions = versions
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
        first = run_crawl(chosen, store)
        assert conditional(server) == 0, "nothing is known yet"
        before, hashes = content(store), authors(store)

        again = run_crawl(chosen, store, refresh=NOW)
        assert (server.unchanged, conditional(server)) == (38, 38)
        assert content(store) == before
        assert authors(store) == hashes, "a hash is not hashed again"
        assert (again.reviews.new, again.reviews.changed) == (0, 0)
        assert again.reviews.seen == first.reviews.new
        assert "no longer there" not in again.note

        edited = copy.deepcopy(world)
        edited.reviews["1003"]["data"][1]["care_desc"] = "관리소가 바뀌고 나서 복도가 환해졌어요"
        server.world = edited
        third = run_crawl(chosen, store, refresh=NOW)
        assert (third.reviews.new, third.reviews.changed) == (0, 1)
        assert server.unchanged == 38 + 37, "only the edited answer came"


def test_a_site_that_says_nothing_of_versions_is_asked_as_ever(
    tmp_path: Path, world: World
) -> None:
    for versions in ("", "unquoted"):
        with serve(world) as server, open_store(f"sqlite:///{tmp_path}/{versions}.db") as store:
            server.versions = versions
            chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
            run_crawl(chosen, store)
            assert run_crawl(chosen, store, refresh=NOW).failed == 0
            assert conditional(server) == 0


def test_an_answer_kept_by_another_rule_comes_anew(tmp_path: Path, world: World) -> None:
    with_ages = copy.deepcopy(world)
    for answer in with_ages.reviews.values():
        for review in answer["data"]:
            review["age"] = "40대"
    with serve(with_ages) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.versions = "etag"
        run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        more = settings(tmp_path, crawl_settings(server.url, covariates=True, **SMALL))
        run_crawl(more, store, refresh=NOW)
        assert server.unchanged == 0
        with store.database.read() as connection:
            ages = set(connection.execute(sa.select(reviews.c.age)).scalars())
        assert ages == {"40대"}


def test_what_could_not_be_read_is_asked_for_whole(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.versions = "etag"
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
        run_crawl(chosen, store)
        before = content(store)
        server.world = dataclasses.replace(
            world, reviews={**world.reviews, "1003": {"payload": [], "summary": {}}}
        )
        assert run_crawl(chosen, store, refresh=NOW).failed == 1
        server.requests.clear()
        with pytest.raises(CrawlError, match="Nothing of the kind 'reviews' could be read"):
            run_crawl(chosen, store, retry_failed=True)
        assert len(server.paths()) == 1
        assert conditional(server) == 0, "a version that can't be read is no version"
        server.world = world
        assert run_crawl(chosen, store, retry_failed=True).failed == 0
        assert content(store) == before


def test_no_change_of_what_nobody_knows_is_a_failure(
    tmp_path: Path, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    faults = Faults(1, ["304"], where="/reviews/")
    with serve(world, faults) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(CrawlError) as failed:
            run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
        assert failed.value.exit_code == 5
        assert "304 (not changed), though nothing was asked about a change" in caplog.text
        assert not content(store)["reviews"]
