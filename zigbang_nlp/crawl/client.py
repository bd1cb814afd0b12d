"""The one HTTP client: asks robots.txt, waits, sends, retries; gives an answer, or an error."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
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

if TYPE_CHECKING:
    from zigbang_nlp.crawl.robots import Robots

Understood = TypeVar("Understood")

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
        self.robots: Robots | None = None
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
        understand = partial(self._understood, endpoint, url, known)
        tries = self.settings.retries + 1
        for attempt in range(1, tries + 1):
            try:
                return self._once(endpoint, prepared, understand)
            except Broken as broken:
                if not broken.again or attempt == tries:
                    times = f", {attempt} times" if attempt > 1 else ""
                    raise RequestFailedError(
                        f"{self.settings.base_url}{path} failed: {broken.fact}{times}.",
                        "Ask again later with --retry-failed.",
                        kind=broken.kind,
                        body=broken.body,
                    ) from broken
            self.pace.sleep(self.pause(attempt))
        raise AssertionError("unreachable: the last try returns or raises")

    def raw(self, path: str) -> Response:
        """The answer to one request, paced and counted, whatever it is; for robots.txt.

        Raises:
            Broken: there is none, or only word that the server is in trouble.
            CrawlStoppedError: from the pace or from `sent`, or the site asks to come back later.
        """
        return self._once("robots.txt", self.transport.prepare(path, {}), _untroubled)

    def _once(
        self, endpoint: str, prepared: Any, understand: Callable[[Response], Understood]
    ) -> Understood:
        """One try: paced, sent, understood and told of."""
        self.pace.wait()
        began = time.monotonic()
        response = Response(0, b"")
        try:
            response = self.transport.send(prepared)
            understood = understand(response)
        except Broken as broken:
            self._tell(endpoint, broken.kind, response, time.monotonic() - began)
            wait = response.retry_after
            if wait is not None and wait > self.settings.retry_after_cap:
                raise _come_back(wait, broken.kind) from broken
            raise
        self._tell(endpoint, None, response, time.monotonic() - began)
        return understood

    def _tell(self, endpoint: str, failure: str | None, answer: Response, seconds: float) -> None:
        # With a robots.txt that is well, Retry-After says nothing of how fast to ask.
        heard = failure is not None or endpoint != "robots.txt"
        wait = answer.retry_after if heard else None
        sent = Sent(failure, len(answer.body), seconds, answer.status, wait, endpoint)
        self.pace.learn(sent)
        self.sent(sent)

    def _understood(
        self, endpoint: str, url: str, known: Known | None, response: Response
    ) -> Answer:
        """The answer that a response is, or `Broken` with the reason why it is none."""
        status, body = response.status, response.body
        if status == UNCHANGED:
            if known is None:
                fact = "HTTP status 304 (not changed), though nothing was asked about a change"
                raise Broken("http 304", fact, body, again=False)
            return Answer(known.body, parse(known.body), 200, True, known.validators)
        if status in ABSENT and endpoint in self.site.may_be_absent:
            answer = Answer(b"", None, status)
        else:
            answer = Answer(body, _tree(status, body), status)
        if self.conditions is None:
            return answer
        return replace(answer, validators=self.conditions.validators(url, response.headers))

    def pause(self, attempt: int) -> float:
        """Seconds before the next try: doubling, and never the same for two crawlers."""
        longest = self.settings.backoff * 2.0 ** (attempt - 1)
        return longest * random.uniform(0.5, 1)


def _untroubled(response: Response) -> Response:
    """The response, unless the server is in trouble."""
    if response.status == 429 or response.status >= 500:
        raise Broken(f"http {response.status}", f"http {response.status}")
    return response


def _tree(status: int, body: bytes) -> Any:
    """The answer, parsed, of a response that should have one."""
    kind, fact = f"http {status}", f"HTTP status {status}"
    if 300 <= status < 400:
        raise Broken(kind, f"{fact}, a redirect, which is not followed", body, again=False)
    if status != 200:
        raise Broken(kind, fact, body, again=status in TRANSIENT)
    try:
        tree = parse(body)
    except (ValueError, RecursionError) as error:
        raise Broken("not json", _not_json(body), body) from error
    if _is_error(tree):
        fact += f" with an error where an answer was due; keys: {', '.join(tree)}"
        raise Broken("error answer", fact, body)
    return tree


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
