"""`crawl --cache`: a crawl of saved answers alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tests.factories.crawl import content, crawl_settings, fake_world, settings
from tests.fake_zigbang import Faults, World, serve
from zigbang_nlp.cli import cli
from zigbang_nlp.config.site import SITES
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.cache import crawl_saved
from zigbang_nlp.errors import CrawlFailedError, DriftError
from zigbang_nlp.store import Store, open_store
from zigbang_nlp.store.schema import apartments, frontier, links, reviews

SMALL: dict[str, Any] = {"geohash": tuple(f"wydm{digit}" for digit in range(8))}


@pytest.fixture(scope="module")
def world() -> World:
    return fake_world(cells=8, apartments=15)


def moments(store: Store) -> list[object]:
    """When rows were last seen, and tasks done."""
    with store.database.read() as connection:
        seen = connection.execute(sa.select(reviews.c.last_seen).distinct()).scalars()
        done = connection.execute(sa.select(frontier.c.done_at).distinct()).scalars()
        return [sorted(seen), sorted(done)]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_saved_answers_make_the_same_rows_without_a_request(
    tmp_path: Path, world: World, database: str, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    if database == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgres")
        url = make()
    with serve(world) as server, open_store(url) as store:
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL))
        live = run_crawl(chosen, store)
        before, when = content(store), moments(store)
        sent = len(server.requests)
        with store.database.write() as connection:
            for table in (reviews, apartments, links, frontier):
                connection.execute(sa.delete(table))
        done = crawl_saved(chosen, store)
        assert len(server.requests) == sent, "not even robots.txt"
        assert content(store) == before
        assert moments(store) == when, "an old answer doesn't pass for a new one"
        assert (done.answers, done.failed, done.reviews.new) == (38, 0, live.reviews.new)
        again = crawl_saved(chosen, store)
        assert (again.reviews.new, again.reviews.changed) == (0, 0)
        assert again.reviews.seen == live.reviews.new
        run_crawl(chosen, store)
        assert len(server.requests) == sent, "nothing is left to ask"
        run_crawl(chosen, store, refresh=timedelta(hours=1))
        assert len(server.requests) == sent, "and nothing seems older or younger than it is"


def test_what_was_never_answered_is_counted_and_stays_to_be_asked(
    tmp_path: Path, world: World
) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings(server.url, **SMALL, max_requests=20))
        run_crawl(chosen, store)
        paths = set(server.paths())
        note = crawl_saved(chosen, store).note
        states = store.frontier.states("zigbang")
        left = sum(count for (_, state), count in states.items() if state == "todo")
        assert left > 10
        assert f"{left} questions of this region have no saved answer. Nothing was sent." in note
        server.requests.clear()
        whole = settings(tmp_path, crawl_settings(server.url, **SMALL))
        run_crawl(whole, store)
        assert len(server.paths()) == left
        assert not set(server.paths()) & paths


def test_another_reading_of_saved_answers_is_judged_as_a_crawl(
    tmp_path: Path, world: World
) -> None:
    text = (SITES / "zigbang.toml").read_text("utf-8")
    site = tmp_path / "other.toml"
    site.write_text(text.replace("Desc", "Words").replace("_desc", "_words"), "utf-8")
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = crawl_settings(server.url, **SMALL)
        run_crawl(settings(tmp_path, chosen), store)
        before = content(store)
        other = chosen.model_copy(update={"site": str(site)})
        with pytest.raises(DriftError, match=r"can't be read") as drift:
            crawl_saved(settings(tmp_path, other), store)
        assert drift.value.exit_code == 4
        assert content(store) == before, "a reader that fails removes nothing"
        assert store.runs.recent("zigbang")[0].outcome.startswith("drift: ")
        assert store.runs.recent("zigbang")[0].requests == 0
        assert crawl_saved(settings(tmp_path, chosen), store).failed == 0
        assert store.runs.recent("zigbang")[0].outcome == "complete"


def test_a_failed_answer_is_no_saved_one(tmp_path: Path, world: World) -> None:
    faults = Faults(1, ["500"], where="/1003/reviews")
    with serve(world, faults) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings(server.url, retries=0, **SMALL))
        run_crawl(chosen, store)
        assert "1 questions of this region have no saved answer" in crawl_saved(chosen, store).note
        server.faults = Faults()
        assert run_crawl(chosen, store, retry_failed=True).failed == 0


def test_no_saved_answer_is_no_success(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(CrawlFailedError, match="no saved answer of the region") as failed:
            crawl_saved(settings(tmp_path, crawl_settings(**SMALL)), store)
        assert failed.value.exit_code == 5


def test_the_command_says_that_nothing_was_sent(tmp_path: Path, world: World) -> None:
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/zigbang.db") as store:
        run_crawl(settings(tmp_path, crawl_settings(server.url, **SMALL)), store)
    words = ["crawl", "--cache", "--source", "zigbang", "--geohash", ",".join(SMALL["geohash"])]
    # The server is gone: whoever asked it would fail.
    done = CliRunner().invoke(cli, [*words, "--base-url", server.url, "--work", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "38 saved answers read, 0 can't be read" in done.output
    assert "Nothing was sent." in done.output
