"""A server that stands in for the review site and breaks in chosen ways.

It speaks HTTP/1.1 over its own sockets, because half of the scenarios break the protocol itself,
and it counts and time-stamps everything it is asked.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import threading
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tests.crawl.faults.changes import encode
from tests.crawl.faults.terms import COMMON, Phase, Rule, Scenario, Where
from tests.crawl.faults.world import (
    FIRST_ID,
    HOLD,
    World,
    catalog_answer,
    danji_answer,
    items_answer,
    location_answer,
    reviews_answer,
    search_answer,
)


@dataclass(frozen=True)
class Seen:
    """One request, as it came."""

    at: float  # time.monotonic()
    phase: int
    host: str  # "base" or "elsewhere"
    method: str
    target: str  # exactly as on the wire
    path: str  # unquoted
    query: dict[str, str]
    endpoint: str
    apartment: int | None  # index
    headers: dict[str, str]  # keys in lower case
    port: int  # of the client: one connection has one


ROUTES: tuple[tuple[str, str], ...] = (
    ("robots", r"/robots\.txt$"),
    ("cells", r"/property/apartments/location/v3$"),
    ("cells", r"/v2/aparts/items$"),
    ("cells", r"/apt/locals/prices/on-danjis$"),
    ("catalog", r"/apt/locals/\d+/item-catalogs$"),
    ("reviews", r"/property/apartments/(?P<id>\d+)/reviews/v1$"),
    ("danji", r"/apt/danjis/(?P<id>\d+)$"),
    ("danji", r"/property/apartments/(?P<id>\d+)/v1$"),
    ("search", r"/(?:v2/)?search$"),
)
REASONS = {200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found"}


def page_of(query: Mapping[str, str]) -> int:
    """The page that is asked for. The notes know no such parameter, so several names count."""
    for key, value in query.items():
        if re.search(r"(?i)page|offset|cursor|skip", key) and value.isdecimal():
            return int(value[:9]) + (0 if "page" in key.lower() else 1)
    return 1


def listen(host: str, backlog: int = 128) -> socket.socket:
    """A listening socket at a free port."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, 0))
    server.listen(backlog)
    return server


