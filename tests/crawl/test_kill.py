"""kill -9 at any moment loses nothing, and asks again for one answer at most; for some at full speed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Fork
from tests.factories.crawl import content, crawl_settings, fake_world, settings
from tests.fake_zigbang import ZigbangServer, serve
from zigbang_nlp.config import Settings
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.loop import BACKLOG
from zigbang_nlp.store import open_store


def crawl_once(chosen: Settings) -> None:
    """What a killed process was doing."""
    with open_store(chosen.store_url) as store:
        run_crawl(chosen, store)


def kill_and_resume(chosen: Settings, server: ZigbangServer, kills: int, seed: int) -> int:
    """Start, kill at a random moment, start again; returns the kills that found it alive."""
    rng, killed = random.Random(seed), 0
    for _ in range(kills):
        process = Fork(target=crawl_once, args=(chosen,))
        requests = len(server.requests) + rng.randrange(4)
        process.start()
        deadline = time.monotonic() + 20
        while (
            not server.reached(requests, 0.1) and process.is_alive() and time.monotonic() < deadline
        ):
            pass
        time.sleep(rng.uniform(0, 0.03))
        process.kill()
        process.join()
        killed += process.exitcode == -9
        process.close()
    return killed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "rate", "kills", "again"),
    [
        # Slow enough that all the kills find work left.
        ("sqlite", 60, 60, 1),
        ("postgresql", 60, 60, 1),
        # Without a limit, answers share transactions.
        ("sqlite", 0, 8, 2 * (BACKLOG + 1)),
    ],
    ids=["sqlite", "postgresql", "full speed"],
)
def test_kills_change_nothing(
    tmp_path: Path,
    database: str,
    rate: float,
    kills: int,
    again: int,
    request: pytest.FixtureRequest,
) -> None:
    url = ""
    if database == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgres")
        url = make()
    world = fake_world(apartments=60)
    with serve(world) as server:
        calm = settings(tmp_path / "calm", crawl_settings(server.url))
        with open_store(calm.store_url) as store:
            run_crawl(calm, store)
            calm_rows = content(store)
        server.requests.clear()
        # The lease is short for the takeovers.
        rough = settings(tmp_path, crawl_settings(server.url, rate=rate, jitter=0, lease=0.5), url)
        killed = kill_and_resume(rough, server, kills, seed=7)
        with open_store(rough.store_url) as store:
            run_crawl(rough, store)
            rows = content(store)
            if database == "sqlite":
                with store.database.read() as connection:
                    check = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
                assert check == "ok"
        paths = server.paths()
    assert killed > 5 / 6 * kills
    assert rows == calm_rows
    assert len(paths) - len(set(paths)) <= killed * again
    assert set(paths) >= {f"/apt/danjis/{identity}" for identity in world.danjis}
