"""When the next request may go out: one place for all workers, all retries and all machines."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from zigbang_nlp.config import CrawlSettings
from zigbang_nlp.errors import CrawlStoppedError
from zigbang_nlp.store.pacing import Pacing

#: The interval doubles on each sign of trouble and shrinks by a tenth on each good answer.
SLOWER, FASTER = 2.0, 0.9
#: The slowest that the adaptive rate gets, in seconds between requests.
SLOWEST = 60.0
#: The same where the site's owner allows any number of requests.
SLOWEST_UNLIMITED = 1.0
#: What a server says when it is asked too much.
OVERLOADED = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Sent:
    """How one request went: for counters, the adaptive rate and the stop on many failures.

    Attributes:
        endpoint: what was asked for: a task's kind, "search" or "robots.txt".
        failure: what went wrong in a word or two, or None.
        bytes, seconds: of the answer.
        status: 0 where there was no answer.
        retry_after: seconds, where the site says so.
    """

    failure: str | None
    bytes: int
    seconds: float
    status: int = 0
    retry_after: float | None = None
    endpoint: str = ""


class Interrupted(CrawlStoppedError):
    """Somebody else had the reason to stop."""


class LimitReachedError(CrawlStoppedError):
    """The run has done as much as it was to do; that is no failure."""

    exit_code = 0


class Pace:
    """Gives each request its turn, at least 1/rate seconds after the last one, with jitter.

    The turn itself is taken in the store, so the rate and the daily budget hold over every worker,
    every machine that shares the store, and a restart after a kill.

    Args:
        pacing: the store's book of turns.
        source: the site.
        settings: rate, jitter, budget, what counts as slow.
        stopping: set from outside to end every wait at once.
    """

    def __init__(
        self, pacing: Pacing, source: str, settings: CrawlSettings, stopping: threading.Event
    ) -> None:
        self.pacing, self.source, self.settings, self.stopping = pacing, source, settings, stopping
        self.interval = 1 / settings.rate if settings.rate else 0.0  # seconds, before jitter
        self._base = self.interval
        self._slowest = SLOWEST if settings.rate else SLOWEST_UNLIMITED
        self._changing = threading.Lock()
        # One worker at a time waits for the next turn; the others stand in line behind it.
        self._line = threading.Lock()
        self._not_before = 0.0
        self._taken, self._began = 0, time.monotonic()

    def at_least(self, seconds: float) -> None:
        """Never send more often than this (robots.txt's Crawl-delay)."""
        self._base = max(self._base, seconds)
        self.interval = max(self.interval, self._base)
        self._slowest = max(self._slowest, self._base)

    def wait(self) -> None:
        """Return when a request may be sent.

        Raises:
            CrawlStopped: the crawl is being stopped, or the day's budget is used up.
        """
        self.sleep(0)
        self._check_limits()
        if self.interval == 0 and not self.settings.daily_budget:
            return
        with self._line:
            while True:
                interval = self.interval * (1 + random.uniform(0, self.settings.jitter))
                turn = self.pacing.take(self.source, interval, self.settings.daily_budget)
                if turn.spent:
                    raise CrawlStoppedError(
                        f"The daily budget of {self.settings.daily_budget:,} requests is used up.",
                        "Run the same command tomorrow (Korean time) to go on, or raise "
                        "crawl.daily_budget.",
                    )
                if turn.wait == 0:
                    # The store may have been slow to say so: count from what was really sent.
                    self.sleep(self._not_before - time.monotonic())
                    self._not_before = time.monotonic() + interval
                    return
                self.sleep(turn.wait)

    def _check_limits(self) -> None:
        most, minutes = self.settings.max_requests, self.settings.max_minutes
        with self._changing:
            if most and self._taken >= most:
                fact = f"This run has sent its {most:,} requests (crawl.max_requests)."
            elif minutes and time.monotonic() - self._began >= minutes * 60:
                fact = f"This run has lasted its {minutes:g} minutes (crawl.max_minutes)."
            else:
                self._taken += 1
                return
        raise LimitReachedError(fact, "Run the same command to go on.")

    def sleep(self, seconds: float) -> None:
        """Wait, or raise Interrupted as soon as the crawl is being stopped."""
        if self.stopping.wait(max(0.0, seconds)):
            raise Interrupted("The crawl was interrupted.", "Run the same command to go on.")

    def learn(self, sent: Sent) -> None:
        """Slow down on overload, time-outs and slow answers; recover on good ones."""
        slow = (
            sent.status in OVERLOADED
            or sent.retry_after is not None
            or sent.failure == "timeout"
            or sent.seconds > self.settings.slow_answer
        )
        with self._changing:
            if slow:
                # Without a limit there is still something to slow down from.
                self.interval = min(max(self.interval * SLOWER, 0.05), self._slowest)
            elif sent.failure is None:
                faster = self.interval * FASTER
                self.interval = max(self._base, faster if faster > 0.001 else 0.0)
        if sent.retry_after is not None:
            cap = self.settings.retry_after_cap
            self.pacing.hold(self.source, min(sent.retry_after, cap))
