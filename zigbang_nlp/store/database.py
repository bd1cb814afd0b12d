"""The way to the database: engine, transactions, and the one place where its errors are translated."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVarTuple

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy import event, exc

from zigbang_nlp.errors import StoreError, ValueRefusedError

Columns = TypeVarTuple("Columns")

#: Milliseconds that SQLite waits for another process's transaction.
BUSY_TIMEOUT = 30_000

#: Any number that all users of one PostgreSQL agree on; let go of when the transaction ends.
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(6_721_943))


class Database:
    """One engine, and transactions on it.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL.

    Raises:
        StoreError: the URL or its driver can't be used.
    """

    def __init__(self, url: str) -> None:
        with store_errors(url):
            self.url = sa.make_url(url)
            self.is_sqlite = self.url.get_backend_name() == "sqlite"
            if self.url.get_backend_name() not in ("sqlite", "postgresql"):
                raise StoreError(
                    f"{self.name} is not a database that this package knows.",
                    "Use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
                )
            self.engine = sa.create_engine(self.url, pool_pre_ping=not self.is_sqlite)
        if self.is_sqlite:
            self._prepare_sqlite()
        # SQLite has one writer; waiting here is fairer and faster than its busy loop.
        self._writing = threading.RLock() if self.is_sqlite else contextlib.nullcontext()

    @property
    def name(self) -> str:
        """The URL without its password, for messages."""
        return self.url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None for a server or a store in memory."""
        return sqlite_file(self.url)

    def _prepare_sqlite(self) -> None:
        if self.file is not None:
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"The directory of {self.file} can't be created: {error.strerror}.",
                    "Choose another location with --db or store.url.",
                ) from error

        @event.listens_for(self.engine, "connect")
        def _configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # transactions are begun below, not by the driver
            for pragma in (
                f"busy_timeout = {BUSY_TIMEOUT}",
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
            ):
                connection.execute(f"PRAGMA {pragma}").close()

        @event.listens_for(self.engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            writing = connection.get_execution_options().get("writing", False)
            # IMMEDIATE takes the write lock at once, so that no transaction fails half-way on it.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to read from; large results are streamed."""
        with store_errors(self.name), self.engine.connect() as connection:
            yield connection.execution_options(stream_results=True, yield_per=1_000)

    @contextlib.contextmanager
    def write(self, alone: bool = True) -> Iterator[sa.Connection]:
        """One transaction: all of it is kept, or nothing.

        Args:
            alone: one such transaction at a time on a server too, so that no two can wait for each
                other's rows; SQLite has it no other way.
        """
        with self._writing, store_errors(self.name), self.engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                if alone and not self.is_sqlite:
                    connection.execute(_LOCK)
                yield connection

    def rows(self, query: sa.Select[*Columns]) -> Sequence[sa.Row[*Columns]]:
        """All rows of a query that gives few."""
        with self.read() as connection:
            return connection.execute(query).all()

    def value(self, query: sa.Select[*tuple[Any, ...]]) -> Any:
        """The first column of a query's only row; None where it gives no row."""
        with self.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def count(self, table: sa.Table, *which: sa.ColumnElement[bool]) -> int:
        """How many rows of a table there are, or meet all of these conditions."""
        return int(self.value(sa.select(sa.func.count()).select_from(table).where(*which)))

    def run(self, statement: sa.Executable, rows: Any = None) -> None:
        """One statement as a transaction, with these values."""
        with self.write() as connection:
            connection.execute(statement, rows)

    def bare(self, statement: str, *values: str) -> None:
        """Run a statement that no transaction may hold."""
        with (
            store_errors(self.name),
            contextlib.closing(self.engine.raw_connection()) as connection,
        ):
            connection.cursor().execute(statement, values)

    def clock(self, connection: sa.Connection) -> float:
        """Unix seconds, of the one clock that all users of this database share."""
        if self.is_sqlite:
            return time.time()
        now = sa.func.extract("epoch", sa.func.clock_timestamp())
        return float(connection.execute(sa.select(now)).scalar_one())

    @contextlib.contextmanager
    def only_crawler(self) -> Iterator[None]:
        """Hold an SQLite store against other crawls; servers, which are made to share, don't need it.

        The operating system lets go of the lock with the process, so a dead crawl holds nothing.

        Raises:
            StoreError: another crawl holds it.
        """
        if self.file is None:
            yield
            return
        try:
            lock = FileLock(f"{self.file}-crawl.lock", timeout=0.5).acquire()
        except Timeout as error:
            raise StoreError(
                f"Another crawl is already running on {self.name}.",
                "Wait until it ends, or share a PostgreSQL store (--db postgresql+psycopg://...).",
            ) from error
        with lock:
            yield

    def close(self) -> None:
        """Give all connections back."""
        with store_errors(self.name):
            self.engine.dispose()


class Part:
    """What a store keeps of one kind."""

    def __init__(self, database: Database) -> None:
        self.database = database


def sqlite_file(url: sa.URL) -> Path | None:
    """The SQLite file of a URL, or None for a server or a store in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


@contextlib.contextmanager
def store_errors(name: str) -> Iterator[None]:
    """Turn every exception of SQLAlchemy and of the drivers into a `StoreError`."""
    try:
        yield
    except (exc.DataError, OverflowError, UnicodeError) as error:
        fact = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        raise ValueRefusedError(
            f"The store {name} can't hold a value ({fact}).",
            "Report the answer that brought it.",
        ) from error
    except (exc.SQLAlchemyError, sqlite3.Error, ModuleNotFoundError) as error:
        fact, next_step = _explain(error)
        raise StoreError(f"The store {name} {fact}.", next_step) from error


def _explain(error: Exception) -> tuple[str, str]:
    """(what is wrong, what to do) for one foreign exception."""
    message = str(getattr(error, "orig", None) or error).strip()
    low = message.lower()
    if isinstance(error, ModuleNotFoundError):
        return f"needs the library {error.name!r}", "pip install 'zigbang-nlp[postgres]'"
    if isinstance(error, (exc.ArgumentError, exc.NoSuchModuleError)):
        return (
            "has a URL that can't be read",
            "Use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
        )
    for words, fact, next_step in _KNOWN:
        if any(word in low for word in words):
            return fact, next_step
    return (
        f"failed: {message.splitlines()[0] if message else type(error).__name__}",
        "Run the same command with --debug to see where, and report it.",
    )


#: (words in the driver's message, what is wrong, what to do), first match wins.
_KNOWN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("readonly", "read-only"),
        "can't be written: it is read-only",
        "Give yourself the right to write there, or choose another place with --db.",
    ),
    (
        ("is full", "no space left", "could not extend file"),
        "can't be written: the disk is full; what was saved before is intact",
        "Free some space and run the same command again.",
    ),
    (
        ("unable to open database",),
        "can't be opened",
        "Check that its directory exists and may be written, or choose another place with --db.",
    ),
    (
        ("not a database", "malformed"),
        "is not an SQLite database, or is damaged",
        "Choose another file with --db, or bring back a backup.",
    ),
    (
        ("database is locked",),
        "is held by another program",
        "Wait until that program is done and run the same command again.",
    ),
    (
        ("fatal:  database", "fatal: database"),
        "is not there, though its server is",
        "Make it with `createdb`, or name another one with --db.",
    ),
    (
        ("password authentication", "no password supplied", "role"),
        "refused the user or password",
        "Check the user and password in the URL (--db, store.url).",
    ),
    (
        ("disk i/o error",),
        "can't be read or written: the disk fails",
        "Check the disk, or choose another place with --db.",
    ),
    (
        ("permission denied",),
        "doesn't allow this",
        "Ask its owner for the right to create and write tables.",
    ),
    (
        ("connection", "could not translate", "resolve", "timeout", "terminating"),
        "can't be reached, or the connection was lost",
        "Check that the server runs and that the URL (--db, store.url) is right.",
    ),
)
