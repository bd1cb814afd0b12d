"""What insight takes on a made store."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benches.common import Row

from zigbang_nlp.console import table

HELP = "each function of insight over a made store of so many texts"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--texts", type=int, default=100_000)


def run(options: argparse.Namespace) -> list[Row]:
    """Each function of insight over a made store of so many texts, with the time it takes."""
    from tests.factories.corpus import World
    from zigbang_nlp import insight
    from zigbang_nlp.store import open_store

    world = World(reviews=options.texts // 5, complexes=2_000, words=1_000)
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/a.db"
        with open_store(url) as store:
            world.fill(store)
        held: dict[str, Any] = {}

        def load() -> Any:
            held["corpus"] = insight.load(url)
            return held["corpus"].texts

        word = world.vocabulary()[5]
        works: dict[str, Callable[[], Any]] = {
            "load": load,
            "mentions": lambda: held["corpus"].mentions.words,
            "where complex": lambda: insight.where(held["corpus"]),
            "where geohash": lambda: insight.where(held["corpus"], "geohash"),
            "standouts": lambda: insight.standouts(held["corpus"]),
            "drivers": lambda: insight.drivers(held["corpus"], "category"),
            "trend": lambda: insight.trend(held["corpus"]),
            "changes": lambda: insight.changes(held["corpus"]),
            "keywords": lambda: insight.keywords(held["corpus"], "2024"),
            "mention_trend": lambda: insight.mention_trend(held["corpus"], word),
            "polar_words": lambda: insight.polar_words(held["corpus"]),
            "new_words": lambda: insight.new_words(held["corpus"]),
            "related": lambda: insight.related(held["corpus"], word),
        }
        rows = []
        for name, work in works.items():
            began = time.perf_counter()
            count = len(work())
            rows.append((name, f"{count:,}", f"{time.perf_counter() - began:.1f}"))
    print(table(rows, ("function", "rows", "seconds")))
    return []
