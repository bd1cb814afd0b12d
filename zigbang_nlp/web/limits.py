"""The way in: who may ask, how much at once, how long it may take, and the log of it.

One plain ASGI layer around the application. Refusals here cost little, so that a flood is answered
quickly.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zigbang_nlp.config import ServeSettings
from zigbang_nlp.console import log
from zigbang_nlp.web import authentication
from zigbang_nlp.web.metrics import Metrics
from zigbang_nlp.web.problems import Problem
from zigbang_nlp.web.rate import Rate

#: One JSON object a line: never a review's text, nor a query, which may hold words of one.
access_log = logging.getLogger("zigbang_nlp.access")

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
            limit = self._body_limit(scope)
            async with asyncio.timeout(self.settings.request_timeout):
                await self.app(scope, _Body(scope, receive, limit).receive, answer.send)
        except Problem as problem:
            await answer.give(self.shown(scope, problem))
        except TimeoutError:
            await answer.give(self.shown(scope, _too_slow(self.settings.request_timeout)))
        except Exception:  # noqa: BLE001 - the last line of defence
            log.exception("An answer failed.")
            if not answer.started:
                await answer.give(self.shown(scope, _failed()))
        finally:
            self._note(scope, answer)

    def _admit(self, scope: Scope) -> None:
        """Raise the problem for which this request is refused unread, if there is one."""
        path = scope["path"]
        if not authentication.is_open(path):
            self.authenticator.check(scope)
        if not authentication.is_counted(path):
            return
        if wait := self.rate.wait(client_of(scope)):
            raise _too_often(self.settings.requests_per_minute, wait)

    def _body_limit(self, scope: Scope) -> int:
        uploads = scope["path"] in (authentication.UPLOAD_PATH, authentication.PRICES_PATH)
        return self.settings.max_upload if uploads else self.settings.max_body

    def _note(self, scope: Scope, answer: _Answer) -> None:
        seconds = time.perf_counter() - answer.began
        route = str(getattr(scope.get("route"), "path", "(none)"))
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.metrics.answered(method, route, answer.status, seconds)
        if access_log.isEnabledFor(logging.INFO):
            access_log.info(
                "%s",
                json.dumps(
                    {
                        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                        "client": client_of(scope),
                        "method": method,
                        "route": route,
                        "status": answer.status,
                        "bytes": answer.bytes,
                        "ms": round(1_000 * seconds, 1),
                    }
                ),
            )


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


class _Body:
    """Reads a request's body up to a limit, whatever its Content-Length says."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        length = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        if length.isdigit() and int(length) > limit:
            raise _too_large(limit)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > self._limit:
                raise _too_large(self._limit)
        return message


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


def _too_slow(seconds: float) -> Problem:
    return Problem(
        504,
        "too-slow",
        "요청을 {seconds:g}초 안에 처리하지 못했습니다. 범위를 줄여 다시 요청하세요.",
        values={"seconds": seconds},
    )


def _too_often(limit: int, wait: float) -> Problem:
    seconds = max(1, round(wait + 0.5))
    return Problem(
        429,
        "too-many-requests",
        "요청은 1분에 {limit:,}번까지 보낼 수 있습니다. {seconds}초 뒤에 다시 시도하세요.",
        {"Retry-After": str(seconds)},
        values={"limit": limit, "seconds": seconds},
    )


def _failed() -> Problem:
    return Problem(
        500,
        "internal",
        "서버에서 오류가 발생했습니다. 자세한 내용은 서버 로그에 있습니다.",
    )
