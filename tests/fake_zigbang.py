"""A loopback server that speaks Zigbang's protocol, with faults on demand.

By hand: `python -m tests.fake_zigbang --faults 0.2`, then
`zigbang-nlp crawl --base-url http://127.0.0.1:8000 --geohash wydm --rate 5 --db sqlite:///try.db`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"


@dataclass(frozen=True)
class World:
    """What the server knows: the parsed answers of the site's endpoints."""

    cells: Mapping[str, list[dict[str, Any]]]
    danjis: Mapping[str, dict[str, Any]]
    reviews: Mapping[str, dict[str, Any]]
    places: Sequence[dict[str, Any]] = ()
    robots: str | None = None

    @classmethod
    def of_files(cls, directory: Path = SAMPLE) -> World:
        """The bundled sample, or another directory of its layout."""

        def read(kind: str) -> dict[str, Any]:
            files = (directory / kind).glob("*.json")
            return {file.stem: json.loads(file.read_text("utf-8")) for file in files}

        cells = {key: answer["filtered"] for key, answer in read("cells").items()}
        return cls(cells, read("danjis"), read("reviews"))

    def answer(self, path: str, query: Mapping[str, list[str]]) -> Any:
        """The answer to a request, or None where there is nothing."""
        parts = path.strip("/").split("/")
        if path == "/apt/locals/prices/on-danjis":
            return {"filtered": self.cells.get(query.get("geohash", [""])[0], [])}
        if parts[:2] == ["apt", "danjis"] and len(parts) == 3:
            return self.danjis.get(parts[2])
        if parts[:2] == ["property", "apartments"] and parts[3:] == ["reviews", "v1"]:
            known = parts[2] in self.reviews or parts[2] in self.danjis
            return self.reviews.get(parts[2], {"data": [], "summary": {}}) if known else None
        if path == "/v2/search":
            name = query.get("q", [""])[0]
            near = [place for place in self.places if set(name) & set(place["name"])]
            return {"code": "200", "items": near}
        return None


@dataclass(frozen=True)
class Request:
    """One request as the server saw it: when it came (monotonic seconds), for what, and how."""

    at: float
    path: str
    fault: str | None
    headers: Mapping[str, str]


@dataclass
class Faults:
    """Which requests go wrong, and how.

    Attributes:
        share: of requests, in [0, 1].
        kinds: names in `FAULTS` or `OTHERS`, chosen at random.
        seed: of the choice.
        where: only requests whose path has this in it.
        most: so many faults, then none.
    """

    share: float = 0.0
    kinds: Sequence[str] = ()
    seed: int = 0
    where: str = ""
    most: int = 1_000_000_000
    _rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)

    def draw(self, path: str) -> str | None:
        if self.where not in path or self.most <= 0 or self._rng.random() >= self.share:
            return None
        self.most -= 1
        return self._rng.choice(list(self.kinds) or list(FAULTS))


class ZigbangServer:
    """The server, in a thread. Use it as a context manager.

    Attributes:
        url: where it listens.
        requests: what came, in order.
        faults: may be changed while it runs.
        world: may be changed while it runs.
    """

    def __init__(self, world: World, faults: Faults | None = None, port: int = 0) -> None:
        self.world, self.faults = world, faults or Faults()
        self.requests: list[Request] = []
        self.lock = threading.Condition()
        self.drip = 0.05  # seconds between the bytes of a slow drip
        self.hang = 30.0  # seconds of a time-out
        self.retry_after = "0.05"  # seconds, or a date
        self.versions = ""  # "etag" or "modified": answers say which version they are
        self.unchanged = 0  # answers of 304
        self.closing = threading.Event()
        outer = self

        class Handler(_Handler):
            server_state = outer

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A crawler that hangs up, or is killed, is business as usual."""

        self._http = Server(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> ZigbangServer:
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def reached(self, requests: int, seconds: float) -> bool:
        """Wait until so many requests have come in all; False where that takes longer."""
        with self.lock:
            return self.lock.wait_for(lambda: len(self.requests) >= requests, seconds)

    def paths(self) -> list[str]:
        """Paths asked for, robots.txt left out."""
        with self.lock:
            return [r.path for r in self.requests if not r.path.startswith("/robots.txt")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: ZigbangServer
    # One packet an answer; without it, Nagle's algorithm and delayed acknowledgements add 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        state = self.server_state
        at = time.monotonic()
        path = unquote(self.path)
        with state.lock:
            # robots.txt fails only where it is meant: without it, nothing else is asked for.
            spared = path == "/robots.txt" and state.faults.where != path
            fault = None if spared else state.faults.draw(path)
            state.requests.append(Request(at, path, fault, dict(self.headers)))
            state.lock.notify_all()
        split = urlsplit(self.path)
        if split.path == "/robots.txt" and fault is None:
            robots = state.world.robots
            self.reply(404 if robots is None else 200, (robots or "").encode(), "text/plain")
            return
        answer = state.world.answer(split.path, parse_qs(split.query))
        if fault is not None:
            (FAULTS | OTHERS)[fault](self, answer)
        elif answer is None:
            self.reply(404, b'{"message": "not found"}')
        else:
            self.reply_of_version(_json(answer))

    def reply_of_version(self, body: bytes) -> None:
        """The answer, or word that it is the one that the crawler has."""
        version = hashlib.sha256(body).hexdigest()
        version_headers = {
            "etag": ("ETag", "If-None-Match", f'"{version}"'),
            "weak": ("ETag", "If-None-Match", f'W/"{version}"'),
            "modified": (
                "Last-Modified",
                "If-Modified-Since",
                formatdate(int(version[:8], 16), usegmt=True),
            ),
            "unquoted": ("ETag", "If-None-Match", version),
        }.get(self.server_state.versions)
        if version_headers is None:
            self.reply(200, body)
            return
        name, condition, value = version_headers
        if self.headers.get(condition) == value:
            self.server_state.unchanged += 1
            self.send_response(304)
            self.send_header(name, value)
            self.end_headers()
            self.wfile.flush()
        else:
            self.reply(200, body, **{name.replace("-", "_"): value})

    def reply(
        self, status: int, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Tests want no log."""


