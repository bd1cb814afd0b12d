"""The one HTTP client: asks robots.txt, waits, sends, retries; gives an answer, or an error."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import unquote

from zigbang_nlp.config import CrawlSettings
from zigbang_nlp.console import duration
from zigbang_nlp.crawl.conditional_requests import Conditions, Known
from zigbang_nlp.crawl.pace import Pace, Sent
from zigbang_nlp.crawl.reading import parse
from zigbang_nlp.crawl.site import Answer, Site
from zigbang_nlp.crawl.transport import Broken, Response, Transport
from zigbang_nlp.errors import CrawlStoppedError, RequestFailedError
from zigbang_nlp.store import Task

#: The site has nothing there: an answer, not a failure.
ABSENT = frozenset({404, 410})
#: What was asked about is as it was.
UNCHANGED = 304
#: Answers of servers that may do better in a moment; 403 is how some of them say "slower".
TRANSIENT = frozenset({403, 408, 425, 429, 500, 502, 503, 504})
#: Kinds of failures that are worth another try in a while.
PASSING = frozenset({"timeout", "connection", "cut off", "not json", "error answer"}) | {
    f"http {status}" for status in TRANSIENT
}


#: Keys that say of an error, and those that stand beside them where there is nothing else.
_ERRORS = frozenset(("error", "errors", "errorcode", "message", "msg", "detail"))
_OF_ERRORS = _ERRORS | {"code", "status", "statuscode", "success", "ok", "result"}
_OF_ERRORS |= {"timestamp", "path", "title", "type", "traceid", "requestid"}
#: Seconds.
_YEAR = 366 * 24 * 3600.0


class Allows(Protocol):
    """Says what a site lets us ask for (see robots.py)."""

    def allows(self, url: str) -> bool:
        """Whether this very URL may be asked for."""


class Client:
    """Asks a site over HTTP.

    Args:
        site: names the paths.
        settings: base URL, timeouts, retries, contact.
        pace: is asked before every request, retries too.
        sent: is told of every request.
        conditions: says of which answers only a change has to come; None asks for all anew.
    """

    offline = False

    def __init__(
        self,
        site: Site,
        settings: CrawlSettings,
        pace: Pace,
        sent: Callable[[Sent], None] = lambda _: None,
        conditions: Conditions | None = None,
    ) -> None:
        self.site, self.settings, self.pace, self.sent = site, settings, pace, sent
        self.conditions = conditions
        self.robots: Allows | None = None
        self.transport = Transport(settings, site.data.headers)

    def fetch(self, task: Task) -> Answer:
        """The site's answer to a task.

        Raises:
            RequestFailedError: see `get`.
            CrawlStoppedError: see `get`.
        """
        path, query = self.site.path(task)
        return self.get(task.kind, path, query, task)

    def get(
        self, endpoint: str, path: str, query: Mapping[str, str], task: Task | None = None
    ) -> Answer:
        """An answer in JSON, or word that there is none (404, 410).

        Args:
            endpoint: the name by which failures are counted.
            path: under the site's base URL.
            query: names and values, not yet quoted.
            task: of which an earlier answer may be known.

        Raises:
            RequestFailedError: there is none, after all retries, or robots.txt forbids to ask.
            CrawlStoppedError: from the pace or from `sent`.
        """
        prepared = self.transport.prepare(path, query)
        url = prepared.url or ""
        if self.robots is not None and not self.robots.allows(url):
            self.sent(Sent("robots.txt", 0, 0, endpoint=endpoint))
            raise RequestFailedError(
                f"{self.settings.base_url}/robots.txt forbids {unquote(prepared.path_url)}.",
                "Ask the site's owner; with permission, set crawl.robots = false.",
                kind="robots.txt",
            )
        known = self.conditions.known(task, url) if self.conditions and task else None
        if known is not None:
            prepared.headers.update(known.headers)
        tries = self.settings.retries + 1
        for attempt in range(1, tries + 1):
            failed, answer = self._once(endpoint, prepared, known)
            if answer is not None:
                return answer
            assert failed is not None
            if not failed.again or attempt == tries:
                times = f", {attempt} times" if attempt > 1 else ""
                raise RequestFailedError(
                    f"{self.settings.base_url}{path} failed: {failed.fact}{times}.",
                    "Ask again later with --retry-failed.",
                    kind=failed.kind,
                    body=failed.body,
                )
            self.pace.sleep(self.pause(attempt))
        raise AssertionError("unreachable: the last try returns or raises")

    def raw(self, path: str) -> Response:
        """The answer to one request, paced and counted, whatever it is; for robots.txt.

        Raises:
            Broken: there is none.
            CrawlStoppedError: from the pace or from `sent`, or the site asks to come back later.
        """
        self.pace.wait()
        began = time.monotonic()
        try:
            response = self.transport.send(self.transport.prepare(path, {}))
        except Broken as broken:
            self._tell(Sent(broken.kind, 0, time.monotonic() - began, endpoint="robots.txt"))
            raise
        status, trouble = response.status, response.status == 429 or response.status >= 500
        failure, wait = (f"http {status}", response.retry_after) if trouble else (None, None)
        seconds = time.monotonic() - began
        self._tell(Sent(failure, len(response.body), seconds, status, wait, "robots.txt"))
        self._check_wait(wait, failure or "")
        return response

    def _once(
        self, endpoint: str, prepared: Any, known: Known | None
    ) -> tuple[_Failed | None, Answer | None]:
        """One try."""
        self.pace.wait()
        began = time.monotonic()
        status, size, retry_after = 0, 0, None
        failed: _Failed | None = None
        answer: Answer | None = None
        try:
            response = self.transport.send(prepared)
        except Broken as broken:
            failed = _Failed(broken.kind, broken.fact, broken.body, broken.kind != "too large")
        else:
            status, size = response.status, len(response.body)
            retry_after = response.retry_after
            failed, answer = _understood(response, endpoint in self.site.may_be_absent, known)
            if answer is not None and self.conditions is not None and not answer.kept:
                validators = self.conditions.validators(prepared.url or "", response.headers)
                answer = replace(answer, validators=validators)
        seconds = time.monotonic() - began
        kind = failed.kind if failed else None
        self._tell(Sent(kind, size, seconds, status, retry_after, endpoint))
        if failed:
            self._check_wait(retry_after, failed.kind)
        return failed, answer

    def _check_wait(self, retry_after: float | None, kind: str) -> None:
        """Raise where the site asks for a longer wait than the user would."""
        if retry_after is not None and retry_after > self.settings.retry_after_cap:
            raise _come_back(retry_after, kind)

    def pause(self, attempt: int) -> float:
        """Seconds before the next try: doubling, and never the same for two crawlers."""
        longest = self.settings.backoff * 2.0 ** (attempt - 1)
        return longest * random.uniform(0.5, 1)

    def _tell(self, sent: Sent) -> None:
        self.pace.learn(sent)
        self.sent(sent)


class _Failed:
    """One try that went wrong."""

    def __init__(self, kind: str, fact: str, body: bytes, again: bool) -> None:
        self.kind, self.fact, self.body, self.again = kind, fact, body, again


def _understood(
    response: Response, may_be_absent: bool, known: Known | None
) -> tuple[_Failed | None, Answer | None]:
    """What a response is: an answer, or why it is none."""
    status, body = response.status, response.body
    if status == UNCHANGED:
        if known is not None:
            return None, Answer(known.body, parse(known.body), 200, True, known.validators)
        fact = "HTTP status 304 (not changed), though nothing was asked about a change"
        return _Failed("http 304", fact, body, False), None
    if status in ABSENT and may_be_absent:
        return None, Answer(b"", None, status)
    if 300 <= status < 400:
        fact = f"HTTP status {status}, a redirect, which is not followed"
        return _Failed(f"http {status}", fact, body, False), None
    if status != 200:
        return _Failed(f"http {status}", f"HTTP status {status}", body, status in TRANSIENT), None
    try:
        tree = parse(body)
    except (ValueError, RecursionError):
        return _Failed("not json", _not_json(body), body, True), None
    if _is_error(tree):
        fact = f"HTTP status 200 with an error where an answer was due; keys: {', '.join(tree)}"
        return _Failed("error answer", fact, body, True), None
    return None, Answer(body, tree, status)


def _is_error(tree: Any) -> bool:
    """Whether an answer is word of an error alone: code and message, with nothing else in it."""
    keys = {str(key).lower() for key in tree} if isinstance(tree, dict) else set()
    return bool(keys & _ERRORS) and keys <= _OF_ERRORS


def _not_json(body: bytes) -> str:
    """What came in place of JSON; without a letter of it, since it may name a person."""
    start = body.lstrip()[:1]
    if start == b"<":
        return "an HTML page where JSON was due"
    if start in (b"{", b"["):
        return f"JSON that can't be read to its end ({len(body):,} bytes)"
    return f"{len(body):,} bytes that are not JSON" if body else "an empty answer"


def _come_back(seconds: float, kind: str) -> CrawlStoppedError:
    """The end of a crawl that is told to wait for longer than crawl.retry_after_cap."""
    if seconds > _YEAR:  # no calendar goes on as long as some servers ask for
        return CrawlStoppedError(
            f"The site ({kind}) asks to wait for more than a year (Retry-After).",
            "Ask the site's owner, or try again tomorrow.",
        )
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(time.time() + seconds))
    return CrawlStoppedError(
        f"The site ({kind}) asks to wait for {duration(seconds)} (Retry-After).",
        f"Run the same command after {at}, this machine's time; or raise crawl.retry_after_cap.",
    )
