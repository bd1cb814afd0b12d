"""The crawl, against requests.get in a loop with a data frame that grows by a copy."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from itertools import product
from typing import Any

from benches.common import BENCH, ROOT, Row, alone

from zigbang_nlp.console import table

HELP = "4,096 cells and 20,000 apartments from a loopback server, with the limit off"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--apartments", type=int, default=20_000)


#: What the naive crawl gets for the apartments; it shows in its row when that wasn't enough.
NAIVE_MINUTES = 5
PREFIXES = ("wyd", "wye", "wy6", "wy7")


def fake_world(apartments: int) -> Any:
    """4,096 cells and so many apartments, with 0 to 4 reviews each."""
    from tests.fake_zigbang import World
    from zigbang_nlp.geo.cells import ALPHABET
    from zigbang_nlp.records import CATEGORIES

    rng = random.Random(0)
    cells = ["".join(parts) for parts in product(PREFIXES, ALPHABET, ALPHABET)]
    listed: dict[str, list[dict[str, Any]]] = {}
    danjis, reviews = {}, {}
    for number in range(1, apartments + 1):  # 0 is no id
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


def crawl_server(apartments: int) -> dict[str, Any]:
    """Serve the made world until standard input ends."""
    from tests.fake_zigbang import serve

    with serve(fake_world(apartments)) as server:
        print(server.url, flush=True)
        sys.stdin.read()
    return {}


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

    from zigbang_nlp.geo.cells import from_geohashes

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


def run(options: argparse.Namespace) -> list[Row]:
    """4,096 cells and 20,000 apartments from a loopback server, with the limit off."""
    arguments = [
        *BENCH,
        "_alone",
        "crawl",
        "crawl_server",
        json.dumps({"apartments": options.apartments}),
    ]
    server = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    rows = []
    try:
        for name, contender, workers in (
            ("zigbang-nlp, 1 worker", "crawl_ours", 1),
            ("zigbang-nlp, 4 workers", "crawl_ours", 4),
            ("requests.get + concat", "crawl_naive", 1),
        ):
            with tempfile.TemporaryDirectory() as place:
                said = alone(
                    "crawl", contender, url=url, workers=workers, db=f"sqlite:///{place}/out.db"
                )
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
    return []