def _json(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def _status(status: int) -> Callable[[_Handler, Any], None]:
    def fault(handler: _Handler, _answer: Any) -> None:
        handler.reply(status, b'{"message": "no"}')

    return fault


def _hang(handler: _Handler, _answer: Any) -> None:
    handler.server_state.closing.wait(handler.server_state.hang)
    handler.hang_up()


def _cut(handler: _Handler, answer: Any) -> None:
    body = _json(answer)
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) + 10))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.hang_up()


def _html(handler: _Handler, _answer: Any) -> None:
    handler.reply(200, "<!doctype html><title>점검 중입니다</title>".encode(), "text/html")


def _truncated(handler: _Handler, answer: Any) -> None:
    body = _json(answer)
    handler.reply(200, body[: max(1, len(body) * 2 // 3)])


def _wrong_types(handler: _Handler, answer: Any) -> None:
    wrong = {"filtered": "none", "data": {"0": "none"}, "id": ["1"], "name": {"ko": 1}}
    handler.reply(200, _json({key: wrong.get(key, value) for key, value in (answer or {}).items()}))


def _renamed(handler: _Handler, answer: Any) -> None:
    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {f"{key}V2": rename(one) for key, one in value.items()}
        return [rename(one) for one in value] if isinstance(value, list) else value

    handler.reply(200, _json(rename(answer or {"data": []})))


def _junk(handler: _Handler, _answer: Any) -> None:
    handler.reply(200, b"\x00\xff junk" * (5 * 1024 * 1024 // 7))


def _drip(handler: _Handler, answer: Any) -> None:
    body = _json(answer)
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for byte in body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if handler.server_state.closing.wait(handler.server_state.drip):
            return


def _retry_after(handler: _Handler, _answer: Any) -> None:
    handler.reply(429, b'{"message": "no"}', Retry_After=handler.server_state.retry_after)


FAULTS: dict[str, Callable[[_Handler, Any], None]] = {
    "429": _status(429),
    "429 retry-after": _retry_after,
    "403": _status(403),
    "500": _status(500),
    "502": _status(502),
    "503": _status(503),
    "time-out": _hang,
    "cut": _cut,
    "html": _html,
    "truncated": _truncated,
    "wrong types": _wrong_types,
    "renamed": _renamed,
    "junk": _junk,
    "drip": _drip,
}


#: Faults that leave something out for good.
OTHERS: dict[str, Callable[[_Handler, Any], None]] = {
    "404": _status(404),
    "410": _status(410),
    "401": _status(401),
    "302": _status(302),
    "304": _status(304),
}


@contextlib.contextmanager
def serve(world: World, faults: Faults | None = None) -> Iterator[ZigbangServer]:
    """A running server."""
    with ZigbangServer(world, faults) as server:
        yield server


def main() -> None:
    """Serve until Ctrl-C, and say at the end what was asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=SAMPLE, help="directory of saved answers")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that fail")
    parser.add_argument("--kinds", default="", help=f"comma-separated: {', '.join(FAULTS)}")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    kinds = [kind.strip() for kind in chosen.kinds.split(",") if kind.strip()]
    faults = Faults(chosen.faults, kinds, chosen.seed)
    server = ZigbangServer(World.of_files(chosen.data), faults, chosen.port)
    with contextlib.suppress(KeyboardInterrupt), server:
        print(f"Serving {chosen.data} at {server.url}; Ctrl-C ends it.")
        threading.Event().wait()
    failed = sum(request.fault is not None for request in server.requests)
    print(f"\n{len(server.requests)} requests, {failed} of them with a fault.")


if __name__ == "__main__":
    main()
