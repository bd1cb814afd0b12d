"""A deadline that holds in every phase of a request, since at its end the socket is cut.

A socket's own time-out starts anew with each byte, so a server that sends one now and then (header
lines, chunk sizes, 100 Continue without end) would be waited for without end.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError


class Watch:
    """One request, and the sockets that it uses.

    Attributes:
        expired: whether its sockets were cut.
    """

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.expired = False
        self._twins: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.until - time.monotonic()

    def add(self, used: socket.socket) -> None:
        """Cut this socket too at the deadline.

        A duplicate is kept: the socket itself changes hands (TLS, the reader of the body).
        """
        twin = socket.socket(used.family, used.type, used.proto, socket.dup(used.fileno()))
        with self._lock:
            self._twins.append(twin)
        if self.expired:
            self.cut()

    def cut(self) -> None:
        """End every read and write on the sockets, in whatever thread it waits."""
        self.expired = True
        with self._lock:
            for twin in self._twins:
                with contextlib.suppress(OSError):  # the other side was first
                    twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cut what is still open, and forget it."""
        with self._lock:
            for twin in self._twins:
                twin.close()
            self._twins.clear()


#: Seconds after which the watching thread ends when there is nothing to watch.
_IDLE = 5.0
#: The request of each thread that is under a deadline.
_mine = threading.local()


class _Watchman:
    """One thread that looks after all requests of this process; it ends when there are none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: set[Watch] = set()
        self._thread: threading.Thread | None = None
        self._pause = 0.25

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[Watch]:
        """A block in which this thread's requests through a `WatchedAdapter` end within `seconds`.

        After it, `expired` tells whether they were cut: what a cut request raises, or gives back as
        if it were whole, says nothing.
        """
        watch = Watch(seconds)
        with self._lock:
            self._watches.add(watch)
            self._pause = max(0.01, min(self._pause, seconds / 10))
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="deadlines", daemon=True)
                self._thread.start()
        _mine.watch = watch
        try:
            yield watch
        finally:
            _mine.watch = None
            with self._lock:
                self._watches.discard(watch)
            watch.close()

    def _look(self) -> None:
        idle_since = time.monotonic()
        while True:
            time.sleep(self._pause)
            now = time.monotonic()
            with self._lock:
                late = [watch for watch in self._watches if watch.until <= now]
                if self._watches:
                    idle_since = now
                elif now - idle_since > _IDLE:
                    self._thread, self._pause = None, 0.25
                    return
            for watch in late:
                watch.cut()


within = _Watchman().within


def _addresses(connection: Any, seconds: float) -> list[Any]:
    """The addresses of the host. A resolver has no socket to cut, so its thread is left behind."""
    host, answers = connection._dns_host, queue.SimpleQueue[Any]()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 - it is raised below, by whoever waits
            answers.put(error)

    threading.Thread(target=look_up, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise ConnectTimeoutError(connection, f"the name {host} was not found in time") from None
    if isinstance(answer, socket.gaierror):
        raise NameResolutionError(connection.host, connection, answer) from answer
    if isinstance(answer, Exception):
        raise answer
    return list(answer)


class _HTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        """What urllib3 does for one address, for each address of the host until one answers.

        Each has its own time-out, and all together the deadline.
        """
        connection: Any = self
        watch: Watch | None = getattr(_mine, "watch", None)
        if watch is None:
            return super()._new_conn()
        host, patience = connection._dns_host, connection.timeout
        addresses = _addresses(connection, watch.left)
        failure: Exception = ConnectTimeoutError(connection, f"no connection to {host} in time")
        try:
            for *_, address in addresses:
                if watch.left <= 0:
                    break
                connection._dns_host = address[0]
                connection.timeout = min(patience or watch.left, watch.left)
                try:
                    sock = super()._new_conn()
                except urllib3.exceptions.HTTPError as error:
                    failure = error
                    continue
                watch.add(sock)
                return sock
        finally:
            connection._dns_host, connection.timeout = host, patience
        raise failure

    def request(self, *args: Any, **kwargs: Any) -> None:
        watch: Watch | None = getattr(_mine, "watch", None)
        if watch is not None and self.sock is not None:  # it was kept alive
            watch.add(self.sock)
        super().request(*args, **kwargs)


class _HTTPSConnection(_HTTPConnection, HTTPSConnection):
    pass


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class WatchedAdapter(HTTPAdapter):
    """requests' adapter with connections that `within` can cut, behind proxies too."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As requests does, with pools of connections that can be cut."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """As requests does, with pools of connections that can be cut."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager
