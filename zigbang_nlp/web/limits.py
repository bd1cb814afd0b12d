"""The way in: who may ask, how much at once, how long it may take, and the log of it.

One plain ASGI layer around the application. Refusals here cost little, so that a flood is answered
quickly.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zigbang_nlp.config import ServeSettings
from zigbang_nlp.console import log
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.web import authentication
from zigbang_nlp.web.metrics import Metrics
from zigbang_nlp.web.problems import Problem

#: One JSON object a line: never a review's text, nor a query, which may hold words of one.
access_log = logging.getLogger("zigbang_nlp.access")

#: Clients whose requests are counted; the one unseen for longest is forgotten first.
_CLIENTS = 10_000
#: Methods that are counted by name; anything else a caller invents is "other".
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

#: Sent with every answer. Nothing may be loaded from elsewhere, and no markup may carry code.
SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


class Rate:
    """A token bucket each: lets each client send so many requests a minute, in bursts of up to a minute's worth.

    Args:
        per_minute: requests; 0 = no limit.
        clock: seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._full = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Count a request of a client; the seconds it has to wait, 0 where it may go on."""
        if not self._full:
            return 0.0
        now = self._clock()
        left, seen = self._left.pop(client, (self._full, now))
        left = min(self._full, left + (now - seen) * self._per_second)
        allowed = left >= 1
        self._left[client] = (left - 1 if allowed else left, now)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_second


class LimitsMiddleware:
    """ASGI middleware.

    Args:
        app: what it guards.
        settings: the limits.
        metrics: is told of every answer.
        authenticator: says who may ask.
        shown: a problem as an answer, be it a document or a page.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServeSettings,
        metrics: Metrics,
        authenticator: authentication.Authenticator,
        shown: Callable[[Scope, Problem], Response],
    ) -> None:
        self.app = app
        self.settings = settings
        self.metrics = metrics
        self.authenticator = authenticator
        self.shown = shown
        self.rate = Rate(settings.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request within the limits, whatever it does."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        try:
            self._admit(scope)
            uploads = scope["path"] in (authentication.UPLOAD_PATH, authentication.PRICES_PATH)
            limit = self.settings.max_upload if uploads else self.settings.max_body
            async with asyncio.timeout(self.settings.request_timeout):
                await self.app(scope, _limited(scope, receive, limit), answer.send)
        except Problem as problem:
            await answer.give(self.shown(scope, problem))
        except TimeoutError:
            late = Problem(
                504,
                "too-slow",
                "요청을 {seconds:g}초 안에 처리하지 못했습니다. 범위를 줄여 다시 요청하세요.",
                values={"seconds": self.settings.request_timeout},
            )
            await answer.give(self.shown(scope, late))
        except Exception:  # noqa: BLE001 - the last line of defence
            log.exception("An answer failed.")
            if not answer.started:
                sentence = N_("서버에서 오류가 발생했습니다. 자세한 내용은 서버 로그에 있습니다.")
                await answer.give(self.shown(scope, Problem(500, "internal", sentence)))
        finally:
            self._note(scope, answer)

    def _admit(self, scope: Scope) -> None:
        """Raise the problem for which this request is refused unread, if there is one."""
        path = scope["path"]
        if not authentication.is_open(path):
            self.authenticator.check(scope)
        if authentication.is_counted(path) and (wait := self.rate.wait(client_of(scope))):
            seconds = max(1, round(wait + 0.5))
            raise Problem(
                429,
                "too-many-requests",
                "요청은 1분에 {limit:,}번까지 보낼 수 있습니다. {seconds}초 뒤에 다시 시도하세요.",
                {"Retry-After": str(seconds)},
                values={"limit": self.settings.requests_per_minute, "seconds": seconds},
            )

    def _note(self, scope: Scope, answer: _Answer) -> None:
        seconds = time.perf_counter() - answer.began
        route = str(getattr(scope.get("route"), "path", "(none)"))
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.metrics.answered(method, route, answer.status, seconds)
        if access_log.isEnabledFor(logging.INFO):
            entry = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "client": client_of(scope),
                "method": method,
                "route": route,
                "status": answer.status,
                "bytes": answer.bytes,
                "ms": round(1_000 * seconds, 1),
            }
            access_log.info("%s", json.dumps(entry))


class _Answer:
    """Passes an answer on, with the headers that all have, and remembers what it was."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.began = time.perf_counter()
        self.status = 499  # gone before an answer began
        self.bytes = 0
        self._scope = scope
        self._send = send
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *SECURITY_HEADERS]
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self._send(message)

    async def give(self, response: Response) -> None:
        """Answer with this, unless an answer has begun: that one stays cut off."""
        if not self.started:
            await response(self._scope, _nothing, self.send)


def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Reads a request's body up to a limit, whatever its Content-Length says."""
    length = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    read = 0

    async def receive_within() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > limit:
                raise _too_large(limit)
        return message

    return receive_within


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def client_of(scope: Scope) -> str:
    """The caller's address."""
    client: Any = scope.get("client")
    return str(client[0]) if client else "unknown"


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "body-too-large",
        "요청 본문은 {limit:,}바이트까지 보낼 수 있습니다. 나누어 보내세요.",
        {"Connection": "close"},
        values={"limit": limit},
    )
