"""The store as the server sees it: it may be away for a while, and its reviews may change.

Reads: the store. What `insight` says of it is kept until the store changes; while a changed store
is read, the answers are those of before.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from zigbang_nlp.console import log
from zigbang_nlp.errors import InsightError, StoreError, ZigbangError
from zigbang_nlp.insight import queries
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.finding import TextIndex, index_of
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.reading import load
from zigbang_nlp.store import Store, open_store, store_exists

Answer = TypeVar("Answer")
P = ParamSpec("P")

#: Seconds between two looks at whether the reviews changed.
_LOOK = 2.0
#: Reading the reviews anew takes at most about this share of a core, however often they change.
_SHARE = 0.1
#: Seconds that `Snapshot.later` waits for an answer that may come at once.
_PATIENCE = 0.15
#: Answers that are kept; the one unused for longest is forgotten first.
_KEPT = 300


#: Questions behind most pages, with what they take after the filters.
_WANTED: tuple[tuple[Any, ...], ...] = (
    (queries.complexes, 1, None, "positive"),
    (queries.keywords, 5),
    (queries.topics,),
    (queries.before_after, None, None),
)


@dataclass
class Snapshot:
    """The reviews at one moment, and what was found out about them.

    Attributes:
        version: of the store.
        corpus: of its reviews; None where there are none.
        nothing: why there are none.
        store: that they were read from; its own search is asked while it holds the same.
    """

    version: str
    corpus: Corpus | None
    nothing: InsightError | None = None
    store: Store | None = None
    _answers: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _making: dict[Hashable, threading.Lock] = field(default_factory=dict)
    _troubles: dict[Hashable, ZigbangError] = field(default_factory=dict)

    def reviews(self) -> Corpus:
        """The corpus.

        Raises:
            InsightError: there are no reviews.
        """
        if self.corpus is None:
            assert self.nothing is not None
            raise self.nothing.with_traceback(None)  # else it grows each time that it is raised
        return self.corpus

    def index(self) -> TextIndex:
        """The index of these reviews, made on first use."""

        def index_in_store(corpus: Corpus) -> TextIndex:
            same = self.store is not None and self.store.version() == self.version
            return index_of(corpus, self.store if same else None)

        return self.ask("index", index_in_store)

    def query(
        self, query: Callable[Concatenate[Corpus, P], Answer], *arguments: P.args, **named: P.kwargs
    ) -> Answer:
        """The answer to one of `insight.queries`, kept by the query and its arguments.

        Args:
            query: takes a corpus, then the arguments, all of which can be hashed.
            arguments: of the query, by position; who asks the same says it the same.
            named: of the query, by name.

        Raises:
            ZigbangError: as the query does; that isn't kept.
        """
        key = (query.__name__, *arguments, *sorted(named.items()))
        return self.ask(key, lambda corpus: query(corpus, *arguments, **named))

    def ask(self, key: Hashable, find: Callable[[Corpus], Answer]) -> Answer:
        """What `find` says of the reviews; kept under `key`, and found once for all who wait.

        Raises:
            ZigbangError: as `find` does; that isn't kept.
        """
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return cast(Answer, self._answers[key])
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._answers:
                    return cast(Answer, self._answers[key])
            try:
                answer = find(self.reviews())
                with self._lock:
                    self._answers[key] = answer
                    if len(self._answers) > _KEPT:
                        self._answers.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return answer

    def warm(self) -> None:
        """Find out now what most pages need, so that no visitor waits for it."""
        with suppress(ZigbangError):  # who asks is told
            for query, *more in _WANTED:
                self.query(query, Filters(), *more)
            self.index()

    def later(self, key: Hashable, find: Callable[[Corpus], Answer]) -> Answer | None:
        """What `ask` gives, where that is known; else None, and it is found out meanwhile.

        For what may take longer than a caller waits.

        Raises:
            ZigbangError: there are no reviews, or `find` has no answer.
        """
        self.reviews()
        with self._lock:
            if key in self._answers:
                return cast(Answer, self._answers[key])
            if key in self._troubles:
                raise self._troubles[key].with_traceback(None)
            if key in self._making:
                return None
            thread = threading.Thread(target=self._find_out, args=(key, find), daemon=True)
            thread.start()
            self._making[key] = threading.Lock()
        thread.join(_PATIENCE)
        return None if thread.is_alive() else self.later(key, find)

    def _find_out(self, key: Hashable, find: Callable[[Corpus], Any]) -> None:
        def noted(corpus: Corpus) -> Any:
            try:
                return find(corpus)
            except ZigbangError as error:
                self._troubles[key] = error  # before `ask` says that nobody is at it any more
                raise

        with suppress(ZigbangError):
            self.ask(key, noted)


class CorpusCache:
    """Opens the store, again after it was away, and reads its reviews.

    Args:
        url: of the store; one that doesn't exist yet is made.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.RLock()
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None
        self._opened_before = False
        self._snapshot: Snapshot | None = None
        self._reading = threading.Lock()
        self._look_at = 0.0

    def store(self) -> Store:
        """The open store.

        Raises:
            StoreError: it is away: no server answers, or its file is gone.
        """
        with self._lock:
            # An open file outlives its removal, so that the one at its path may be another.
            if self._store is not None and _identity(self._store) == self._file:
                return self._store
            self.close()
            if self._opened_before and not store_exists(self._url):
                raise StoreError("The store's file is gone.", "Put it back.")
            opened = open_store(self._url, lambda sentence: log.info("%s", sentence))
            if self._opened_before:
                log.info("The store %s is back.", opened.database.name)
            self._opened_before = True
            self._file = _identity(opened)
            self._store = opened
            return opened

    def check(self) -> None:
        """Raise `StoreError` unless the store answers."""
        self.store().ping()

    def snapshot(self) -> Snapshot:
        """The reviews as they are, or as they were a moment ago.

        Raises:
            StoreError: the store is away.
        """
        store = self.store()
        present = self._snapshot
        if present is None:
            with self._reading:
                if self._snapshot is None:
                    self._snapshot = self._read(store)
                    threading.Thread(target=self._snapshot.warm, daemon=True).start()
                return self._snapshot
        if time.monotonic() < self._look_at:
            return present
        self._look_at = time.monotonic() + _LOOK
        store.ping()
        if self._reading.acquire(blocking=False):
            # Counting what the store holds takes longer than a caller should wait.
            threading.Thread(
                target=self._read_if_changed, args=(store, present), daemon=True
            ).start()
        return present

    def _read_if_changed(self, store: Store, present: Snapshot) -> None:
        began = time.monotonic()
        try:
            if store.version() == present.version:
                return
            snapshot = self._read(store)
            snapshot.warm()
            self._snapshot = snapshot
            self._rest_after(began)
        except ZigbangError as error:
            log.warning("The reviews could not be read again: %s", error)
        finally:
            self._reading.release()

    def _read(self, store: Store) -> Snapshot:
        began = time.monotonic()
        version = store.version()
        try:
            snapshot = Snapshot(version, load(store), store=store)
        except InsightError as nothing:
            snapshot = Snapshot(version, None, nothing)
        self._rest_after(began)
        return snapshot

    def _rest_after(self, began: float) -> None:
        """Look no more for a while, the longer the work took that began then."""
        took = time.monotonic() - began
        self._look_at = time.monotonic() + max(_LOOK, took / _SHARE)

    def close(self) -> None:
        """Give the store back."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = None


def _identity(store: Store) -> tuple[int, int] | None:
    """Which file the store's path leads to; None where it leads to none, or the store is a server's."""
    file = store.database.file
    if file is None:
        return None
    try:
        status = file.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino)
