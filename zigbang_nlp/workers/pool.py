"""Worker processes that each do batches of texts; results come in order, whatever happens to one.

The workers are started by spawn, since neither a JVM nor a network survives a fork. Each says
which text it is at; a text that uses too much of the processor, or that twice ends its worker or
stands still, is worked on at the next fallback level (0 = as usual; what each level means is the
job's own affair): the worker is replaced and its batches redone.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any, Protocol

from zigbang_nlp.errors import WorkerError

#: A worker's report of where it is: at no text.
NOWHERE = -1
#: Seconds between two looks at the workers' clocks.
_TICK = 0.1
#: A text may take so many times its limit by the clock on the wall: on a busy machine a worker
#: gets a tenth of a core, and a text's tokens must not depend on what else is running.
_PATIENCE = 10
#: Batches a worker has before it, so that it never waits for the next.
_AHEAD = 2
#: Deaths that are nobody's fault before it is given up: at the start, or in one batch.
_DEATHS = 3
#: Seconds a worker may take to start; a JVM beside much other work takes ten.
_START_LIMIT = 120.0

#: Called with the index of the text that is begun, or `NOWHERE`.
Mark = Callable[[int], None]


class Job(Protocol):
    """What the workers do. It travels to them by pickle."""

    def start(self) -> Callable[[Sequence[str], Sequence[int], Mark], Any]:
        """Run once in each worker: returns texts, their fallback levels, `mark` -> result of the batch."""
        ...


class Workers:
    """A pool of worker processes; use it in a `with` block.

    Args:
        job: what they do.
        count: of processes.
        time_limit: seconds of the processor that a text may take, or ten times as many at all.
        last_level: the highest fallback level that the job knows.

    Attributes:
        replaced: how many workers died or were ended.
    """

    def __init__(self, job: Job, count: int, time_limit: float = 2.0, last_level: int = 2) -> None:
        self.job, self.count, self.time_limit = job, count, time_limit
        self.last_level = last_level
        self.replaced = 0
        self._workers: list[_Worker] = []

    def __enter__(self) -> Workers:
        self._workers = [_Worker(self.job) for _ in range(self.count)]
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def map(self, batches: Iterable[Sequence[str]]) -> Iterator[Any]:
        """The result of each batch, in order; batches are asked for only as workers get free.

        Raises:
            WorkerError: the workers can't start, or end again and again.
        """
        rest = iter(batches)
        under_way: deque[_Batch] = deque()  # in the order they came in
        todo: deque[_Batch] = deque()
        while True:
            for worker in self._workers:
                while len(worker.batches) < _AHEAD:
                    # Results that can't be passed on yet are bounded too.
                    if not todo and len(under_way) < 4 * _AHEAD * self.count:
                        for texts in islice(rest, 1):
                            under_way.append(_Batch(texts))
                            todo.append(under_way[-1])
                    if not todo:
                        break
                    worker.give(todo.popleft())
            if not under_way:
                return
            self._listen(todo)
            while under_way and under_way[0].done:
                yield under_way.popleft().result

    def _listen(self, todo: deque[_Batch]) -> None:
        """Take what has come, and replace workers that are dead or too slow."""
        wait([worker.here for worker in self._workers], _TICK)
        for i, worker in enumerate(self._workers):
            alive = worker.take()
            if alive and not worker.late(self.time_limit):
                continue
            self._blame(worker, alive and worker.overworked(self.time_limit))
            todo.extend(worker.batches)
            worker.end()
            self.replaced += 1
            self._workers[i] = _Worker(self.job, worker.failed_starts + (not worker.ready))

    def _blame(self, worker: _Worker, overworked: bool) -> None:
        """Have the text that the worker was at done at the next fallback level, if it is to blame.

        Raises:
            WorkerError: no text is, and it isn't the first time.
        """
        batch, at = (worker.batches[0] if worker.batches else None), worker.at()
        if not worker.ready:
            given_up = worker.failed_starts + 1 >= _DEATHS
        elif batch is None:
            return
        else:
            # A machine that stood still or ran out of memory is no fault of the text: once more.
            batch.strikes[at] += 2 if overworked else 1
            if at != NOWHERE:
                batch.fallback_levels[at] = min(batch.strikes[at] // 2, self.last_level)
            given_up = batch.strikes[at] >= (
                _DEATHS if at == NOWHERE else 2 * self.last_level + _DEATHS
            )
        if given_up:
            raise WorkerError(
                f"A worker process ended {_DEATHS} times at the same place "
                f"(exit code {worker.exit_code()}).",
                "Free some memory, or use --workers 1.",
            )


class _Batch:
    """Texts on their way, and what is known of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.fallback_levels = [0] * len(texts)
        self.strikes: Counter[int] = Counter()
        self.done = False
        self.result: Any = None


