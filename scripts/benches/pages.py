"""How long pages and the API take on a large store, asked of a real server one after another.

Every address of a page differs from the others (other complexes, districts, topics, words, pages),
so that what is kept for one doesn't answer the next; "again" asks the same addresses once more. The
first answer of each kind isn't counted: it may read the store. At the end the same addresses are
asked in a mixed order by some clients at once. CPU is the server's own, and says
more than the clock on a machine that is shared. Search by meaning, where the extra `semantic` is
installed, is asked of vectors by chance, since the model's own would take an hour.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
from benches.common import ROOT, Row
from benches.serve import free_port, started

from zigbang_nlp.console import table
from zigbang_nlp.guides.topics import TOPICS

HELP = "milliseconds of every page and every API address on a store of so many texts"
API = "/api/v1"
#: Milliseconds in which a page, and a search, are to be answered.
PAGE, SEARCH = 300, 50
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
    parser.add_argument("--clients", type=int, default=8, help="asking at once [%(default)s]")
    parser.add_argument("--only", default="", help="only pages whose name holds this")


_ALIKE = (
    *("/prices", "/classify", "/data", "/help", "/trace", "/api", "/login", "/nowhere"),
    *(f"{API}/model", f"{API}/openapi.json", "/metrics", "/healthz", "/readyz", "/static/icon.svg"),
)
_TYPED = (
    "은솔",
    "은솔마르",
    "노원",
    "가온하",
    "ㄴㅇㄱ",
    "상계",
    "없는곳",
    "마을 3",
    "푸른숲",
    "미르",
)


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
        **{path: itertools.repeat(path, 30) for path in _ALIKE},
        "/help/TOPIC": each("/help/{}", sorted(TOPICS)),
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
        f"{API}/complexes.gpkg": each(API + "/complexes.gpkg?topic={1}&{0}", years[5:], about),
        f"{API}/suggest": each(API + "/suggest?q={}", list(map(quote, _TYPED))),
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
            lines, crowd = _measured(port, server.pid, options)
        finally:
            server.terminate()
            server.wait()
    header = (
        *("page", "answers", "p50 ms", "p95 ms", "p95 / bar"),
        *("CPU p95 ms", "again p95 ms", "kB"),
    )
    print(table(lines, header))
    print(crowd)
    return []


def _made(texts: int, complexes: int, place: str) -> str:
    from tests.factories.city import City
    from tests.factories.vectors import scatter
    from zigbang_nlp.store import open_store

    city, url = City(complexes, texts), f"sqlite:///{place}/city.db"
    with open_store(url) as store:
        city.fill(store)
        city.label(store, 300)
    scatter(url, Path(place) / "data" / "embeddings")
    return url


def _measured(
    port: int, pid: int, options: argparse.Namespace
) -> tuple[list[tuple[Any, ...]], str]:
    """The rows of the table, and what came of all addresses at once."""
    headers = {"Accept": "text/html"}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=600, follow_redirects=True
    ) as http:
        listed = http.get(f"{API}/complexes?size=200&sort=most").json()["items"]
        keys = [one["complex"] for one in listed]
        districts = sorted({one["district"] for one in listed if one["district"]})
        topics = sorted({topic for key in keys[:3] for topic in _topics(http, key)})
        every = addresses(keys, districts, topics) | by_meaning(http)
        every |= sent(http, keys, options.only)
        asked = {
            name: wanted
            for name, found in every.items()
            if options.only in name
            and len(wanted := list(itertools.islice(found, options.rounds + 1))) > 1
        }
        lines = [_line(http, pid, name, wanted) for name, wanted in asked.items()]
        return lines, _at_once(http, list(itertools.chain(*asked.values())), options.clients)


def by_meaning(http: httpx.Client) -> dict[str, Iterator[str]]:
    """Name -> addresses of the search by meaning; none where the store has no vectors."""
    if http.get(f"{API}/search?by=meaning&q=a").is_error:
        return {}
    asked = [f"by=meaning&q={quote(said)}{kind}" for kind in _KINDS for said in ASKED]
    return {
        "/search, meaning": (f"/search?{one}" for one in asked),
        f"{API}/search, meaning": (f"{API}/search?{one}&size=50" for one in asked[::-1]),
    }


def _line(http: httpx.Client, pid: int, name: str, wanted: list[Any]) -> tuple[Any, ...]:
    """One row of the table: the first of `wanted` is asked without being timed."""
    _asked(http, wanted[0])
    figures = []
    for one in wanted[1:]:
        used = _cpu(pid)
        figures.append((*_asked(http, one), _cpu(pid) - used))
    times, sizes, cpu = zip(*figures, strict=True)
    again = [_asked(http, one)[0] for one in wanted[1:]]
    middle, high = np.quantile(times, [0.5, 0.95])
    bar = SEARCH if "/search" in name else PAGE
    return (
        name,
        len(times),
        f"{middle:.0f}",
        f"{high:.0f}",
        f"{high / bar:.2f}",
        f"{np.quantile(cpu, 0.95):.0f}",
        f"{np.quantile(again, 0.95):.0f}",
        f"{np.mean(sizes) / 1_000:.0f}",
    )


def sent(http: httpx.Client, keys: list[str], only: str) -> dict[str, Iterator[Any]]:
    """Name -> what is sent by a form, and the addresses that sending something leads to."""
    page = http.get("/classify").text
    csrf = {"csrf": page.split('name="csrf" value="', 1)[1].split('"', 1)[0]}
    texts = [f"{n}동인데 주차할 데가 없어 밤마다 돌지만 역이 가까워요" for n in range(101, 140)]
    judged: dict[str, Iterator[Any]] = {
        f"POST {path}": iter([(path, csrf | {"text": text}) for text in texts])
        for path in ("/classify", "/trace")
    }
    judged[f"POST {API}/predict"] = iter([(f"{API}/predict", {"texts": [text]}) for text in texts])
    reviews = http.get(f"{API}/complexes/{keys[0]}/reviews?size=50").json()["items"]
    known = [
        {"complex": keys[0], "review_id": one["review_id"], "category": one["category"]}
        for one in reviews
    ]
    for path, more in (("/reviews/correct", {}), ("/label", {"person": "p1", "queue": "random"})):
        forms = [
            (path, csrf | one | more | {"label": "positive", "back": "/help"}) for one in known
        ]
        judged[f"POST {path}"] = iter(forms)
    if any(only in name for name in ("/classify/file", "answer.csv")):
        rows = "번호,리뷰\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts * 13))
        file = {"file": ("리뷰.csv", rows.encode())}
        place = _finished(http, http.post("/classify/file", data=csrf, files=file))
        views = ["?page=2", "?label=positive", "?sort=doubtful&page=3", "?q=101동", ""] * 6
        judged["/classify/file/KEY"] = iter([place + view for view in views])
        judged["/classify/file/KEY/answer.csv"] = itertools.repeat(f"{place}/answer.csv", 30)
    if any(only in name for name in ("/report/KEY", "report.html")):
        place = _finished(http, http.post("/report", data=csrf))
        judged["/report/KEY"] = itertools.repeat(place, 30)
        judged["/report/KEY/report.html"] = itertools.repeat(f"{place}/report.html", 30)
    if only in "/prices, joined":
        rows = "단지명,거래금액\n" + "".join(
            f"{one['name']},{40_000 + 7 * number % 977}\n"
            for number, one in enumerate(http.get(f"{API}/complexes?size=200").json()["items"])
        )
        file = {"file": ("가격.csv", rows.encode())}
        answer = http.post("/prices", data=csrf | {"target": "거래금액"}, files=file)
        judged["/prices, joined"] = itertools.repeat(str(answer.url).partition("#")[0], 30)
    return judged


def _cpu(pid: int) -> float:
    """Milliseconds that a process's threads have worked; finer than the clock's ticks."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def _finished(http: httpx.Client, answer: httpx.Response) -> str:
    """The address of a job once it is done."""
    while (state := http.get(answer.url, headers={"Accept": "application/json"}).json())[
        "state"
    ] in ("waiting", "working"):
        time.sleep(0.5)
    if state["state"] != "done":
        raise SystemExit(f"{answer.url}: {state['trouble']}")
    return str(answer.url)


