"""How the requests go: what is counted, and when it is time to stop.

By endpoint: that reviews fail is not made good by lists that don't.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque

import numpy as np

from zigbang_nlp.console import table
from zigbang_nlp.crawl.pace import Sent
from zigbang_nlp.errors import CrawlStoppedError
from zigbang_nlp.store import Tally, Task

#: The requests of an endpoint that are looked back at.
WINDOW = 50
#: The last so many durations of an endpoint are what the percentiles are of.
_LATENCIES = 10_000
#: What can help against a failure, or where one endpoint fails and the others don't.
_NEXT = {
    "": "Wait, or lower the rate, and run the same command to go on.",
    "robots.txt": "Ask the site's owner; with permission, set crawl.robots = false.",
    "danji": "Wait, or lower the rate, and run the same command to go on; or go on without "
    "apartments' pages with --no-details.",
}


class Health:
    """Counts every request, and stops a crawl that is blocked or offline.

    Args:
        stop_share: more than this share of an endpoint's last 50 requests may not fail.
    """

    def __init__(self, stop_share: float) -> None:
        self._allowed = int(stop_share * WINDOW)
        self._lock = threading.Lock()
        self._windows: dict[str, deque[str | None]] = defaultdict(lambda: deque(maxlen=WINDOW))
        self._in_doubt: dict[str, list[Task]] = defaultdict(list)
        self._tally = Tally()
        self._statuses: dict[str, Counter[str]] = defaultdict(Counter)
        self._seconds: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_LATENCIES))
        self.requests = 0

    def note(self, sent: Sent) -> None:
        """Count a request.

        Raises:
            CrawlStoppedError: too many of the endpoint's last ones failed.
        """
        with self._lock:
            if sent.failure != "robots.txt":  # that forbade to ask, so nothing was sent
                self.requests += 1
                self._tally.requests += 1
                self._tally.bytes += sent.bytes
                self._statuses[sent.endpoint][str(sent.status or sent.failure)] += 1
                self._seconds[sent.endpoint].append(sent.seconds)
            window = self._windows[sent.endpoint]
            window.append(sent.failure)
            if sent.failure is None:
                return
            self._tally.errors[sent.failure] = self._tally.errors.get(sent.failure, 0) + 1
            failures = Counter(kind for kind in window if kind is not None)
            looked_at = len(window)
        if failures.total() > self._allowed:
            commonest = failures.most_common(1)[0][0]
            raise CrawlStoppedError(
                f"{failures.total()} of the last {looked_at} requests for {sent.endpoint!r} failed, "
                f"mostly with {commonest!r}; the site may be blocking, or out of reach.",
                _NEXT.get(commonest) or _NEXT.get(sent.endpoint) or _NEXT[""],
            )

    def task_failed(self, task: Task) -> None:
        """Remember a task that failed for good, in case the failure was not its own."""
        with self._lock:
            self._in_doubt[task.kind].append(task)

    def task_done(self, task: Task) -> None:
        """A task went well, so the failures of its kind before it were their own."""
        with self._lock:
            self._in_doubt[task.kind].clear()

    def not_their_fault(self) -> list[Task]:
        """Tasks that failed since the last of their kind that went well."""
        with self._lock:
            return [task for tasks in self._in_doubt.values() for task in tasks]

    def statistics(self) -> str:
        """A table of the run: requests by endpoint and status, and how long they took."""
        with self._lock:
            rows = []
            for endpoint, statuses in sorted(self._statuses.items()):
                half, most, nearly_all = np.percentile(self._seconds[endpoint], (50, 95, 99))
                by_status = ", ".join(f"{status}: {n:,}" for status, n in sorted(statuses.items()))
                shown = [f"{1000 * seconds:,.0f} ms" for seconds in (half, most, nearly_all)]
                rows.append((endpoint, statuses.total(), by_status, *shown))
        return table(rows, ("endpoint", "requests", "by status", "p50", "p95", "p99"))

    def take_tally(self) -> Tally:
        """What was counted since the last call."""
        with self._lock:
            tally, self._tally = self._tally, Tally()
            return tally