class _Worker:
    """One process, from the parent's side."""

    def __init__(self, job: Job, failed_starts: int = 0) -> None:
        context = multiprocessing.get_context("spawn")
        # Without a lock: index of the text it is at, when and at how much processor time it
        # began it, and processor time now. Its owner alone writes, and what is read between two
        # writes costs one look at the clock.
        self._place = context.RawArray("d", [NOWHERE, 0.0, 0.0, 0.0])
        self.here, there = context.Pipe()
        self._process = context.Process(
            target=_work, args=(job, there, self._place), daemon=True, name="zigbang-nlp worker"
        )
        self._process.start()
        there.close()
        # Sent from a thread, since a pipe that is full must not keep the clock from being read.
        self._outbox: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._send, daemon=True).start()
        self.batches: deque[_Batch] = deque()
        self.ready = False
        self.failed_starts = failed_starts
        self._started = time.monotonic()

    def give(self, batch: _Batch) -> None:
        self.batches.append(batch)
        self._outbox.put((batch.texts, batch.fallback_levels))

    def _send(self) -> None:
        while (batch := self._outbox.get()) is not None:
            try:
                self.here.send(batch)
            except OSError:
                return  # it is dead; `take` will see it

    def take(self) -> bool:
        """Note all that the worker has sent; False when it is dead.

        Raises:
            WorkerError: what the job said when it couldn't start.
        """
        try:
            while self.here.poll():
                kind, value = self.here.recv()
                if kind == "ready":
                    self.ready, self.failed_starts = True, 0
                elif kind == "error":
                    raise value
                else:
                    batch = self.batches.popleft()
                    batch.result, batch.done = value, True
        except (EOFError, OSError):
            return False
        return True

    def late(self, limit: float) -> bool:
        """Whether it has been at one text for too long, or can't start."""
        if not self.ready:
            return time.monotonic() - self._started > _START_LIMIT
        return self._waited() > _PATIENCE * limit or self.overworked(limit)

    def overworked(self, limit: float) -> bool:
        """Whether the text it is at has computed for too long, by both clocks.

        A JVM's threads together use more of the processor than passes on the wall.
        """
        _, _, used, now = self._place
        return self._waited() > limit and now - used > limit

    def _waited(self) -> float:
        """Seconds since it began the text it is at; 0 at none."""
        at, since, _, _ = self._place
        return time.monotonic() - since if at != NOWHERE else 0.0

    def at(self) -> int:
        return int(self._place[0])

    def exit_code(self) -> int | None:
        self._process.join(1)
        return self._process.exitcode

    def end(self) -> None:
        self._outbox.put(None)
        self._process.kill()
        self._process.join()
        self.here.close()


def _work(job: Job, there: Connection, place: Any) -> None:
    """What a worker process does: start the job, then batch after batch until it is ended."""
    import signal

    # Ctrl-C is for the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def mark(index: int) -> None:
        place[2] = place[3] = time.process_time()
        place[1] = time.monotonic()
        place[0] = index

    def tell_the_time() -> None:
        while True:
            time.sleep(_TICK)
            place[3] = time.process_time()

    threading.Thread(target=tell_the_time, daemon=True).start()
    try:
        run = job.start()
        there.send(("ready", None))
        while True:
            texts, fallback_levels = there.recv()
            result = run(texts, fallback_levels, mark)
            mark(NOWHERE)
            there.send(("done", result))
    except (EOFError, BrokenPipeError):
        pass  # the parent is gone
    except Exception as error:  # noqa: BLE001 - it is the parent's to tell
        there.send(("error", error))


def worker_count(setting: str | int, texts: int | None, worth: int) -> int:
    """How many worker processes to use; 1 = none beside this one.

    Args:
        setting: a number, or "auto" = the cores this process may use, if the job is large enough.
        texts: how many there are, None if unknown.
        worth: texts below which starting workers takes longer than doing without.
    """
    if setting != "auto":
        return int(setting)
    if texts is not None and texts < worth:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
