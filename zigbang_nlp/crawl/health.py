"""How the requests go: what is counted, and when it is time to stop."""

from __future__ import annotations

import threading
from collections import deque

from zigbang_nlp.crawl.pace import Sent
from zigbang_nlp.errors import CrawlStoppedError
from zigbang_nlp.store import Tally, Task

#: The requests that are looked back at.
WINDOW = 50


class Health:
    """Counts every request, and stops a crawl that is blocked or offline.

    Args:
        stop_share: more than this share of the last 50 requests may not fail.
    """

    def __init__(self, stop_share: float) -> None:
        self._allowed = int(stop_share * WINDOW)
        self._lock = threading.Lock()
        self._window: deque[str | None] = deque(maxlen=WINDOW)
        self._failed_tasks: deque[Task] = deque(maxlen=WINDOW)
        self._tally = Tally()
        self.requests = 0

    def note(self, sent: Sent) -> None:
        """Count a request.

        Raises:
            CrawlStopped: too many of the last ones failed.
        """
        with self._lock:
            self.requests += 1
            self._tally.requests += 1
            self._tally.bytes += sent.bytes
            self._window.append(sent.failure)
            if sent.failure is None:
                return
            self._tally.errors[sent.failure] = self._tally.errors.get(sent.failure, 0) + 1
            failures = [kind for kind in self._window if kind is not None]
        if len(failures) > self._allowed:
            commonest = max(set(failures), key=failures.count)
            raise CrawlStoppedError(
                f"{len(failures)} of the last {len(self._window)} requests failed, "
                f"mostly with {commonest!r}; the site may be blocking, or out of reach.",
                "Wait, or lower the rate, and run the same command to go on.",
            )

    def task_failed(self, task: Task) -> None:
        """Remember a task that failed for good, in case the failure was not its own."""
        with self._lock:
            self._failed_tasks.append(task)

    def task_done(self) -> None:
        """A task went well, so the failures before it were their own."""
        with self._lock:
            self._failed_tasks.clear()

    def not_their_fault(self) -> list[Task]:
        """Tasks that failed since the last that went well."""
        with self._lock:
            return list(self._failed_tasks)

    def take_tally(self) -> Tally:
        """What was counted since the last call."""
        with self._lock:
            tally, self._tally = self._tally, Tally()
            return tally
