"""robots.txt, as RFC 9309 has it: read once a day, obeyed by default."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from protego import Protego

from zigbang_nlp.crawl.client import Client, user_agent
from zigbang_nlp.errors import CrawlStoppedError, RequestFailedError
from zigbang_nlp.store import Store, Task

_FRESH = timedelta(hours=24)
_KIND = "robots.txt"


class Robots:
    """What a site lets us ask for.

    Args:
        text: the content of robots.txt; empty allows everything.
        base_url: the site.
        contact: as in the User-Agent.
    """

    def __init__(self, text: str, base_url: str, contact: str) -> None:
        self._rules = Protego.parse(text)
        self._base = base_url.rstrip("/")
        self._agent = user_agent(contact)

    @property
    def delay(self) -> float:
        """Seconds between requests that the site asks for, or 0."""
        return float(self._rules.crawl_delay(self._agent) or 0)

    def check(self, path: str, task: Task) -> None:
        """Raise CrawlStopped where the site forbids `path`."""
        if not self._rules.can_fetch(self._base + path, self._agent):
            raise CrawlStoppedError(
                f"{self._base}/robots.txt forbids {path} (for {task}).",
                "Ask the site's owner; with permission, set crawl.robots = false.",
            )


def read_robots(client: Client, store: Store, source: str) -> Robots:
    """The site's robots.txt: from the store when younger than a day, else from the site.

    Raises:
        CrawlStopped: the site can't say (RFC 9309 takes that as a no).
    """
    settings = client.settings
    kept = store.answers.get(source, _KIND, settings.base_url)
    if kept is not None and datetime.now(UTC) - kept[1] < _FRESH:
        body = kept[0]
    else:
        try:
            body = client.get("/robots.txt", {}, as_json=False)
        except RequestFailedError as error:
            if not error.kind.startswith("http 4") or error.kind in ("http 403", "http 429"):
                raise CrawlStoppedError(
                    f"{settings.base_url}/robots.txt can't be read ({error.kind}).",
                    "Try again later, or check crawl.base_url.",
                ) from error
            body = b""  # there is none: everything is allowed
        store.answers.save(source, _KIND, settings.base_url, body)
    return Robots(body.decode("utf-8", "replace"), settings.base_url, settings.contact)
