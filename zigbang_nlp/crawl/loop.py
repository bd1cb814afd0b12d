"""The loop: take a task, ask, read, save; until nothing is left, on several threads if wanted."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from zigbang_nlp.config import CrawlSettings
from zigbang_nlp.console import log
from zigbang_nlp.crawl.health import Health
from zigbang_nlp.crawl.interpret import read_answer, read_tree
from zigbang_nlp.crawl.pace import Interrupted, LimitReachedError
from zigbang_nlp.crawl.privacy import Scrubber, as_json, drop, keyed_hash
from zigbang_nlp.crawl.progress import Figures, Progress
from zigbang_nlp.crawl.reading import parse
from zigbang_nlp.crawl.results import Results
from zigbang_nlp.crawl.run_monitor import RunMonitor
from zigbang_nlp.crawl.saver import Saver
from zigbang_nlp.crawl.site import Answer, Fetcher, Site
from zigbang_nlp.errors import CrawlStoppedError, DriftError, RequestFailedError, ValueRefusedError
from zigbang_nlp.store import Contents, Counts, Failure, Outcome, Scope, Store, Tally, Task

#: Tasks answered from files are saved this many at a time; the site's are saved one by one.
OFFLINE_BATCH = 500
#: Tasks that a worker has claimed ahead: few, so that several crawlers share what is left.
AHEAD = 8
#: Answers that share a transaction, where nothing limits the rate; those of a second may too.
BACKLOG = 8
#: Seconds between looks for work while others hold what is left.
POLL = 0.2


class Loop:
    """One run over one scope.

    Args:
        store: keeps the frontier and takes the rows.
        site: reads the answers.
        fetcher: gets them.
        scope: the part of the frontier to work through.
        settings: workers, lease, rate, and what is kept of persons.
        health: counts and decides when to stop.
        progress: is told how it goes.
        stopping: ends every wait.
    """

    def __init__(
        self,
        store: Store,
        site: Site,
        fetcher: Fetcher,
        scope: Scope,
        settings: CrawlSettings,
        health: Health,
        progress: Progress,
        stopping: threading.Event,
    ) -> None:
        self.store, self.site, self.fetcher, self.scope = store, site, fetcher, scope
        self.health, self.progress, self.stopping = health, progress, stopping
        self.workers = 1 if fetcher.offline else settings.workers
        self.lease = settings.lease
        hashed = settings.nicknames == "hash"
        nicknames = keyed_hash(store.answers.nickname_key()) if hashed else drop
        self.scrubber = Scrubber(site.data, nicknames, settings.covariates)
        # A limit leaves the time to save each answer before the next question.
        backlog = 0 if fetcher.offline or settings.rate else BACKLOG
        self._saver = Saver(self._save, backlog, stopping)
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.apartments, self.reviews = Counts(), Counts()
        self.results = Results()
        self.warnings: list[str] = []
        self._lock = threading.Lock()
        self._claimed: deque[Task] = deque()
        self._began = self._renewed = time.monotonic()

    def run(self) -> None:
        """Work until the scope has no open task.

        Raises:
            CrawlStopped: it gave up on purpose.
            StoreError: the store failed.
        """
        self.run_id = self.store.runs.begin(self.scope, self.name)
        self.course = RunMonitor(self.store, self.site, self.scope, self.run_id)
        outcome = "interrupted"
        try:
            self._run_workers()
            passing = self.results.passing()
            if passing and not self.fetcher.offline:  # an outage may be over by now
                log.info("Asking again for the %s that failed.", f"{len(passing):,}")
                self.store.frontier.put_back(self.scope.source, passing)
                self.store.runs.forgive(self.run_id, len(passing))
                self._run_workers()
            while self.course.go_on():
                self._run_workers()
            outcome = self.course.end()
        except DriftError as error:
            outcome = f"drift: {error.fact}"
            raise
        except LimitReachedError as limit:
            outcome = f"limit: {limit.fact}"
            self.store.frontier.put_back(self.scope.source, self.health.not_their_fault())
            log.info("%s", limit)
        except CrawlStoppedError as error:
            outcome = f"stopped: {error.fact}"
            self.store.frontier.put_back(self.scope.source, self.health.not_their_fault())
            raise
        finally:
            self.warnings = self.course.warnings
            self.course.save()
            self.progress.update(self._figures())
            self.store.frontier.release(self.name)
            self.store.frontier.save(self.scope, self.run_id, (), self.health.take_tally())
            self.store.runs.end(self.run_id, outcome)

    def _run_workers(self) -> None:
        with self._saver:
            futures = self._ask_all()
        errors = [error for future in futures if (error := future.exception()) is not None]
        errors += self._saver.errors()
        if errors:  # those that were only told to stop say nothing about why
            raise min(errors, key=lambda error: isinstance(error, Interrupted))

    def _ask_all(self) -> list[Future[None]]:
        """Run the workers until all have ended."""
        with ThreadPoolExecutor(self.workers, "crawl") as pool:
            futures = [pool.submit(self._work) for _ in range(self.workers)]
            try:
                pending: set[Future[None]] = set(futures)
                while pending:
                    done, pending = wait(pending, timeout=1, return_when=FIRST_EXCEPTION)
                    if any(future.exception() for future in done):
                        self.stopping.set()
                        break
                    self._beat()
            except BaseException:  # Ctrl-C, or the store failed: the workers must not go on
                self.stopping.set()
                raise
        return futures

    def _beat(self) -> None:
        """Once a second: save what waits, keep the leases, show the figures."""
        self._saver.submit()
        if time.monotonic() - self._renewed > self.lease / 4:
            self.store.frontier.renew(self.name, self.lease)
            self._renewed = time.monotonic()
        self.course.save()
        self.progress.update(self._figures())

    def _work(self) -> None:
        while not self.stopping.is_set():
            batch = self._take()
            if batch:
                self._saver.add([self._ask(task) for task in batch])
            elif self._saver.settle():
                continue  # what is saved now may have brought tasks
            elif self.store.frontier.open_tasks(self.scope):
                self.stopping.wait(POLL)  # somebody's answer may still bring tasks
            else:
                return

    def _take(self) -> list[Task]:
        """The next tasks of this worker: one, or many where asking costs nothing."""
        with self._lock:
            if not self._claimed:
                count = OFFLINE_BATCH if self.fetcher.offline else AHEAD * self.workers
                self._claimed.extend(
                    self.store.frontier.claim(self.scope, self.name, count, self.lease)
                )
            count = len(self._claimed) if self.fetcher.offline else min(1, len(self._claimed))
            return [self._claimed.popleft() for _ in range(count)]

    def _ask(self, task: Task) -> Outcome:
        # Named before it is asked: another endpoint may be taken meanwhile.
        endpoint = self.site.endpoint(task)
        return replace(self._asked(task), endpoint=endpoint)

    def _asked(self, task: Task) -> Outcome:
        if self.site.endpoints.given_up(task.kind):
            return Outcome(task, b"", absent=404)
        try:
            answer = self.fetcher.fetch(task)
        except RequestFailedError as error:
            body = self.scrubber.body(task.kind, error.body)
            return Outcome(task, body, failure=Failure(error.kind, f"{task}: {error.fact}"))
        if answer.absent:
            return Outcome(task, b"", absent=answer.status)
        return replace(self._understood(task, answer), validators=answer.validators)

    def _understood(self, task: Task, answer: Answer) -> Outcome:
        """What an answer says, once persons are taken out of it."""
        if answer.kept:
            return read_tree(self.site, task, answer.body, answer.tree)
        try:
            tree = parse(answer.body) if answer.tree is None else answer.tree
            tree = self.scrubber.tree(task.kind, tree)
            body = as_json(tree)
        except (ValueError, RecursionError):
            return read_answer(self.site, task, self.scrubber.broken(answer.body))
        return read_tree(self.site, task, body, tree)

    def _save(self, outcomes: list[Outcome]) -> None:
        tally = self.health.take_tally()
        drifted = sum(o.failure is not None and o.failure.kind == "schema" for o in outcomes)
        if drifted:  # the request went well, so only here it is known to be an error
            tally.errors["schema"] = drifted
        outcomes = self._stored(outcomes, tally)
        for outcome in outcomes:
            self.results.note(outcome)
            if outcome.failure is None:
                self.health.task_done(outcome.task)
            else:
                if not outcome.failure.readable_later:
                    self.health.task_failed(outcome.task)
                self.progress.problem(outcome.failure.fact)
        self.course.note(outcomes)

    def _stored(self, outcomes: list[Outcome], tally: Tally) -> list[Outcome]:
        """Save answers; one whose values no database holds is a failure, and costs no other."""
        try:
            counts = self.store.frontier.save(self.scope, self.run_id, outcomes, tally)
        except ValueRefusedError as error:
            if len(outcomes) > 1:
                self.store.frontier.save(self.scope, self.run_id, (), tally)
                return [one for o in outcomes for one in self._stored([o], Tally())]
            (lost,) = outcomes
            fact = f"The answer for {lost.task} can't be stored: {error.fact}"
            lost = replace(lost, contents=Contents(), failure=Failure("value", fact))
            counts = self.store.frontier.save(self.scope, self.run_id, [lost], tally)
            outcomes = [lost]
        self.apartments += counts[0]
        self.reviews += counts[1]
        return outcomes

    def _figures(self) -> Figures:
        states = self.store.frontier.states(self.scope.source, self.scope.region)
        return Figures(
            cells=states.get(("cell", "done"), 0),
            apartments=states.get(("reviews", "done"), 0),
            reviews=self.reviews.new + self.reviews.changed + self.reviews.seen,
            done=sum(count for (_, state), count in states.items() if state == "done"),
            left=sum(count for (_, state), count in states.items() if state in ("todo", "leased")),
            failed=sum(count for (_, state), count in states.items() if state == "failed"),
            tasks=self.results.answers + self.results.failed,
            requests=self.health.requests,
            seconds=time.monotonic() - self._began,
        )
