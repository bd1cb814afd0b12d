"""The one HTTP client: sends, waits, retries, and gives back bytes that are JSON, or an error."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Mapping
from email.utils import parsedate_to_datetime
from typing import Protocol

import requests
import urllib3

from zigbang_nlp import __version__
from zigbang_nlp.config import CrawlSettings
from zigbang_nlp.crawl.pace import Pace, Sent
from zigbang_nlp.crawl.site import Site
from zigbang_nlp.errors import RequestFailedError
from zigbang_nlp.store import Task

#: An answer larger than this is not read to its end.
MAX_BYTES = 32 << 20
_ABSENT = frozenset({404, 410})
#: Answers of servers that may do better in a moment; 403 is how some of them say "slower".
TRANSIENT = frozenset({403, 408, 425, 429, 500, 502, 503, 504})


class _Failed(Exception):
    """One try went wrong."""

    def __init__(
        self,
        kind: str,
        fact: str,
        body: bytes = b"",
        status: int = 0,
        again: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(fact)
        self.kind, self.fact, self.body = kind, fact, body
        self.status, self.again, self.retry_after = status, again, retry_after

    def sent(self, seconds: float) -> Sent:
        return Sent(self.kind, len(self.body), seconds, self.status, self.retry_after)

    def for_good(self, url: str, tries: int) -> RequestFailedError:
        times = f", {tries} times" if tries > 1 else ""
        return RequestFailedError(
            f"{url} failed: {self.fact}{times}.",
            "Ask again later with --retry-failed.",
            kind=self.kind,
            body=self.body,
        )


class Allows(Protocol):
    """Says what a site lets us ask for (see robots.py)."""

    def check(self, path: str, task: Task) -> None:
        """Raise CrawlStopped where `path` is forbidden."""


class Client:
    """Asks a site over HTTP.

    Args:
        site: names the paths.
        settings: base URL, timeouts, retries, contact.
        pace: is asked before every request, retries too.
        sent: is told of every request.
    """

    offline = False

    def __init__(
        self,
        site: Site,
        settings: CrawlSettings,
        pace: Pace,
        sent: Callable[[Sent], None] = lambda _: None,
    ) -> None:
        self.site, self.settings, self.pace, self.sent = site, settings, pace, sent
        self.robots: Allows | None = None
        self._local = threading.local()  # requests' sessions are not made for several threads

    def fetch(self, task: Task) -> bytes:
        path, query = self.site.path(task)
        if self.robots is not None:
            self.robots.check(path, task)
        return self.get(path, query)

    def get(self, path: str, query: Mapping[str, str], as_json: bool = True) -> bytes:
        """The body of an answer: JSON, or, unless `as_json`, anything, empty where there is none.

        Raises:
            RequestFailed: there is none, after all retries.
            CrawlStopped: from the pace or from `sent`.
        """
        tries = self.settings.retries + 1
        for attempt in range(1, tries + 1):
            self.pace.wait()
            began = time.monotonic()
            try:
                body, status = self._once(path, query, absent=() if as_json else _ABSENT)
                if as_json:
                    _check_json(body, status)
            except _Failed as failed:
                self._tell(failed.sent(time.monotonic() - began))
                if not failed.again or attempt == tries:
                    raise failed.for_good(self.settings.base_url + path, attempt) from failed
                self.pace.sleep(self.settings.backoff * 2 ** (attempt - 1))
            else:
                self._tell(Sent(None, len(body), time.monotonic() - began, status))
                return body
        raise AssertionError("unreachable: the last try returns or raises")

    def _tell(self, sent: Sent) -> None:
        self.pace.learn(sent)
        self.sent(sent)

    def _once(
        self, path: str, query: Mapping[str, str], absent: Collection[int]
    ) -> tuple[bytes, int]:
        settings = self.settings
        deadline = time.monotonic() + 2 * settings.timeout
        try:
            with self._session().get(
                settings.base_url.rstrip("/") + path,
                params=dict(query),
                timeout=settings.timeout,
                stream=True,
                allow_redirects=False,  # a redirect would be a request nobody paced
            ) as answer:
                body = _read(answer, deadline)
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise _Failed("timeout", f"no answer within {settings.timeout:g} s") from error
        except urllib3.exceptions.HTTPError as error:  # requests wraps all but those of `_read`
            raise _Failed("cut off", "the answer broke off in the middle") from error
        except (requests.RequestException, OSError) as error:
            raise _Failed("connection", _connection_fact(error)) from error
        status = answer.status_code
        if status in absent:
            return b"", status
        if status != 200:
            raise _Failed(
                f"http {status}",
                f"HTTP status {status}",
                body,
                status,
                again=status in TRANSIENT,
                retry_after=_retry_after(answer.headers.get("Retry-After")),
            )
        return body, status

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            session = requests.Session()
            session.headers["User-Agent"] = user_agent(self.settings.contact)
            session.headers["Accept"] = "application/json"
            # Proxies and certificates are read from the environment once, not at every request.
            url = self.settings.base_url
            found = session.merge_environment_settings(url, {}, None, None, None)
            session.proxies, session.verify = found["proxies"], found["verify"]
            session.trust_env = False
            self._local.session = session
        session = self._local.session
        assert isinstance(session, requests.Session)
        return session


def user_agent(contact: str) -> str:
    """Who is asking: the package, its version and, where it is set, whom to write to."""
    return f"zigbang-nlp/{__version__}" + (f" (+{contact})" if contact else "")


def _read(answer: requests.Response, deadline: float) -> bytes:
    """The whole body, within the deadline even when the bytes come in drips."""
    parts, size = [], 0
    while part := answer.raw.read1(1 << 16, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise _Failed("too large", f"an answer of more than {MAX_BYTES >> 20} MB", again=False)
        if time.monotonic() > deadline:
            raise _Failed("timeout", "an answer that comes in drips", b"".join(parts))
    body = b"".join(parts)
    if answer.raw.length_remaining:
        raise _Failed("cut off", "the connection was cut in the middle of the answer", body)
    return body


def _check_json(body: bytes, status: int) -> None:
    try:
        json.loads(body)
    except (ValueError, RecursionError) as error:
        start = body[:40].decode("utf-8", "replace").strip()
        raise _Failed("not json", f"not JSON but {start!r}", body, status) from error


def _connection_fact(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return f"no connection ({error})"


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from a Retry-After header in either of its forms."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
