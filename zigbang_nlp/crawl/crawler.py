"""Region -> cells -> apartments -> reviews -> store: one call."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from zigbang_nlp.config import CrawlSettings, Settings
from zigbang_nlp.config.site import load_site
from zigbang_nlp.console import duration, log
from zigbang_nlp.crawl import progress
from zigbang_nlp.crawl.client import Client
from zigbang_nlp.crawl.conditional_requests import Conditions
from zigbang_nlp.crawl.health import Health
from zigbang_nlp.crawl.hogangnono import Hogangnono
from zigbang_nlp.crawl.loop import Loop
from zigbang_nlp.crawl.maintain import catch_up
from zigbang_nlp.crawl.named_region import find_place
from zigbang_nlp.crawl.pace import Pace
from zigbang_nlp.crawl.replay import Replay
from zigbang_nlp.crawl.results import tell_failed
from zigbang_nlp.crawl.robots import read_robots
from zigbang_nlp.crawl.site import Fetcher, Site
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.errors import InputError, RegionError
from zigbang_nlp.geo import cells, districts
from zigbang_nlp.geo.cells import Region
from zigbang_nlp.resources import SAMPLE, resource_dir
from zigbang_nlp.store import Counts, Scope, Store

ZIGBANG = "zigbang"
#: Clocks of several machines may differ by this much.
_SLACK = timedelta(minutes=2)


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
    if crawl.base_url == CrawlSettings.model_fields["base_url"].default and site.data.base_url:
        crawl = crawl.model_copy(update={"base_url": site.data.base_url})
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
            _check_host(store, source, crawl.base_url)
            _tell_clock(store, source)
            # A region with a mistake in it is an error before anything is sent.
            named = crawl.place and not districts.find(crawl.place)
            known = None if named else find_region(crawl, store, source, None)
            if crawl.robots:
                client.robots = read_robots(client, store, source)
                pace.at_least(client.robots.delay)
            where = known or find_region(crawl, store, source, client)
        return _crawl(
            store, site, fetcher, where, crawl, health, stopping, refresh, retry_failed, show
        )


def _check_host(store: Store, source: str, base_url: str) -> None:
    """Refuse a second host: its ids are others, and would be taken for those of the first."""
    host = urlsplit(base_url).hostname or ""
    first = store.answers.remembered(f"host of {source}", host)
    if first != host:
        raise InputError(
            f"This store holds answers of the host {first}, and base_url is {host}.",
            "Use another store (--db) for another site, or go back to the first base_url.",
        )


def _tell_clock(store: Store, source: str) -> None:
    """Say so where the last run seems to lie in the future."""
    last = store.runs.recent(source, 1)
    ahead = last[0].updated_at - datetime.now(UTC) if last else timedelta(0)
    if ahead > _SLACK:
        log.warning(
            "This machine's clock is %s behind the last run's: it went back, or was wrong then. "
            "--refresh and the daily budget may count wrongly until it is right.",
            duration(ahead.total_seconds()),
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


def find_region(
    settings: CrawlSettings, store: Store, source: str, client: Client | None
) -> Region:
    """The region that the settings name. Without a client, a place must have been looked up before.

    Raises:
        RegionError: it can't be read, is empty, or is not found.
    """
    try:
        if settings.place:
            return find_place(settings.place, store, source, client)
        if settings.preset != "none":
            return cells.from_preset(settings.preset)
        if settings.polygon:
            return cells.from_geojson(Path(settings.polygon))
        if settings.bbox:
            return cells.from_box(settings.bbox)
        return cells.from_geohashes(settings.geohash)
    except InputError as error:
        raise RegionError(error.fact, error.next_step) from error


def read_saved(
    settings: Settings, store: Store, directory: Path, *, show: progress.Progress | None = None
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
    show = show or progress.choose()
    loop = Loop(store, site, fetcher, scope, settings, health, show, stopping)
    try:
        loop.run()
    finally:
        show.close()
        if health.requests:
            log.info("%s", health.statistics())
        tell_failed(store, scope)
    results = loop.results
    note = results.told(loop.apartments, loop.reviews, loop.warnings)
    verdict = results.verdict()
    if verdict is not None:
        log.info("%s", note)
        raise verdict
    return CrawlSummary(
        site.source, note, results.answers, results.failed, loop.apartments, loop.reviews
    )
