"""Work that is done beside the requests, one job after another, and kept for a while."""

from __future__ import annotations

import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar


class BackgroundJob(Protocol):
    """What every job has: see `Background`.

    Attributes:
        key: its secret name in addresses.
        state: "waiting", "working", "done" or "failed".
        ended: when it was over, by the monotonic clock; 0 before.
    """

    key: str
    state: str
    ended: float


J = TypeVar("J", bound=BackgroundJob)


class Background(Generic[J]):
    """A queue, and one thread that works through it; the thread starts with the first job.

    Args:
        name: of the thread.
        work: does one job, and sets its state and trouble; it raises nothing.
        remove: deletes the files of a job that is forgotten.
        kept: jobs that are over and still kept.
        seconds: that they are kept.

    Attributes:
        place: a folder for the files of jobs.
        jobs: by key; changed under `lock` alone.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[J], None],
        remove: Callable[[J], None],
        kept: int,
        seconds: float,
    ) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="zigbang-nlp-"))
        self.jobs: dict[str, J] = {}
        self.lock = threading.Lock()
        self._name, self._do, self._remove = name, work, remove
        self._kept, self._seconds = kept, seconds
        self._queue: queue.Queue[J | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def under_way(self) -> list[J]:
        """Jobs that wait or are worked on."""
        return [job for job in self.jobs.values() if job.state in ("waiting", "working")]

    def put(self, job: J) -> None:
        """Queue a job; the caller holds `lock`."""
        self.jobs[job.key] = job
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name=self._name)
            self._thread.start()
        self._queue.put(job)

    def forget_old(self) -> None:
        """Remove jobs that have been over for long, and the oldest of too many; `lock` is held."""
        now = time.monotonic()
        ended = [job for job in self.jobs.values() if job.ended]
        ended.sort(key=lambda job: job.ended, reverse=True)
        for number, job in enumerate(ended):
            if number >= self._kept or now - job.ended > self._seconds:
                del self.jobs[job.key]
                self._remove(job)

    def close(self) -> None:
        """Stop after the step at hand and remove all files."""
        with self.lock:
            for job in self.under_way():
                job.state = "failed"
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(10)
        shutil.rmtree(self.place, ignore_errors=True)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            if job.state != "waiting":
                continue
            job.state = "working"
            self._do(job)
            job.ended = time.monotonic()
