"""robots.txt, as RFC 9309 has it: read once a day, obeyed by default."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from protego import Protego

from zigbang_nlp.config.secrets import without_password
from zigbang_nlp.console import duration, log
from zigbang_nlp.crawl.client import Client
from zigbang_nlp.crawl.transport import Broken, Response, user_agent
from zigbang_nlp.errors import CrawlStoppedError
from zigbang_nlp.store import Store

_FRESH = timedelta(hours=24)
_KIND = "robots.txt"
_DELAY = re.compile(r"^\s*crawl-delay\s*:\s*([^\s#]+)", re.IGNORECASE | re.MULTILINE)
_VERSION = re.compile(r"^(\s*user-agent\s*:\s*[a-z_-]+)/[^\s#]*", re.IGNORECASE | re.MULTILINE)
#: Redirects that are followed (RFC 9309, 2.3.1.2).
_HOPS = 5
#: Seconds between requests beyond which no crawl of a region comes to an end.
_BEYOND_REASON = 60.0


class Robots:
    """What a site lets us ask for.

    Args:
        text: the content of robots.txt; empty allows everything.
        contact: as in the User-Agent.
    """

    def __init__(self, text: str, contact: str) -> None:
        # A group is named by a product token; what follows it ("zigbang-nlp/1.0") says nothing.
        self._rules = Protego.parse(_VERSION.sub(r"\1", text.removeprefix("\ufeff")))
        self._agent = user_agent(contact)

    @property
    def delay(self) -> float:
        """Seconds between requests that the site asks for, or 0."""
        delay = float(self._rules.crawl_delay(self._agent) or 0)
        return delay if 0 < delay < math.inf else 0.0

    def allows(self, url: str) -> bool:
        """Whether this very URL, query and all, may be asked for."""
        return bool(self._rules.can_fetch(url, self._agent))


def read_robots(client: Client, store: Store, source: str) -> Robots:
    """The site's robots.txt: from the store when younger than a day, else from the site.

    Raises:
        CrawlStoppedError: the site can't say (RFC 9309 takes that as a no), or it asks for so long
            a pause between requests that a crawl makes no sense.
    """
    settings = client.settings
    kept = store.answers.get(source, _KIND, settings.base_url)
    if kept is not None and datetime.now(UTC) - kept[1] < _FRESH:
        body = kept[0]
    else:
        body = _fetch(client)
        store.answers.save(source, _KIND, settings.base_url, body)
    text = body.decode("utf-8", "replace")
    robots = Robots(text, settings.contact)
    delay, rate = robots.delay, settings.rate
    if not delay and (no_delays := [word for word in _DELAY.findall(text) if not _is_delay(word)]):
        log.warning(
            "robots.txt has a Crawl-delay that is no number of seconds (%s); it is not kept.",
            no_delays[0][:20],
        )
    if delay > _BEYOND_REASON:
        raise CrawlStoppedError(
            f"robots.txt asks for a Crawl-delay of {duration(delay)} between requests.",
            "Ask the site's owner; with permission, set crawl.robots = false.",
        )
    if delay and (not rate or delay > 1 / rate):
        log.info("robots.txt asks for a Crawl-delay of %s; it is kept.", duration(delay))
    return robots


def _is_delay(word: str) -> bool:
    """Whether it is a number of seconds."""
    try:
        return 0 <= float(word) < math.inf
    except ValueError:
        return False


def _fetch(client: Client) -> bytes:
    """The content, from where redirects lead; nothing where there is none."""
    where = f"{client.settings.base_url.rstrip('/')}/robots.txt"
    for _ in range(_HOPS + 1):
        try:
            response = _persistent(client, where)
        except Broken as broken:
            named = "crawl.proxy" if client.settings.proxy else "crawl.base_url"
            raise CrawlStoppedError(
                f"{client.settings.base_url}/robots.txt can't be read "
                f"({without_password(broken.fact)}).",
                f"Try again later, or check {named}.",
            ) from broken
        target = response.headers.get("Location")
        if 300 <= response.status < 400 and target:
            where = urljoin(where, target)
            if urlsplit(where).scheme not in ("http", "https"):
                return b""
            continue
        return response.body if response.status == 200 else b""  # there is none: all is allowed
    return b""  # too many redirects count as none


def _persistent(client: Client, where: str) -> Response:
    """The response, tried again where the server may do better in a moment."""
    for attempt in range(client.settings.retries):
        try:
            return client.raw(where)
        except Broken:
            client.pace.sleep(client.pause(attempt + 1))
    return client.raw(where)
