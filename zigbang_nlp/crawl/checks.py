"""What is checked before a crawl sends anything: one host a store, and a clock that goes forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from zigbang_nlp.console import duration, log
from zigbang_nlp.errors import InputError
from zigbang_nlp.store import Store

#: Clocks of several machines may differ by this much.
_SLACK = timedelta(minutes=2)


def check_host(store: Store, source: str, base_url: str) -> None:
    """Refuse a second host: its ids are others, and would be taken for those of the first.

    Raises:
        InputError: the store holds answers of another host.
    """
    host = urlsplit(base_url).hostname or ""
    first = store.answers.remembered(f"host of {source}", host)
    if first != host:
        raise InputError(
            f"This store holds answers of the host {first}, and base_url is {host}.",
            "Use another store (--db) for another site, or go back to the first base_url.",
        )


def tell_clock(store: Store, source: str) -> None:
    """Say so where the last run seems to lie in the future."""
    last = store.runs.recent(source, 1)
    ahead = last[0].updated_at - datetime.now(UTC) if last else timedelta(0)
    if ahead > _SLACK:
        log.warning(
            "This machine's clock is %s behind the last run's: it went back, or was wrong then. "
            "--refresh and the daily budget may count wrongly until it is right.",
            duration(ahead.total_seconds()),
        )