def _topics(http: httpx.Client, key: str) -> list[str]:
    said = http.get(f"{API}/complexes/{quote(key)}/reviews?size=200").json()["items"]
    return [topic for one in said for topic in one["topics"] or ()]


def _at_once(http: httpx.Client, wanted: list[Any], clients: int) -> str:
    """What came of all addresses in a mixed order, asked by so many clients at once."""

    def timed(one: Any) -> tuple[float, int]:
        began = time.perf_counter()
        status = _answer(http, one).status_code
        return 1_000 * (time.perf_counter() - began), status

    random.Random(1).shuffle(wanted)
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times, statuses = zip(*pool.map(timed, wanted), strict=True)
    took = time.perf_counter() - began
    middle, high = np.quantile(times, [0.5, 0.95])
    counts = ", ".join(f"{n:,} of {status}" for status, n in sorted(Counter(statuses).items()))
    return (
        f"{clients} clients at once: {len(times):,} answers ({counts}), {len(times) / took:.0f}/s, "
        f"p50 {middle:.0f} ms, p95 {high:.0f} ms, slowest {max(times):.0f} ms"
    )


def _asked(http: httpx.Client, wanted: str | tuple[str, dict[str, Any]]) -> tuple[float, int]:
    """(milliseconds, bytes) of one answer, which must be a good one."""
    began = time.perf_counter()
    answer = _answer(http, wanted)
    took = 1_000 * (time.perf_counter() - began)
    if answer.is_error and wanted != "/nowhere":
        raise SystemExit(f"{answer.status_code} {wanted}: {answer.text[:300]}")
    return took, len(answer.content)


def _answer(http: httpx.Client, wanted: str | tuple[str, dict[str, Any]]) -> httpx.Response:
    if isinstance(wanted, str):
        return http.get(wanted)
    if wanted[0].startswith(API):
        return http.post(wanted[0], json=wanted[1])
    return http.post(wanted[0], data=wanted[1], follow_redirects=False)
