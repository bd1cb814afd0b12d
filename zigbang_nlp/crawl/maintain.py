"""Work on what is stored, without a request: read answers again, change the nickname key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from zigbang_nlp.console import log
from zigbang_nlp.crawl import privacy
from zigbang_nlp.crawl.hogangnono import Hogangnono
from zigbang_nlp.crawl.interpret import read_stored
from zigbang_nlp.crawl.named_region import without_persons
from zigbang_nlp.crawl.site import Site
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.store import Counts, Store, Task
from zigbang_nlp.store.reparse import save_reparsed
from zigbang_nlp.store.staging import batched

#: Answers that are read again in one transaction.
BATCH = 500
#: Goes up when the same answer is read into other rows than before.
READING = 4


@dataclass(frozen=True, slots=True)
class Reparsed:
    """What reading again changed: rows of reviews, and answers that still can't be read."""

    answers: int = 0
    reviews: Counts = field(default_factory=Counts)
    removed: int = 0
    failed: tuple[str, ...] = ()

    def __add__(self, other: Reparsed) -> Reparsed:
        return Reparsed(
            self.answers + other.answers,
            self.reviews + other.reviews,
            self.removed + other.removed,
            self.failed + other.failed,
        )


def sites() -> tuple[Site, ...]:
    """Every site whose answers may be in a store."""
    return (Zigbang(), Zigbang("sample"), Hogangnono())


def reparse(store: Store, readers: Iterable[Site] | None = None) -> Reparsed:
    """Rebuild all rows from the raw answers, after the mapping was mended.

    Args:
        store: the store whose answers are read again.
        readers: the sites whose answers to read again; None means all.
    """
    total = Reparsed()
    with store.database.only_crawler():
        for site in readers or sites():
            total += reread(store, site)
    return total


def catch_up(store: Store) -> None:
    """Read the stored answers again, once, where an earlier version of the package read them.

    Earlier ones kept the answers of the search whole, too; now nothing of persons stays in them.
    Inside the caller's hold on the store. A review that the site gives no id has one made from
    what it says; the next answer must find it under the same one.
    """
    if store.answers.reading() >= READING:
        return
    store.answers.rewrite("search", without_persons)
    total = Reparsed()
    for site in sites():
        total += reread(store, site)
    if total.answers:
        log.info(
            "%s stored answers were read again, as this version reads them; %s can't be read.",
            f"{total.answers:,}",
            f"{len(total.failed):,}",
        )
    store.answers.set_reading(READING)


def reread(store: Store, site: Site, since: datetime | None = None) -> Reparsed:
    """Rebuild the rows of one site, inside the caller's hold on the store.

    Args:
        store: the store that the rows are of.
        site: whose answers are read.
        since: only from answers of this moment or later.
    """
    total, scales = Reparsed(), store.answers.scales(site.source)
    for was_read in (True, False):  # what could not be read is newer than what could
        stored = store.answers.all(site.source, privacy.KINDS, since, was_read)
        for batch in batched(stored, BATCH):
            read = [
                (read_stored(site, Task(kind, key), body, moment, scales), moment)
                for kind, key, body, moment in batch
            ]
            counts, removed = save_reparsed(store.database, site.source, read, was_read)
            failed = tuple(outcome.failure.fact for outcome, _ in read if outcome.failure)
            total += Reparsed(len(read), counts, removed, failed)
    return total


def rotate_nickname_key(store: Store) -> int:
    """Give the store a new nickname key; returns the number of authors whose hash changed."""
    files = {site.source: site.data for site in sites()}

    def rehash(key: str, old: str) -> str:
        return privacy.keyed_hash(key)(old)

    def rescrub(key: str, source: str, kind: str, body: bytes) -> bytes:
        if source not in files or kind not in privacy.KINDS:
            return body
        # What is stored may be kept: nothing but the hashes changes.
        scrubber = privacy.Scrubber(files[source], privacy.keyed_hash(key), covariates=True)
        return scrubber.body(kind, body)

    with store.database.only_crawler():
        return store.answers.rotate_nickname_key(rehash, rescrub)
