"""When the next request may go out: one place for all workers and all retries."""

from __future__ import annotations

import random
import threading
import time

from zigbang_nlp.errors import CrawlStopped


class Pace:
    """Gives out moments to send at, at least 1/rate seconds apart, with jitter.

    Args:
        rate: requests a second; infinity means no limit.
        jitter: share of the interval by which it is lengthened at random.
        stopping: set from outside to end every wait at once.
    """

    def __init__(
        self, rate: float, jitter: float = 0.3, stopping: threading.Event | None = None
    ) -> None:
        self.interval = 1 / rate
        self.jitter = jitter
        self.stopping = stopping or threading.Event()
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Return when a request may be sent.

        Raises:
            CrawlStopped: the crawl is being stopped.
        """
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._next)
            self._next = slot + self.interval * (1 + random.uniform(0, self.jitter))
        self.sleep(slot - now)

    def sleep(self, seconds: float) -> None:
        """Wait, or raise CrawlStopped as soon as the crawl is being stopped."""
        if self.stopping.wait(max(0.0, seconds)):
            raise CrawlStopped("The crawl was interrupted.", "Run the same command to go on.")
