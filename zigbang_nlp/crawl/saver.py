"""Answers on their way into the store: one thread saves them, while others ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from zigbang_nlp.store import Outcome


class Saver:
    """Saves outcomes in the order in which they came.

    A transaction waits for the disk, so answers that come meanwhile share the next one. Use it as
    a context manager: at its end all is saved.

    Args:
        save: saves outcomes.
        backlog: more outcomes than these are saved together, while the next are asked for, so that
            a kill costs at most twice as many; with 0, each is saved before the next question.
        stopping: is set when a save fails, so that nobody asks on.
    """

    def __init__(
        self, save: Callable[[list[Outcome]], None], backlog: int, stopping: threading.Event
    ) -> None:
        self._save, self._backlog, self._stopping = save, backlog, stopping
        self._lock = threading.Lock()
        self._unsaved: list[Outcome] = []
        self._saves: list[Future[None]] = []
        self._queued = False  # a save that will take what is unsaved then

    def __enter__(self) -> Saver:
        self._thread = ThreadPoolExecutor(1, "save")
        return self

    def __exit__(self, *_: object) -> None:
        self.submit()
        self._thread.shutdown()

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Take outcomes, and wait where saving is behind, or where there is a lesson in them.

        Raises:
            CrawlStoppedError, StoreError: what ended a save.
        """
        with self._lock:
            self._unsaved.extend(outcomes)
            full = len(self._unsaved) > self._backlog
        # What failed or isn't there may close an endpoint, or end the run: before the next question.
        if any(outcome.failure or outcome.absent for outcome in outcomes):
            self.settle()
            return
        if full:
            self.submit()
        self._wait(but=1 if self._backlog else 0)

    def submit(self) -> None:
        """Have what waits saved now."""
        with self._lock:
            self._saves = [save for save in self._saves if not save.done() or save.exception()]
            if self._unsaved and not self._queued:
                self._queued = True
                self._saves.append(self._thread.submit(self._save_unsaved))

    def settle(self) -> bool:
        """Wait until all is saved; False where it was already.

        Raises:
            CrawlStoppedError, StoreError: what ended a save.
        """
        self.submit()
        return self._wait()

    def errors(self) -> list[BaseException]:
        """What ended saves; to be asked when all is over."""
        return [error for save in self._saves if (error := save.exception()) is not None]

    def _wait(self, but: int = 0) -> bool:
        """Wait for what was submitted, but for the last so many; False where there was nothing."""
        with self._lock:
            due = self._saves[: len(self._saves) - but]
        for save in due:
            save.result()
        return bool(due)

    def _save_unsaved(self) -> None:
        with self._lock:
            batch, self._unsaved, self._queued = self._unsaved, [], False
        try:
            self._save(batch)
        except BaseException:
            self._stopping.set()
            raise