class FaultServer:
    """Serves one scenario: `with FaultServer(scenario) as server: ... server.begin(1) ...`."""

    def __init__(self, scenario: Scenario) -> None:
        """Take the ports; nothing is answered before the `with` block."""
        self.scenario = scenario
        self.phase = 0
        self.requests: list[Seen] = []
        self.errors: list[str] = []  # faults of the server itself: must stay empty
        self._shift = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._main = listen("127.0.0.1")
        try:
            self._other = listen("127.0.0.2")
            other = "127.0.0.2"
        except OSError:  # macOS has no 127.0.0.2 unless told
            self._other, other = listen("127.0.0.1"), "localhost"
        self._mute = listen("127.0.0.1")  # accepts by the kernel, never says a word
        self._clogged = listen("127.0.0.1", 0)  # its queue is full: a connect never ends
        self._plugs: list[socket.socket] = []
        for _ in range(4):
            plug = socket.socket()
            plug.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                plug.connect(self._clogged.getsockname())
            self._plugs.append(plug)
        port = self._main.getsockname()[1]
        self.names = {
            "port": str(port),
            "base": f"http://127.0.0.1:{port}",
            "elsewhere": f"http://{other}:{self._other.getsockname()[1]}",
            "mute": f"http://127.0.0.1:{self._mute.getsockname()[1]}",
            "mute_tls": f"https://127.0.0.1:{self._mute.getsockname()[1]}",
            "clogged": f"http://127.0.0.1:{self._clogged.getsockname()[1]}",
        }

    def __enter__(self) -> FaultServer:
        """Begin to answer."""
        for host, server in (("base", self._main), ("elsewhere", self._other)):
            threading.Thread(target=self._accept, args=(host, server), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and close every connection."""
        self._stopping.set()
        with self._lock:
            sockets = [*self._open, *self._plugs]
        for one_socket in (self._main, self._other, self._mute, self._clogged, *sockets):
            with contextlib.suppress(OSError):
                one_socket.shutdown(socket.SHUT_RDWR)
            one_socket.close()

    # -- for tests

    def begin(self, phase: int) -> Phase:
        """The site is in this phase from now on, at the same address."""
        with self._lock:
            self.phase, self._shift = phase, 0
        return self.scenario.phases[phase]

    def prime(self, requests: int) -> None:
        """For the self-check: behave as if so many requests had come already."""
        self._shift = requests

    def fill(self, text: str, directory: str = "") -> str:
        """A text with `{base}`, `{elsewhere}`, `{dir}` and so on filled in."""
        for key, value in (self.names | {"dir": directory}).items():
            text = text.replace("{" + key + "}", value)
        return text

    def arguments(self, directory: str) -> list[str]:
        """What comes after `zigbang-nlp` for the run of this phase, with its work directory."""
        phase = self.scenario.phases[self.phase]
        common = list(COMMON)
        for flag in phase.drop:
            at = common.index(flag)
            following = common[at + 1 : at + 2]
            del common[at : at + (1 if not following or following[0].startswith("--") else 2)]
        words = ["crawl", *common, "--base-url", phase.base_url, "--work", "{dir}"]
        words += [] if phase.region is None else ["--geohash", phase.region]
        return [self.fill(word, directory) for word in (*words, *phase.flags)]

    def seen(
        self, endpoint: str | None = None, phase: int | None = None, host: str = "base"
    ) -> list[Seen]:
        """The requests, in order, of an endpoint and phase (None: of this phase)."""
        phase = self.phase if phase is None else phase
        with self._lock:
            requests = [r for r in self.requests if r.phase == phase and r.host == host]
        return [r for r in requests if endpoint in (None, r.endpoint)]

    def counts(self, phase: int | None = None, host: str = "base") -> dict[str, int]:
        """Requests by endpoint."""
        counted: dict[str, int] = {}
        for request in self.seen(None, phase, host):
            counted[request.endpoint] = counted.get(request.endpoint, 0) + 1
        return counted

    def by_path(self, phase: int | None = None) -> dict[str, list[float]]:
        """The times at which each target, exactly as on the wire, was asked for."""
        times: dict[str, list[float]] = {}
        for request in self.seen(None, phase):
            times.setdefault(request.target, []).append(request.at)
        return times

    def least_gap(self, phase: int | None = None) -> float:
        """The shortest time between two requests other than for robots.txt."""
        times = [r.at for r in self.seen(None, phase) if r.endpoint != "robots"]
        return min((b - a for a, b in itertools.pairwise(times)), default=float("inf"))

    def complaints(self, phase: int | None = None) -> list[str]:
        """What the requests of a phase show against its expectation; empty when all is well."""
        number = self.phase if phase is None else phase
        expect, counts = self.scenario.phases[number].expect, self.counts(number)
        complaints = [
            f"{counts.get(name, 0)} requests for {name}, not {bound}"
            for name, bound in expect.requests.items()
            if not bound.holds(counts.get(name, 0))
        ]
        away = sum(self.counts(number, "elsewhere").values())
        if not expect.elsewhere.holds(away):
            complaints.append(f"{away} requests at the other host")
        for request in self.seen(None, number):
            complaints += [
                f"{request.target!r} was asked for, which matches {pattern}"
                for pattern in expect.no_target
                if re.search(pattern, request.target)
            ]
        if expect.gap and self.least_gap(number) < expect.gap:
            complaints.append(
                f"two requests within {self.least_gap(number):.2f} s, not {expect.gap}"
            )
        return complaints + self.errors

    # -- the wire

    def _accept(self, host: str, server: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = server.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(client)
            threading.Thread(target=self._serve, args=(host, client), daemon=True).start()

    def _serve(self, host: str, client: socket.socket) -> None:
        """One connection, with keep-alive, until either side has enough."""
        try:
            client.settimeout(HOLD)
            buffer = b""
            while not self._stopping.is_set():
                while b"\r\n\r\n" not in buffer:
                    more = client.recv(65536)
                    if not more:
                        return
                    buffer += more
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                if not self._answer(host, client, head.decode("latin-1")):
                    return
        except OSError:
            pass  # the crawler hung up, as it should in many scenarios
        except Exception as problem:  # noqa: BLE001 - told through `errors`, a test asserts on it
            self.errors.append(f"{type(problem).__name__}: {problem}")
        finally:
            with self._lock:
                self._open.discard(client)
            client.close()

    def _answer(self, host: str, client: socket.socket, head: str) -> bool:
        """Answer one request; False when the connection is to be closed."""
        first, *lines = head.split("\r\n")
        method, target, _ = (*first.split(" "), "", "")[:3]
        headers = {}
        for line in lines:
            key, _, value = line.partition(":")
            headers[key.strip().lower()] = value.strip()
        rough_path, _, rough_query = target.partition("?")
        path = urllib.parse.unquote(rough_path)
        query = dict(urllib.parse.parse_qsl(rough_query, keep_blank_values=True))
        endpoint, index = "other", None
        for name, pattern in ROUTES:
            if match := re.match(pattern, rough_path):
                endpoint = name
                if "id" in match.groupdict():
                    index = int(match["id"]) - FIRST_ID if len(match["id"]) < 9 else -1
                break
        port = client.getpeername()[1]
        with self._lock:
            now, phase = time.monotonic(), self.phase
            earlier = [r for r in self.requests if r.phase == phase and r.host == host]
            seen = Seen(
                *(now, phase, host, method, target, path, query, endpoint, index, headers, port)
            )
            self.requests.append(seen)
        world = self._world(phase)
        where = Where(endpoint, world, index, query.get("geohash"), page_of(query))
        rules = self.scenario.phases[phase].rules if host == "base" else ()
        matching = [rule for rule in rules if self._meets(rule, seen, where, earlier)]
        status, body, extra = self._sound(seen, where)
        delivery = "plain"
        for rule in matching:
            if rule.change is not None and status == 200 and not isinstance(body, bytes):
                body = rule.change(body, where)
            if rule.reply is not None:
                status, body = rule.reply.status, rule.reply.body
                extra = rule.reply.headers
            delivery = rule.delivery if rule.delivery != "plain" else delivery
        content = body if isinstance(body, bytes) else encode(body)
        content = self.fill(content.decode("latin-1")).encode("latin-1")
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Because')}"]
        lines += [f"{key}: {self.fill(value)}" for key, value in extra]
        return self._send(client, lines, content, delivery)

    def _world(self, phase: int) -> World:
        """The world of a phase: its own or that of the last phase that has one."""
        worlds = [p.world for p in self.scenario.phases[: phase + 1] if p.world is not None]
        return worlds[-1] if worlds else World()

    def _meets(self, rule: Rule, seen: Seen, where: Where, earlier: list[Seen]) -> bool:
        """Is the rule about this request?"""
        if seen.endpoint not in rule.on:
            return False
        if rule.apartments is not None and where.apartment not in rule.apartments:
            return False
        if rule.cells is not None and where.cell not in rule.cells:
            return False
        if rule.path is not None and not re.search(rule.path, seen.path):
            return False
        count = self._shift + sum(1 for r in earlier if r.endpoint in rule.on)
        return rule.first <= count and (rule.last is None or count <= rule.last)

    def _sound(self, seen: Seen, where: Where) -> tuple[int, Any, tuple[tuple[str, str], ...]]:
        """What a healthy site answers."""
        kind = (("Content-Type", "application/json; charset=utf-8"),)
        world, index = where.world, where.apartment
        lost = (404, {"code": "404", "message": "not found"}, kind)
        if index is not None and not 0 <= index < world.apartments:
            return lost
        if seen.endpoint == "robots":
            body = b"User-agent: *\nDisallow: /admin/\n"
            return 200, body, (("Content-Type", "text/plain; charset=utf-8"),)
        if seen.endpoint == "cells":
            build = items_answer if seen.path.startswith("/v2/") else location_answer
            return 200, build(world, where.cell or ""), kind
        if seen.endpoint == "reviews" and index is not None:
            return 200, reviews_answer(world, index), kind
        if seen.endpoint == "danji" and index is not None:
            return 200, danji_answer(world, index), kind
        if seen.endpoint == "search":
            return 200, search_answer(seen.query.get("q", "")), kind
        if seen.endpoint == "catalog":
            return 200, catalog_answer(world, seen.query), kind
        return lost

    def _drip(
        self, client: socket.socket, start: bytes, drop: bytes, wait: float, most: int = 10**9
    ) -> None:
        """Send a start and then a drop again and again, until the peer closes or HOLD is over."""
        client.sendall(start)
        end = time.monotonic() + HOLD
        while time.monotonic() < end and most > 0 and not self._stopping.wait(wait):
            client.sendall(drop)
            most -= 1

    def _send(self, client: socket.socket, lines: list[str], content: bytes, delivery: str) -> bool:
        """Put the answer on the wire, in one of the ways a wire can go wrong."""
        plain = "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode()
        chunked = "\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""]).encode()
        half = len(content) // 2
        if delivery == "plain":
            client.sendall(plain + content)
            return True
        if delivery == "silent":
            self._drip(client, b"", b"", 0.5)
        elif delivery == "slow_status":
            self._drip(client, b"HTTP/1.1 200 ", b"O", 0.3)
        elif delivery == "slow_headers":
            self._drip(client, f"{lines[0]}\r\nX-Long: ".encode(), b"a", 0.3)
        elif delivery == "endless_headers":
            self._drip(client, f"{lines[0]}\r\n".encode(), b"X-More: 1\r\n", 0.3)
        elif delivery == "slow_chunk_size":
            self._drip(client, chunked, b"0", 0.3)
        elif delivery == "slow_chunk_extension":
            self._drip(client, chunked + b"5;note=", b"a", 0.3)
        elif delivery == "tiny_chunks":
            self._drip(client, chunked, b"1\r\n \r\n", 0.3)
        elif delivery == "slow_trailer":
            sized = f"{len(content):x}\r\n".encode() + content + b"\r\n0\r\nX-Tail: "
            self._drip(client, chunked + sized, b"a", 0.3)
        elif delivery == "slow_gzip_header":
            text = "\r\n".join([*lines, "Content-Encoding: gzip", "Transfer-Encoding: chunked"])
            start = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03"  # a file name follows, for ever
            self._drip(
                client, text.encode() + b"\r\n\r\na\r\n" + start + b"\r\n", b"1\r\na\r\n", 0.3
            )
        elif delivery == "hundred_continue":
            self._drip(client, b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.1)
        elif delivery == "slow_body":
            self._drip(client, plain + content[:half], content[half : half + 1], 0.3)
        elif delivery == "reset":
            client.sendall(plain + content[:half])
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, 0 seconds: close() resets
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif delivery == "short_body":
            client.sendall(plain + content[:half])
        elif delivery == "hang_up":
            pass
        elif delivery == "not_http":
            client.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
        else:
            raise ValueError(f"no such delivery: {delivery}")
        return False
