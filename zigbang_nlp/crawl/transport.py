"""One request: sent once, read whole within its deadline, given back with its status."""

from __future__ import annotations

import http.cookies
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
import urllib3

from zigbang_nlp import __version__
from zigbang_nlp.config import CrawlSettings
from zigbang_nlp.crawl.deadline import WatchedAdapter, within

#: An answer larger than this is not read to its end.
MAX_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def retry_after(self) -> float | None:
        """Seconds that the site asks to wait; None where it doesn't say."""
        return _retry_after(self.headers.get("Retry-After"))


class Broken(Exception):
    """A request without an answer.

    Attributes:
        kind: "timeout", "connection", "cut off", "too large", or what came in place of an answer.
        fact: the same for people.
        body: what came before it broke, or in the place of an answer.
        again: another try may go better.
    """

    def __init__(self, kind: str, fact: str, body: bytes = b"", again: bool = True) -> None:
        super().__init__(fact)
        self.kind, self.fact, self.body, self.again = kind, fact, body, again


class Transport:
    """Sends requests, from any number of threads.

    Args:
        settings: base URL, time-out, contact, proxy, cookies.
        headers: sent with every request, beside the client's own.
    """

    def __init__(self, settings: CrawlSettings, headers: Mapping[str, str] | None = None) -> None:
        self.settings, self.headers = settings, dict(headers or {})
        #: A socket waits `timeout` for each sign of life, and the whole answer twice as long.
        self.deadline = 2 * settings.timeout
        self._local = threading.local()

    def prepare(self, path: str, query: Mapping[str, str]) -> requests.PreparedRequest:
        """The request as it will be sent.

        Cookies and the site's headers go to its own address alone; robots.txt may lead elsewhere.

        Args:
            path: under the base URL; or a whole URL.
            query: names and values, not yet quoted.
        """
        base = self.settings.base_url
        whole = path if "://" in path else f"{base.rstrip('/')}/{path.lstrip('/')}"
        request = requests.Request("GET", whole, params=dict(query))
        prepared = self._session().prepare_request(request)
        if _address(whole) != _address(base):
            for name in ("Cookie", *self.headers):
                prepared.headers.pop(name, None)
        return prepared

    def send(self, prepared: requests.PreparedRequest) -> Response:
        """The answer, whatever its status. A redirect is one too: nobody paced where it leads.

        Raises:
            Broken: there is none.
        """
        with within(self.deadline) as watch:
            try:
                answer, body = self._send(prepared)
            except Exception:  # what a cut socket raises depends on where it was
                if not watch.expired:
                    raise
            if watch.expired:
                raise Broken("timeout", f"no whole answer within {self.deadline:g} s")
        return Response(answer.status_code, body, answer.headers)

    def _send(self, prepared: requests.PreparedRequest) -> tuple[requests.Response, bytes]:
        timeout = self.settings.timeout
        session = self._session()
        try:
            with session.send(
                prepared,
                timeout=timeout,
                stream=True,
                allow_redirects=False,
                proxies=session.proxies,
                verify=session.verify,
            ) as answer:
                return answer, _read(answer)
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise Broken("timeout", f"no answer within {timeout:g} s") from error
        except urllib3.exceptions.HTTPError as error:  # requests wraps all but those of `_read`
            raise Broken("cut off", "the answer broke off in the middle") from error
        except (requests.RequestException, OSError) as error:
            raise Broken("connection", _connection_fact(error)) from error

    def _session(self) -> requests.Session:
        """This thread's session: requests' own are not made for several threads."""
        known: requests.Session | None = getattr(self._local, "session", None)
        if known is not None:
            return known
        settings, session = self.settings, requests.Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, WatchedAdapter())
        session.headers["User-Agent"] = user_agent(settings.contact)
        session.headers["Accept"] = "application/json"
        session.headers.update(self.headers)
        for name, morsel in http.cookies.SimpleCookie(settings.cookies).items():
            session.cookies.set(name, morsel.value)
        # Proxies and certificates are read from the environment once, not at every request.
        environment = session.merge_environment_settings(settings.base_url, {}, None, None, None)
        session.proxies, session.verify = environment["proxies"], environment["verify"]
        if settings.proxy:
            session.proxies = {"http": settings.proxy, "https": settings.proxy}
        session.trust_env = False
        self._local.session = session
        return session


def _address(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def user_agent(contact: str) -> str:
    """Who is asking: the package, its version and, where it is set, whom to write to."""
    return f"zigbang-nlp/{__version__}" + (f" (+{contact})" if contact else "")


def _read(answer: requests.Response) -> bytes:
    """The whole body."""
    parts, size = [], 0
    while part := answer.raw.read1(1 << 16, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise Broken("too large", f"an answer of more than {MAX_BYTES >> 20} MB", again=False)
    body = b"".join(parts)
    if answer.raw.length_remaining:
        raise Broken("cut off", "the connection was cut in the middle of the answer", body)
    return body


def _connection_fact(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return f"no connection ({error})"


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from a Retry-After header in either of its forms; None where it says none."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
            # Older forms of the date name no zone: all of HTTP is in GMT.
            seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return seconds if 0 <= seconds < float("inf") else None
