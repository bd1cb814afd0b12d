"""What was found for one caller, kept a while in memory under a secret key."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class ResultCache(Generic[Thing]):
    """The last few results.

    Args:
        most: results that are kept; the oldest is forgotten first.
        seconds: that each is kept.
    """

    def __init__(self, most: int = 20, seconds: float = 3_600) -> None:
        self._most, self._seconds = most, seconds
        self._things: OrderedDict[str, tuple[float, Thing]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, thing: Thing) -> str:
        """Keep a result; the answer is its key."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._things[key] = (time.monotonic(), thing)
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return key

    def find(self, key: str) -> Thing | None:
        """A result by its key; None where there is none, or it is too old."""
        with self._lock:
            since, thing = self._things.get(key, (0.0, None))
            if thing is not None and time.monotonic() - since > self._seconds:
                del self._things[key]
                return None
            return thing
