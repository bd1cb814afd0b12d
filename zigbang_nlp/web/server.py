"""The process: uvicorn around the application, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from zigbang_nlp.config import Settings
from zigbang_nlp.console import log
from zigbang_nlp.errors import ZigbangError
from zigbang_nlp.web.app import create_app
from zigbang_nlp.web.limits import access_log


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are finished first.

    Raises:
        ZigbangError: the address can't be listened on.
    """
    limits = settings.serve
    # Uvicorn's own lines go to our log, and its access log is off: ours leaves out queries.
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    access_log.setLevel(log.getEffectiveLevel())
    listening = _listen(limits.host.strip("[]"), limits.port)
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,
        log_config=None,
        http=PromptProtocol,
        server_header=False,
        # Longer than any request may take, so that none is cut off.
        timeout_graceful_shutdown=int(limits.request_timeout) + 5,
    )
    # To be told to stop is how a server ends: what was under way is finished by then.
    with listening, contextlib.suppress(KeyboardInterrupt):
        _Server(config).run([listening])
    log.info("The server has stopped.")


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Uvicorn would do it too, but ends the program with a code of its own where it can't.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The reuse that it sets on POSIX lets a restarted server listen again at once.
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise ZigbangError(
            f"The server can't listen on {host}:{port}: {error.strerror or error}.",
            "Choose another --port or --host; perhaps a server runs there already.",
        ) from error


class PromptProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's own protocol with a limit on how long the headers of a request may take.

    Connections that say nothing, or their headers a byte at a time, hold a place.
    """

    #: Seconds that a caller may take to send the headers of a request.
    patience = 10.0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A caller comes: the clock runs until they have asked for something."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Some bytes; the clock stops once they make up whole headers."""
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.patience, self._cut)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _cut(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            name = f"[{host}]" if ":" in host else host
            log.info("Serving on http://%s:%d. Stop with Ctrl-C.", name, port)
