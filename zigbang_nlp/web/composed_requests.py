"""What an address asks for, in the spelling of the store: macOS takes Hangul apart, we compose it."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qsl, unquote_plus, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from zigbang_nlp.tables.unicode import composed


class ComposedMiddleware:
    """ASGI middleware: path and query composed (NFC), so that a name is found however it is typed.

    Args:
        app: what it stands before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            # In place: the router notes its route in the same scope, for those that stand before.
            scope["path"] = composed(scope["path"])
            scope["query_string"] = _composed_query(scope["query_string"])
        await self.app(scope, receive, send)


def _composed_query(raw: bytes) -> bytes:
    query = raw.decode("latin-1")
    if unicodedata.is_normalized("NFC", unquote_plus(query)):
        return raw
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(composed(name), composed(value)) for name, value in pairs]).encode()
