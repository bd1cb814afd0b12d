"""Who may ask: the token, the cookie that stands for it in a browser, and forms of our own pages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.types import Scope

from zigbang_nlp.language.i18n import N_
from zigbang_nlp.web.problems import Problem

#: Files go there, which may be larger than other requests.
UPLOAD_PATH = "/classify/file"
PRICES_PATH = "/prices"
#: Open to all: they say nothing about the reviews, and the pages' looks are no secret.
LOGIN_PATH = "/login"
_OPEN = ("/healthz", "/readyz", LOGIN_PATH)
_OPEN_BELOW = "/static/"

SESSION_COOKIE = "zigbang_session"
#: Names under which a machine calls itself; a page of another name that leads here is an attack
#: by DNS rebinding.
_OWN_NAMES = frozenset(("localhost", "127.0.0.1", "::1", "testserver"))


def is_open(path: str) -> bool:
    """Whether a path needs no token."""
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def is_counted(path: str) -> bool:
    """Whether a path is under the limit of requests; guesses at the token at /login are."""
    return path == LOGIN_PATH or not is_open(path)


class Authenticator:
    """Checks the token, and makes and checks what stands for it in browsers.

    Args:
        token: "" = none is needed, and only this machine may ask.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        # From the token, so that a restart doesn't log anybody out; random where there is none.
        seed = token.encode() or secrets.token_bytes(32)
        self._key = hashlib.blake2b(b"zigbang-nlp web" + seed, digest_size=32).digest()

    @property
    def needs_token(self) -> bool:
        """Whether a token was set, so that callers have to show it."""
        return bool(self._token)

    def check(self, scope: Scope) -> None:
        """Raise the problem for which this caller is refused, if there is one."""
        headers = dict(scope["headers"])
        if not self._token:
            if _host(headers.get(b"host", b"")) not in _OWN_NAMES:
                sentence = N_("토큰 없이는 localhost 주소로만 접속할 수 있습니다.")
                raise Problem(421, "other-host", sentence)
            return
        kind, _, shown = headers.get(b"authorization", b"").partition(b" ")
        if kind.lower() == b"bearer" and self.is_token(shown.strip().decode("latin-1")):
            return
        if self.is_session(cookies_of(scope).get(SESSION_COOKIE, "")):
            return
        raise Problem(
            401,
            "token-needed",
            "토큰이 필요합니다. `Authorization: Bearer 토큰` 헤더를 보내세요.",
            {"WWW-Authenticate": "Bearer"},
        )

    def is_token(self, shown: str) -> bool:
        """Whether it is the token, in a time that doesn't tell how much of it is right."""
        shown_bytes = shown.encode("utf-8", "replace")
        return bool(self._token) and hmac.compare_digest(shown_bytes, self._token.encode())

    def session(self) -> str:
        """A new value of the cookie: a nonce and our signature."""
        return self._signed("session", 18)

    def is_session(self, shown: str) -> bool:
        """Whether a session's cookie was signed by this server."""
        return self._is_signed("session", shown)

    def form_token(self, session: str) -> str:
        """What a form of our own pages carries; another site's page can't know it.

        Another one each time, so that the length of packed pages tells nothing of it (BREACH).
        """
        return self._signed(f"form {session}", 9)

    def is_form_token(self, session: str, shown: str) -> bool:
        """Whether a form's hidden token belongs to the session."""
        return bool(session) and self._is_signed(f"form {session}", shown)

    def _signed(self, use: str, size: int) -> str:
        nonce = secrets.token_urlsafe(size)
        return f"{nonce}.{self._sign(use, nonce)}"

    def _is_signed(self, use: str, shown: str) -> bool:
        nonce, _, signature = shown.rpartition(".")
        ours = self._sign(use, nonce).encode()
        return hmac.compare_digest(signature.encode("ascii", "replace"), ours)

    def _sign(self, use: str, nonce: str) -> str:
        return hmac.new(self._key, f"{use} {nonce}".encode(), hashlib.sha256).hexdigest()


def cookies_of(scope: Scope) -> dict[str, str]:
    """The cookies of a request; none where they can't be read."""
    raw = b"; ".join(v for k, v in scope["headers"] if k == b"cookie").decode("latin-1")
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(raw).items()}
    except CookieError:
        return {}


def _host(value: bytes) -> str:
    """The name in a Host header, without the port."""
    text = value.decode("latin-1").lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
