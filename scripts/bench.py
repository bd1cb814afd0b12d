"""Benchmarks: `python scripts/bench.py crawl`. Each is a function here; --help lists them.

Every contender runs in a process of its own, which reports its time, CPU and peak memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from zigbang_nlp.console import table  # noqa: E402

#: What the naive crawl gets for the apartments; it shows in its row when that wasn't enough.
NAIVE_MINUTES = 5
PREFIXES = ("wyd", "wye", "wy6", "wy7")


def made_world(apartments: int) -> Any:
    """4,096 cells and so many apartments, with 0 to 4 reviews each."""
    from tests.zigbang_server import World
    from zigbang_nlp.crawl.region import ALPHABET
    from zigbang_nlp.records import CATEGORIES

    rng = random.Random(0)
    cells = ["".join(parts) for parts in product(PREFIXES, ALPHABET, ALPHABET)]
    listed: dict[str, list[dict[str, Any]]] = {}
    danjis, reviews = {}, {}
    for number in range(apartments):
        entry = {
            "id": number,
            "name": f"단지 {number}",
            "lat": 37.5,
            "lng": 127.0,
            "item_count": {},
        }
        for cell in {rng.choice(cells), rng.choice(cells)}:
            listed.setdefault(cell, []).append(entry)
        danjis[str(number)] = entry | {"address": "서울시", "households": number}
        data = []
        for index in range(number % 5):
            review: dict[str, Any] = {"id": number * 10 + index, "date": "2024-05-01"}
            review["nickname"] = f"주민{rng.randrange(9999)}"
            for key in CATEGORIES:
                review[f"{key}Score"] = rng.randrange(6)
                review[f"{key}Desc"] = f"역이 가까워요 {rng.randrange(10**6)} " * rng.randrange(4)
            data.append(review)
        reviews[str(number)] = {"data": data, "summary": {}}
    return World(listed, danjis, reviews)


def crawl_server(apartments: int) -> None:
    """Serve the made world until standard input ends."""
    from tests.zigbang_server import serve

    with serve(made_world(apartments)) as server:
        print(server.url, flush=True)
        sys.stdin.read()


def crawl_ours(url: str, workers: int, db: str) -> dict[str, Any]:
    """Our crawl, without a limit."""
    from zigbang_nlp.config import CrawlSettings, Settings
    from zigbang_nlp.crawl import run_crawl
    from zigbang_nlp.store import open_store

    crawl = CrawlSettings(
        source="zigbang",
        base_url=url,
        rate=0,
        i_have_permission=True,
        daily_budget=0,
        details=False,
        workers=workers,
    )
    with open_store(db) as store:
        summary = run_crawl(Settings(crawl=crawl), store)
        return {"requests": summary.answers, "rows": store.count_reviews()}


def crawl_naive(url: str, workers: int, db: str) -> dict[str, Any]:
    """What the tutorials do: requests.get in a loop, and a data frame that grows by a copy.

    Its time grows with the square of the rows, so it ends after `NAIVE_MINUTES` wherever it is.
    """
    import pandas as pd
    import requests

    from zigbang_nlp.crawl.region import from_geohashes

    ids: list[int] = []
    requested = 0
    for cell in from_geohashes(PREFIXES).cells:
        answer = requests.get(f"{url}/apt/locals/prices/on-danjis", params={"geohash": cell})
        ids += [entry["id"] for entry in answer.json()["filtered"]]
        requested += 1
    frame = pd.DataFrame()
    end = time.monotonic() + 60 * NAIVE_MINUTES
    for identity in dict.fromkeys(ids):
        if time.monotonic() > end:
            break
        answer = requests.get(f"{url}/property/apartments/{identity}/reviews/v1")
        requested += 1
        frame = pd.concat([frame, pd.DataFrame(answer.json()["data"])], ignore_index=True)
    frame.to_csv(db.removeprefix("sqlite:///"), index=False)
    return {"requests": requested, "rows": len(frame)}


def bench_crawl(options: argparse.Namespace) -> None:
    """4,096 cells and 20,000 apartments from a loopback server, with the limit off."""
    arguments = [sys.executable, __file__, "_server", str(options.apartments)]
    server = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    rows = []
    try:
        for name, contender, workers in (
            ("zigbang-nlp, 1 worker", "ours", 1),
            ("zigbang-nlp, 4 workers", "ours", 4),
            ("requests.get + concat", "naive", 1),
        ):
            with tempfile.TemporaryDirectory() as place:
                said = run_alone(contender, url, workers, f"sqlite:///{place}/out.db")
            rows.append(
                (
                    name,
                    f"{said['requests']:,}",
                    f"{said['rows']:,}",
                    f"{said['seconds']:.1f}",
                    f"{said['requests'] / said['seconds']:.0f}",
                    f"{said['cpu']:.1f}",
                    f"{said['peak_mb']:.0f}",
                )
            )
    finally:
        server.communicate("")
    header = ("contender", "requests", "rows", "seconds", "requests/s", "CPU s", "peak MB")
    print(table(rows, header))


def bench_insight(options: argparse.Namespace) -> None:
    """Each function of insight over a made store of so many texts, with the time it takes."""
    from tests.insight_world import World
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


def run_alone(contender: str, url: str, workers: int, db: str) -> dict[str, Any]:
    """Run one contender in a process of its own and give what it reports."""
    command = [sys.executable, __file__, f"_{contender}", url, str(workers), db]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def measured(work: Callable[[], dict[str, Any]]) -> None:
    """Do the work and print its figures as JSON."""
    began = time.perf_counter()
    said = work()
    used = resource.getrusage(resource.RUSAGE_SELF)
    said["seconds"] = time.perf_counter() - began
    said["cpu"] = used.ru_utime + used.ru_stime
    said["peak_mb"] = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)
    print(json.dumps(said))


def main() -> None:
    contenders = {"_ours": crawl_ours, "_naive": crawl_naive}
    if len(sys.argv) > 1 and sys.argv[1] in contenders:
        url, workers, db = sys.argv[2:]
        measured(lambda: contenders[sys.argv[1]](url, int(workers), db))
        return
    if sys.argv[1:2] == ["_server"]:
        crawl_server(int(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    benches = parser.add_subparsers(required=True)
    crawl = benches.add_parser("crawl", help=bench_crawl.__doc__)
    crawl.add_argument("--apartments", type=int, default=20_000)
    crawl.set_defaults(run=bench_crawl)
    looking = benches.add_parser("insight", help=bench_insight.__doc__)
    looking.add_argument("--texts", type=int, default=100_000)
    looking.set_defaults(run=bench_insight)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
