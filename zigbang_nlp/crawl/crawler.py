"""Region -> cells -> apartments -> reviews -> store: one call."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zigbang_nlp.config import CrawlSettings, Settings
from zigbang_nlp.config.site import file_to_mend, load_site
from zigbang_nlp.console import log
from zigbang_nlp.crawl import privacy, progress
from zigbang_nlp.crawl.checks import check_host, tell_clock
from zigbang_nlp.crawl.client import Client
from zigbang_nlp.crawl.conditional_requests import Conditions
from zigbang_nlp.crawl.health import Health
from zigbang_nlp.crawl.hogangnono import Hogangnono
from zigbang_nlp.crawl.loop import BACKLOG, Loop
from zigbang_nlp.crawl.maintain import catch_up
from zigbang_nlp.crawl.named_region import find_place, is_known_place
from zigbang_nlp.crawl.pace import Pace
from zigbang_nlp.crawl.reader import SiteReader
from zigbang_nlp.crawl.replay import Replay
from zigbang_nlp.crawl.robots import read_robots
from zigbang_nlp.crawl.site import Fetcher, Site
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.errors import InputError, RegionError
from zigbang_nlp.geo import cells
from zigbang_nlp.geo.cells import Region
from zigbang_nlp.resources import SAMPLE, resource_dir
from zigbang_nlp.store import Counts, Failure, Scope, Store

ZIGBANG = "zigbang"


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What a crawl did.

    Attributes:
        source: the rows' source, or "" where nothing was asked.
        note: one sentence for the user.
        answers: answers that were read.
        failed: tasks that could not be done; `crawl --status` lists them.
        apartments, reviews: rows new, changed and seen again.
    """

    source: str
    note: str
    answers: int = 0
    failed: int = 0
    apartments: Counts = field(default_factory=Counts)
    reviews: Counts = field(default_factory=Counts)


#: Settings that nobody changes to read the bundled sample.
_OF_THE_SITE = ("base_url", "site", "geohash", "preset", "place", "polygon", "bbox")


def chosen_source(settings: CrawlSettings, store: Store) -> str:
    """The source in force.

    `auto` is the site where a region or an address is set, else the sample; or "", where the store
    already holds reviews from elsewhere.
    """
    if settings.source != "auto":
        return settings.source
    plain = CrawlSettings()
    if any(getattr(settings, name) != getattr(plain, name) for name in _OF_THE_SITE):
        return ZIGBANG
    return "" if any(name != SAMPLE for name in store.sources()) else SAMPLE


def run_crawl(
    settings: Settings,
    store: Store,
    *,
    refresh: timedelta | None = None,
    retry_failed: bool = False,
    show: progress.Progress | None = None,
) -> CrawlSummary:
    """Crawl as the settings say, into the store; goes on where an earlier run was stopped.

    Args:
        settings: region, site and pace; where the bundled sample is.
        store: an open store that no other crawl writes to.
        refresh: ask again what is older than this.
        retry_failed: ask again what failed.
        show: is told how it goes; None chooses a bar or lines.

    Raises:
        InputError: the region can't be read or found.
        CrawlStopped: the crawl gave up on purpose.
        StoreError: the store can't be written, or another crawl is at work on it.
    """
    crawl = settings.crawl
    source = chosen_source(crawl, store)
    if not source:
        others = ", ".join(name for name in store.sources() if name != SAMPLE)
        return CrawlSummary("", f"Nothing to crawl: the store already holds reviews from {others}.")
    site = site_of(crawl, source)
    source = site.source
    crawl = crawl.model_copy(update={"base_url": base_url(crawl, site)})
    stopping, health = threading.Event(), Health(crawl.stop_share)
    with store.database.only_crawler():
        catch_up(store)
        if source == SAMPLE:
            fetcher: Fetcher = Replay(resource_dir("sample"))
            where = cells.from_geohashes(crawl.geohash)
        else:
            pace = Pace(store.pacing, source, crawl, stopping)
            conditions = Conditions(store, source, crawl)
            fetcher = client = Client(site, crawl, pace, health.note, conditions)
            check_host(store, source, crawl.base_url)
            tell_clock(store, source)
            # A region with a mistake in it is an error before anything is sent.
            named = crawl.place and not is_known_place(crawl.place)
            known = None if named else find_region(crawl, store, source, None)
            if crawl.robots:
                client.robots = read_robots(client, store, source)
                pace.at_least(client.robots.delay)
            where = known or find_region(crawl, store, source, client)
        return _crawl(
            store, site, fetcher, where, crawl, health, stopping, refresh, retry_failed, show
        )


def site_of(settings: CrawlSettings, source: str | None = None) -> Zigbang:
    """The reader of the site that the settings name.

    Raises:
        ConfigError: its file can't be read.
    """
    data = load_site(Path(settings.site)) if settings.site else None
    if source == ZIGBANG and data is not None:
        source = data.source
    return Zigbang(source, settings.details, data)


def base_url(settings: CrawlSettings, site: SiteReader) -> str:
    """Where the site answers: as set, else as its file says."""
    usual = CrawlSettings.model_fields["base_url"].default
    return settings.base_url if settings.base_url != usual else site.data.base_url or usual


def find_region(
    settings: CrawlSettings, store: Store, source: str, client: Client | None
) -> Region:
    """The region that the settings name. Without a client, a place must have been looked up before.

    Raises:
        RegionError: it can't be read, is empty, or is not found.
    """
    try:
        return _find_region(settings, store, source, client)
    except InputError as error:
        raise RegionError(error.fact, error.next_step) from error


