"""Requests as the application knows them: addresses in the store's spelling, and HEAD as GET."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qsl, unquote_plus, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zigbang_nlp.tables.unicode import composed


class AdaptingMiddleware:
    """ASGI middleware.

    Path and query are composed (NFC), so that a name is found however it is typed: macOS takes
    Hangul apart. HEAD is answered everywhere that GET is, with the same answer but its body.

    Args:
        app: what it stands before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # In place: the router notes its route in the same scope, for those that stand before.
        scope["path"] = composed(scope["path"])
        scope["query_string"] = _composed_query(scope["query_string"])

        async def without_body(message: Message) -> None:
            body = {"body": b""} if message["type"] == "http.response.body" else {}
            await send({**message, **body})

        if scope["method"] == "HEAD":
            asked = {**scope, "method": "GET"}
            try:
                await self.app(asked, receive, without_body)
            finally:
                scope["route"] = asked.get("route")  # those that stand before count it by its route
        else:
            await self.app(scope, receive, send)


def _composed_query(raw: bytes) -> bytes:
    query = raw.decode("latin-1")
    if unicodedata.is_normalized("NFC", unquote_plus(query)):
        return raw
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(composed(name), composed(value)) for name, value in pairs]).encode()
