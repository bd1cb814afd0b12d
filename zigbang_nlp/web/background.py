"""Work that is done beside the requests, one job after another, and kept for a while."""

from __future__ import annotations

import queue
import shutil
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from zigbang_nlp.console import log
from zigbang_nlp.errors import ZigbangError
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.web.problems import Problem

#: Jobs that are over and still kept, and for how many seconds.
_KEPT, _SECONDS = 20, 3_600


@dataclass(kw_only=True)
class BackgroundJob:
    """What every job has: see `Background`.

    Attributes:
        key: its secret name in addresses.
        state: "waiting", "working", "done" or "failed".
        done, total: how much of it is done.
        trouble: why it failed: a sentence of the catalogue, or an error.
        ended: when it was over, by the monotonic clock; 0 before.
    """

    key: str
    state: str = "waiting"
    done: int = 0
    total: int = 1
    trouble: str | ZigbangError = ""
    ended: float = 0.0


J = TypeVar("J", bound=BackgroundJob)


class StoppedError(Exception):
    """The server is told to stop: what `work` may raise when its job isn't working any more."""


class Background(ABC, Generic[J]):
    """A queue, and one thread that works through it; the thread starts with the first job.

    Args:
        name: of the thread.
        failure: what the log says of work that went wrong unforeseen.
        gone: type and sentence of the problem that a job isn't there any more.

    Attributes:
        place: a folder for the files of jobs.
        jobs: by key; changed under `lock` alone.
    """

    def __init__(self, name: str, failure: str, gone: tuple[str, str]) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="zigbang-nlp-"))
        self.jobs: dict[str, J] = {}
        self.lock = threading.Lock()
        self._name, self._failure, self._gone = name, failure, gone
        self._queue: queue.Queue[J | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    @abstractmethod
    def work(self, job: J) -> None:
        """Do one job, and no more of it once its state isn't "working"."""

    @abstractmethod
    def remove(self, job: J) -> None:
        """Delete the files of a job that is forgotten."""

    def find(self, key: str) -> J:
        """A job by its key.

        Raises:
            Problem: there is none, or it is long over.
        """
        job = self.jobs.get(key)
        if job is None:
            raise Problem(404, *self._gone)
        return job

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
            if number >= _KEPT or now - job.ended > _SECONDS:
                del self.jobs[job.key]
                self.remove(job)

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
            try:
                self.work(job)
                job.state = "done" if job.state == "working" else job.state
            except StoppedError:
                pass
            except ZigbangError as error:
                # The frames of it and of its cause hold the reviews, and the job is kept an hour.
                error.__cause__ = error.__context__ = None
                job.trouble, job.state = error.with_traceback(None), "failed"
            except Exception:  # noqa: BLE001 - the thread must live on
                log.exception("%s", self._failure)
                job.trouble = N_(
                    "서버에서 오류가 발생했습니다. 자세한 내용은 서버 로그에 있습니다."
                )
                job.state = "failed"
            job.ended = time.monotonic()
