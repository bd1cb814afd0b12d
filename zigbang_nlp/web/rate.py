"""How often one client may ask: a token bucket each."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

#: Clients that are remembered; the one unseen for longest is forgotten first.
_CLIENTS = 10_000


class Rate:
    """Lets each client send so many requests a minute, in bursts of up to a minute's worth.

    Args:
        per_minute: requests; 0 = no limit.
        clock: seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._full = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Count a request of a client; the seconds it has to wait, 0 where it may go on."""
        if not self._full:
            return 0.0
        now = self._clock()
        left, seen = self._left.pop(client, (self._full, now))
        left = min(self._full, left + (now - seen) * self._per_second)
        allowed = left >= 1
        self._left[client] = (left - 1 if allowed else left, now)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_second
