"""A request ends at its deadline, in whatever phase the server keeps it waiting."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.factories.crawl import crawl_settings
from zigbang_nlp.crawl import deadline
from zigbang_nlp.crawl.transport import Broken, Transport

#: A server's part of a conversation: sends until it is told to stop.
Talk = Callable[[socket.socket, threading.Event], None]
#: Seconds that only a request without a deadline takes; a machine may well stand still for some.
ENDLESS = 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def drip(data: bytes, before: bytes = b"") -> Talk:
    """`before` at once, then `data` again and again, a byte every 20 ms: never a silent socket."""

    def talk(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(before)
        while True:
            for byte in data:
                if over.wait(0.02):
                    return
                peer.sendall(bytes([byte]))

    return talk


def silence(_peer: socket.socket, over: threading.Event) -> None:
    over.wait()


GZIP_WITH_A_NAME = b"\x1f\x8b\x08\x08" + bytes(6)
PHASES: dict[str, Talk] = {
    "silence": silence,
    "status line": drip(b"x", b"HTTP/1.1 200 "),
    "100 Continue": drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "header line": drip(b"x", HEAD + b"X-Long: "),
    "headers of a continue": drip(b"X: y\r\n", b"HTTP/1.1 100 Continue\r\n"),
    "chunk size": drip(b"0", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "chunk extension": drip(b"x", HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;"),
    "chunks": drip(b"1\r\n \r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "trailer": drip(b"X: y\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"),
    "gzip header": drip(b"n", HEAD + b"Content-Encoding: gzip\r\n\r\n" + GZIP_WITH_A_NAME),
    "body": drip(b" ", HEAD + b"Content-Length: 9999\r\n\r\n"),
    "body without a length": drip(b" ", HEAD + b"Connection: close\r\n\r\n"),
}


@contextlib.contextmanager
def server(talk: Talk, answer: bool = True) -> Iterator[int]:
    """A server for as many connections as come; gives its port."""
    over = threading.Event()

    def converse(peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            if answer:
                peer.recv(65536)
            talk(peer, over)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listening.accept()
                thread = threading.Thread(target=converse, args=(peer,))
                thread.start()
                threads.append(thread)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threads = [threading.Thread(target=accept)]
        threads[0].start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def asked(phase: str) -> tuple[Broken, float]:
    """How a request to a server that keeps it waiting in this phase ends, and after what time."""
    with server(PHASES[phase]) as port:
        transport = Transport(crawl_settings(f"http://127.0.0.1:{port}", timeout=0.3))
        began = time.monotonic()
        with pytest.raises(Broken) as broken:
            transport.send(transport.prepare("/", {}))
        return broken.value, time.monotonic() - began


@pytest.fixture(scope="module")
def requests() -> Iterator[dict[str, Future[tuple[Broken, float]]]]:
    """A request in each phase, all at once: they only wait."""
    with ThreadPoolExecutor(len(PHASES)) as pool:
        yield {phase: pool.submit(asked, phase) for phase in PHASES}


@pytest.mark.parametrize("phase", list(PHASES))
def test_no_phase_lasts_longer_than_the_deadline(
    requests: dict[str, Future[tuple[Broken, float]]], phase: str
) -> None:
    broken, took = requests[phase].result()
    assert broken.kind == "timeout"
    assert 0.25 < took < ENDLESS


def test_a_tls_handshake_is_under_the_deadline_too() -> None:
    with server(drip(b"\x16\x03\x03\x3f\xff" + bytes(60)), answer=False) as port:
        transport = Transport(crawl_settings(f"https://127.0.0.1:{port}", timeout=0.3))
        began = time.monotonic()
        with pytest.raises(Broken):
            transport.send(transport.prepare("/", {}))
        assert time.monotonic() - began < ENDLESS


def test_looking_up_the_name_is_under_the_deadline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(60))
    transport = Transport(crawl_settings("http://slow.invalid", timeout=0.2))
    began = time.monotonic()
    with pytest.raises(Broken, match=r"no whole answer|no answer") as broken:
        transport.send(transport.prepare("/", {}))
    assert time.monotonic() - began < ENDLESS
    assert broken.value.kind == "timeout"
    over.set()


def test_a_name_that_nobody_knows_is_no_connection() -> None:
    transport = Transport(crawl_settings("http://nowhere.invalid", timeout=3))
    with pytest.raises(Broken) as broken:
        transport.send(transport.prepare("/", {}))
    assert broken.value.kind == "connection"


def test_a_good_answer_is_not_cut_and_its_connection_is_used_again() -> None:
    def polite(peer: socket.socket, over: threading.Event) -> None:
        served.append(peer.getpeername())
        peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        peer.recv(65536)
        peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n[]")
        peer.recv(65536)
        drip(b"x", HEAD + b"X-Long: ")(peer, over)

    served: list[object] = []
    with server(polite) as port:
        transport = Transport(crawl_settings(f"http://127.0.0.1:{port}"))
        request = transport.prepare("/", {})
        assert transport.send(request).body == b"{}"
        assert transport.send(request).body == b"[]"
        transport.deadline = 0.6
        with pytest.raises(Broken, match=r"no whole answer within 0\.6 s"):
            transport.send(request)
        assert len(served) == 1


def test_the_watching_thread_ends_when_there_is_nothing_to_watch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadline, "_IDLE", 0.05)
    with deadline.within(0.1):
        names = {thread.name for thread in threading.enumerate()}
        assert "deadlines" in names
    until = time.monotonic() + 5
    while any(t.name == "deadlines" for t in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.02)
    assert "deadlines" not in {thread.name for thread in threading.enumerate()}
