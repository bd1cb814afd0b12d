"""`crawl --cache`: a crawl that reads saved answers in place of asking, and sends nothing.

It goes the way of a crawl, from the region's cells to apartments to reviews, as far as answers are
kept; fill rates and signs of drift are those of any run. What was never asked stays to be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from zigbang_nlp.config import Settings
from zigbang_nlp.console import log
from zigbang_nlp.crawl import progress
from zigbang_nlp.crawl.crawler import CrawlSummary, chosen_source, find_region, site_of
from zigbang_nlp.crawl.drift import Watch
from zigbang_nlp.crawl.interpret import read_stored
from zigbang_nlp.crawl.maintain import BATCH, catch_up
from zigbang_nlp.crawl.results import Results
from zigbang_nlp.crawl.site import Site
from zigbang_nlp.errors import CrawlFailedError, DriftError
from zigbang_nlp.store import Counts, Outcome, Scope, Store, Task
from zigbang_nlp.store.reparse import save_reparsed
from zigbang_nlp.store.staging import batched


def crawl_saved(
    settings: Settings, store: Store, *, show: progress.Progress | None = None
) -> CrawlSummary:
    """Read a region's saved answers again, as a crawl would, without a request.

    Args:
        settings: region and site, as for `run_crawl`.
        store: an open store that no crawl writes to.
        show: is told of failures; None chooses a bar or lines.

    Raises:
        RegionError: the region can't be read, or would have to be looked up at the site.
        CrawlFailedError: the region has no saved answer, or none of a kind can be read.
        DriftError: the answers can't be read as the site's file says.
    """
    site = site_of(settings.crawl, chosen_source(settings.crawl, store) or "zigbang")
    where = find_region(settings.crawl, store, site.source, None)
    with store.database.only_crawler():
        catch_up(store)
        scope = Scope(site.source, where.name)
        first = list(site.first_tasks(where.cells))
        store.frontier.start(scope, first)
        # Districts stand in for cells whose endpoints were all closed.
        first += [Task("area", key) for key in store.frontier.keys(scope, "area")]
        reading = _Reading(store, site, scope, show or progress.choose())
        return reading.run(first)


@dataclass(slots=True)
class _Reading:
    """One run over the saved answers of a region."""

    store: Store
    site: Site
    scope: Scope
    show: progress.Progress
    results: Results = field(default_factory=Results)
    reviews: Counts = field(default_factory=Counts)
    unsaved: int = 0

    def run(self, first: list[Task]) -> CrawlSummary:
        store, source = self.store, self.site.source
        run = store.runs.begin(self.scope, "saved answers")
        before = store.fills.last_good(source, before=run)
        watch = Watch(self.site.data, before)
        outcome = "interrupted"
        try:
            self._read_all(first, watch)
            outcome = self._end(watch)
        except (CrawlFailedError, DriftError) as error:
            outcome = f"{'drift' if isinstance(error, DriftError) else 'failed'}: {error.fact}"
            raise
        finally:
            self.show.close()
            store.fills.add(run, watch.take_unsaved())
            store.runs.add(run, self.reviews, self.results.answers, self.results.failed)
            store.runs.end(run, outcome)
        results, reviews = self.results, self.reviews
        note = (
            f"{results.answers:,} saved answers read, {results.failed:,} can't be read; "
            f"{reviews.new:,} new reviews, {reviews.changed:,} changed, {reviews.seen:,} the same. "
            f"{self.unsaved:,} questions of this region have no saved answer. Nothing was sent."
        )
        return CrawlSummary(source, note, results.answers, results.failed, reviews=reviews)

    def _read_all(self, first: list[Task], watch: Watch) -> None:
        """From the first answers to those that they lead to, until there are no more."""
        wave, known = first, set(first)
        while wave:
            after: list[Task] = []
            for batch in batched(wave, BATCH):
                for outcome in self._read(batch):
                    for sign in watch.note(outcome):
                        log.warning("%s", sign.fact)
                    after += outcome.contents.tasks
            wave = sorted(set(after) - known)
            known.update(wave)

    def _read(self, batch: list[Task]) -> list[Outcome]:
        """Read and save the answers to some tasks; an unreadable one beside one that can be."""
        store, source = self.store, self.site.source
        scales = store.answers.scales(source)
        read: dict[bool, list[tuple[Outcome, datetime]]] = {True: [], False: []}
        outcomes = []
        for task, body, moment, was_read in store.answers.both(source, batch):
            outcome = read_stored(self.site, task, body, moment, scales)
            read[was_read].append((outcome, moment))
            outcomes.append(outcome)
        self.unsaved += len(set(batch) - {outcome.task for outcome in outcomes})
        for was_read, pairs in read.items():
            if pairs:
                saved = save_reparsed(store.database, source, pairs, was_read, self.scope.region)
                self.reviews += saved[0]
        for outcome in outcomes:
            self.results.note(outcome)
            if outcome.failure is not None:
                self.show.problem(outcome.failure.fact)
        return outcomes

    def _end(self, watch: Watch) -> str:
        """Judge the whole run, and give the word for its outcome."""
        if not self.results.answers + self.results.failed:
            raise CrawlFailedError(
                f"The store has no saved answer of the region {self.scope.region}.",
                "Crawl it without --cache first; `zigbang-nlp crawl --status` shows what is there.",
            )
        states = self.store.frontier.states(self.scope.source, self.scope.region)
        signs = watch.at_end(not any(kind == "reviews" for kind, _ in states))
        if (verdict := self.results.verdict()) is not None:
            raise verdict
        for sign in signs:
            log.warning("%s", sign.fact)
        facts = " ".join(sign.fact for sign in signs)
        return f"warned: {facts}" if facts else "complete"
