"""Region -> cells -> apartments -> reviews -> store."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field

from tqdm import tqdm

from zigbang_nlp.config import Settings
from zigbang_nlp.crawl import privacy, region
from zigbang_nlp.crawl.client import Client
from zigbang_nlp.crawl.pace import Pace
from zigbang_nlp.crawl.replay import Replay
from zigbang_nlp.crawl.site import Fetcher
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.errors import RequestFailed, SchemaError
from zigbang_nlp.resources import resource_dir
from zigbang_nlp.store import Counts, Store

#: The name under which the bundled answers are kept, apart from everything real.
SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What a crawl did.

    Attributes:
        source: the rows' source, or "" where nothing was asked.
        note: one sentence for the user.
        answers: answers that were read.
        failed: tasks that could not be done.
        apartments, reviews: rows new, changed and seen again.
    """

    source: str
    note: str
    answers: int = 0
    failed: int = 0
    apartments: Counts = field(default_factory=Counts)
    reviews: Counts = field(default_factory=Counts)


def run_crawl(settings: Settings, store: Store) -> CrawlSummary:
    """Crawl as the settings say, into the store.

    Raises:
        InputError: the region can't be read.
        CrawlStopped: the crawl gave up on purpose.
        StoreError: the store can't be written.
    """
    crawl = settings.crawl
    source: str = crawl.source
    if source == "auto":
        others = [name for name in store.sources() if name != SAMPLE]
        if others:
            return CrawlSummary(
                "",
                f"Nothing to crawl: the store already holds reviews from {', '.join(others)}.",
            )
        source = SAMPLE
    site = Zigbang(source)
    fetcher: Fetcher
    if source == SAMPLE:
        fetcher = Replay(resource_dir("sample"))
    else:
        fetcher = Client(site, crawl, Pace(crawl.rate))
    where = region.from_geohashes(crawl.geohash)
    tasks = deque(site.first_tasks(where.cells))
    known = set(tasks)
    apartments, reviews, answers, failed = Counts(), Counts(), 0, 0
    replace = privacy.keyed_hash("stage one")
    with tqdm(total=len(tasks), disable=None, unit="answer") as bar:
        while tasks:
            task = tasks.popleft()
            try:
                body = privacy.scrub(fetcher.fetch(task), site.personal, replace)
                if not fetcher.offline:
                    store.save_answer(source, task.kind, task.key, body)
                found = site.read(task, json.loads(body))
            except (RequestFailed, SchemaError) as error:
                bar.write(str(error))
                failed += 1
            else:
                apartments += store.add_apartments(found.apartments)
                reviews += store.add_reviews(found.reviews)
                fresh = [new for new in found.tasks if new not in known]
                known.update(fresh)
                tasks.extend(fresh)
                bar.total = (bar.total or 0) + len(fresh)
                answers += 1
            bar.update()
    return CrawlSummary(
        source,
        f"{reviews.new:,} new reviews, {reviews.changed:,} changed, {reviews.seen:,} seen again, "
        f"{apartments.new:,} new apartments.",
        answers,
        failed,
        apartments,
        reviews,
    )
