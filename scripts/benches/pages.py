"""How long pages and the API take on a large store, asked of a real server one after another.

Every address of a page differs from the others (other complexes, districts, topics, words, pages),
so that what is kept for one doesn't answer the next; "again" asks the same addresses once more. The
first answer of each kind isn't counted: it may read the store. CPU is the server's own, and says
more than the clock on a machine that is shared.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from benches.common import ROOT, Row
from benches.serve import cpu_seconds, free_port, started

from zigbang_nlp.console import table

HELP = "milliseconds of every page and every API address on a store of so many texts"
API = "/api/v1"
WORDS = ("주차", "층간소음", "역", "엘리베이터", "관리비", "학교", "마트", "나무", "병원", "냄새")
ASKED = (
    *("주차", "층간 소음", "ㅈㅊㅈ", "엘레베이터", "주차를 불평하는 노원구 리뷰", "은솔마루"),
    *("버스가 뜸해서", "관리사무소", "녹물", "역"),
)
_KINDS = ("", "&label=negative", "&score_to=2", "&since=2024", "&until=2022-06")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--texts", type=int, default=100_000, help="[%(default)s]")
    parser.add_argument("--complexes", type=int, default=2_000, help="[%(default)s]")
    parser.add_argument("--db", default="", help="a store to ask [one is made]")
    parser.add_argument("--model", type=Path, default=ROOT / "data/pretrained", help="bundle")
    parser.add_argument("--rounds", type=int, default=20, help="addresses a page [%(default)s]")
    parser.add_argument("--only", default="", help="only pages whose name holds this")


def addresses(keys: list[str], districts: list[str], topics: list[str]) -> dict[str, Iterator[str]]:
    """Name -> addresses that differ, for as long as there are any."""
    places = [quote(name) for name in districts]
    about = [quote(topic) for topic in topics]
    asked = [f"{quote(said)}{kind}" for kind in _KINDS for said in ASKED]
    years = [f"since={year}-{month:02}" for year in (2021, 2023, 2024) for month in range(1, 13)]
    pairs = list(itertools.pairwise(keys))

    def each(pattern: str, *values: list[Any]) -> Iterator[str]:
        for found in itertools.product(*values):
            yield pattern.format(*found)

    pages = ["1", "2", "3", "5", "8", "20"]
    return {
        "/": each("/?page={1}&sort={0}", ["best", "worst", "most", "name"], pages),
        "/ by district": each("/?region={1}&{0}", years, places),
        "/ by topic": each("/?topic={1}&sort=complaints&{0}", years, about),
        "/complex": each("/complex?id={}", keys),
        "/complex, chosen": each("/complex?id={}&topic={}&label=negative", keys[50:], about[:1]),
        "/compare": (f"/compare?id={a}&id={b}" for a, b in pairs),
        "/keywords": each("/keywords?region={1}&{0}", years, places),
        "/keywords, word": each("/keywords?word={}", list(map(quote, WORDS))),
        "/search": each("/search?q={}", asked),
        "/search, filters": each("/search?topic={1}&region={0}&label=negative", places, about),
        "/changes": each("/changes?{1}&topic={0}", about, years),
        "/changes, district": each("/changes?region={1}&{0}", years, places),
        "/label": each("/label?person=p{}&queue={}&by=district", list("123456789"), ["random"]),
        "/prices": itertools.repeat("/prices", 30),
        "/classify": itertools.repeat("/classify", 30),
        "/data": itertools.repeat("/data", 30),
        "/help": itertools.repeat("/help", 30),
        "/trace": itertools.repeat("/trace", 30),
        f"{API}/complexes": each(API + "/complexes?region={1}&{0}", years[::-1], places),
        f"{API}/complexes.geojson": each(
            API + "/complexes.geojson?topic={1}&{0}", years[::-1], about
        ),
        f"{API}/complexes/KEY": each(API + "/complexes/{}", keys[100:]),
        f"{API}/complexes/KEY/reviews": each(API + "/complexes/{}/reviews", keys[150:]),
        f"{API}/search": each(API + "/search?size=50&q={}", asked[::-1]),
        f"{API}/keywords": each(API + "/keywords?region={1}&{0}", years[::-1], places),
        f"{API}/trends": each(API + "/trends?region={1}&topic={0}", about, places),
        f"{API}/trends, word": each(API + "/trends?region={1}&word={0}", list(map(quote, WORDS)), places),
        f"{API}/compare": (f"{API}/compare?one={a}&other={b}" for a, b in pairs[100:]),
        f"{API}/compare, districts": (
            f"{API}/compare?kind=region&one={a}&other={b}"
            for a, b in itertools.combinations(places, 2)
        ),
        f"{API}/before-after": each(API + "/before-after?region={1}&{0}", years[::-1], places),
        f"{API}/mentions": each(API + "/mentions?region={1}&word={0}", list(map(quote, WORDS)), places),
        f"{API}/model": itertools.repeat(f"{API}/model", 30),
        "/metrics": itertools.repeat("/metrics", 30),
    }  # fmt: skip


def run(options: argparse.Namespace) -> list[Row]:
    """Make the store if need be, serve it, and ask."""
    with tempfile.TemporaryDirectory() as place:
        url = options.db or _made(options.texts, options.complexes, place)
        port = free_port()
        command = [sys.executable, "-m", "zigbang_nlp", "serve", "--port", str(port), "--db", url]
        command += ["--model", str(options.model.resolve()), "--requests-per-minute", "0"]
        # A page that is too slow is to be measured, not refused.
        os.environ["ZIGBANG_NLP__SERVE__REQUEST_TIMEOUT"] = "600"
        server = started(command, port, "/healthz", place)
        try:
            lines = _measured(port, server.pid, options)
        finally:
            server.terminate()
            server.wait()
    header = ("page", "answers", "p50 ms", "p95 ms", "CPU ms each", "again p95 ms", "kB")
    print(table(lines, header))
    return []


def _made(texts: int, complexes: int, place: str) -> str:
    from tests.factories.city import City
    from zigbang_nlp.store import open_store

    city, url = City(complexes, texts), f"sqlite:///{place}/city.db"
    with open_store(url) as store:
        city.fill(store)
        city.label(store, 300)
    return url


def _measured(port: int, pid: int, options: argparse.Namespace) -> list[tuple[Any, ...]]:
    origin = f"http://127.0.0.1:{port}"
    listed = _json(f"{origin}{API}/complexes?size=200&sort=most")["items"]
    keys = [one["complex"] for one in listed]
    districts = sorted({one["district"] for one in listed if one["district"]})
    topics = sorted({topic for key in keys[:3] for topic in _topics(origin, key)})
    lines = []
    for name, found in addresses(keys, districts, topics).items():
        wanted = list(itertools.islice(found, options.rounds + 1)) if options.only in name else []
        if len(wanted) < 2:
            continue
        _asked(origin + wanted[0])
        used = cpu_seconds(pid)
        times, sizes = zip(*(_asked(origin + address) for address in wanted[1:]), strict=True)
        used = cpu_seconds(pid) - used
        again = [_asked(origin + address)[0] for address in wanted[1:]]
        lines.append(
            (
                name,
                len(times),
                f"{np.quantile(times, 0.5):.0f}",
                f"{np.quantile(times, 0.95):.0f}",
                f"{1_000 * used / len(times):.0f}",
                f"{np.quantile(again, 0.95):.0f}",
                f"{np.mean(sizes) / 1_000:.0f}",
            )
        )
    return lines


def _topics(origin: str, key: str) -> list[str]:
    said = _json(f"{origin}{API}/complexes/{quote(key)}/reviews?size=200")["items"]
    return [topic for one in said for topic in one["topics"] or ()]


def _json(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=600) as answer:
        return json.load(answer)


def _asked(address: str) -> tuple[float, int]:
    """(milliseconds, bytes) of one answer, which must be a good one."""
    asked = urllib.request.Request(address, headers={"Accept": "text/html, application/json"})
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(asked, timeout=600) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{error.code} {address}: {error.read()[:300]!r}") from error
    return 1_000 * (time.perf_counter() - began), len(body)