def _find_region(
    settings: CrawlSettings, store: Store, source: str, client: Client | None
) -> Region:
    if settings.place:
        return find_place(settings.place, store, source, client)
    if settings.preset != "none":
        return cells.from_preset(settings.preset)
    if settings.polygon:
        return cells.from_geojson(Path(settings.polygon))
    if settings.bbox:
        return cells.from_box(settings.bbox)
    return cells.from_geohashes(settings.geohash)


def read_saved(
    settings: Settings,
    store: Store,
    directory: Path,
    *,
    show: progress.Progress | None = None,
) -> CrawlSummary:
    """Read saved Hogangnono answers, one JSON file an apartment named by its id, into the store.

    Raises:
        InputError: there is no such file in `directory`.
        ConfigError: the site's file that is set can't be read.
    """
    data = load_site(Path(settings.crawl.site)) if settings.crawl.site else None
    site = Hogangnono.of(directory, data)
    fetcher = Replay(directory, layout={"reviews": "."})
    where = Region(f"files {directory.name}", ())
    crawl, stopping = settings.crawl, threading.Event()
    with store.database.only_crawler():
        catch_up(store)
        return _crawl(store, site, fetcher, where, crawl, Health(1), stopping, None, False, show)


def _crawl(
    store: Store,
    site: Site,
    fetcher: Fetcher,
    where: Region,
    settings: CrawlSettings,
    health: Health,
    stopping: threading.Event,
    refresh: timedelta | None,
    retry_failed: bool,
    show: progress.Progress | None,
) -> CrawlSummary:
    scope = Scope(site.source, where.name)
    if store.database.is_sqlite:
        store.frontier.release_all()  # `only_crawler` says that whoever held them is dead
    if fetcher.offline:
        store.frontier.forget(site.source)  # all is read again, and some files may be gone
    before = None if refresh is None else datetime.now(UTC) - refresh
    store.frontier.start(scope, site.first_tasks(where.cells), before, retry_failed)
    scrubber = privacy.Scrubber(site.data, nickname_rule(settings, store), settings.covariates)
    workers = 1 if fetcher.offline else settings.workers
    show = show or progress.choose()
    # A limit leaves the time to save each answer before the next question.
    backlog = 0 if fetcher.offline or settings.rate else BACKLOG
    loop = Loop(
        *(store, site, fetcher, scope, health, scrubber, show, stopping),
        *(workers, settings.lease, backlog),
    )
    try:
        loop.run()
    finally:
        show.close()
        if health.requests:
            log.info("%s", health.statistics())
        _tell_failed(store, scope)
    verdict = loop.results.verdict()
    if verdict is not None:
        log.info("%s", _note(loop))
        raise verdict
    results = loop.results
    return CrawlSummary(
        site.source, _note(loop), results.answers, results.failed, loop.apartments, loop.reviews
    )


def nickname_rule(settings: CrawlSettings, store: Store) -> privacy.Replace:
    """What becomes of nicknames: a hash with the store's key, or nothing."""
    if settings.nicknames == "drop":
        return privacy.drop
    return privacy.keyed_hash(store.answers.nickname_key())


def _note(loop: Loop) -> str:
    reviews, apartments = loop.reviews, loop.apartments
    note = (
        f"{reviews.new:,} new reviews, {reviews.changed:,} changed, {reviews.seen:,} seen again; "
        f"{apartments.new:,} new apartments; {loop.results.answers:,} answers read. "
        f"{loop.results.absences()}"
    )
    if not loop.results.answers + loop.results.failed:
        note += " Nothing was left to ask; --refresh 30d asks again for what is older."
    if reviews.vanished:
        note += (
            f" {reviews.vanished:,} texts known from earlier are no longer there; they are kept."
        )
    kept = {"scores": reviews.kept_scores, "dates": reviews.kept_dates}
    kept["authors"] = reviews.kept_authors
    if lost := ", ".join(f"{count:,} {what}" for what, count in kept.items() if count):
        note += f" The answers no longer give {lost} that were known; those are kept."
    if loop.warnings:
        note += (
            f" The site may have changed: {' '.join(loop.warnings)} "
            "`crawl --status` shows how often each field is filled."
        )
    return note.strip()


def _tell_failed(store: Store, scope: Scope) -> None:
    """The last word of every run: what is not there."""
    states = store.frontier.states(scope.source, scope.region)
    failed = sum(count for (_, state), count in states.items() if state == "failed")
    left = sum(count for (_, state), count in states.items() if state in ("todo", "leased"))
    again = store.frontier.to_ask_again(scope)
    message = f"{failed:,} still failed" if failed or again else "Nothing failed"
    if left:
        tried = f" ({again:,} of them failed before)" if again else ""
        message += f", {left:,} left to ask{tried}: run the same command to go on"
    if failed or again:
        message += "; `crawl --status` lists the failures"
    if failed:
        unread = store.frontier.failed_as(scope, Failure.READABLE_LATER)
        if failed > unread:
            message += ", --retry-failed asks for them again"
        if unread:
            message += (
                f"; {unread:,} came, and could not be read or not wholly: put the new names into "
                f"{file_to_mend(scope.source)}, then --site FILE --reparse"
            )
    log.log(logging.WARNING if failed or again else logging.INFO, "%s.", message)
