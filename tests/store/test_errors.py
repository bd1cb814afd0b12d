"""What can go wrong with a database is one StoreError: a fact and a next step."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.store.test_store import some
from zigbang_nlp.errors import StoreError
from zigbang_nlp.store import open_store
from zigbang_nlp.store.database import Database
from zigbang_nlp.store.migrate import HEAD, SCRIPTS, upgrade
from zigbang_nlp.store.schema import metadata


def error_of(url: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        open_store(url).close()
    assert caught.value.fact
    assert caught.value.next_step
    return caught.value


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("reviews.db", "URL that can't be read"),
        ("mysql://localhost/x", "can't be read|not a database|needs the library"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:1/x", "can't be reached"),
    ],
)
def test_urls_that_lead_nowhere(url: str, words: str) -> None:
    error = error_of(url)
    assert re.search(words, error.fact)
    assert "secret" not in str(error)


def test_a_server_without_the_database(postgres: Callable[[], str]) -> None:
    error = error_of(postgres().rsplit("/", 1)[0] + "/nowhere")
    assert "is not there" in error.fact
    assert "createdb" in error.next_step


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("리뷰" * 500, "utf-8")
    assert "not an SQLite database" in error_of(f"sqlite:///{tmp_path}/a.db").fact


def test_a_place_where_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "directory" in error_of(f"sqlite:///{tmp_path}/file/a.db").fact


def test_somebody_elses_tables(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as other:
        other.execute("CREATE TABLE reviews (stars)")
    other.close()
    assert "did not make (reviews)" in error_of(f"sqlite:///{tmp_path}/a.db").fact


def test_a_read_only_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with open_store(url) as store:
        store.add_reviews(some(3))

        @sa.event.listens_for(store.database.engine, "begin")
        def _read_only(connection: sa.Connection) -> None:
            connection.exec_driver_sql("PRAGMA query_only = ON")

        with pytest.raises(StoreError, match="read-only"):
            store.add_reviews(some(9))
        assert store.count_reviews() == 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small disk needs root on Linux")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_keeps_what_was_saved(small_disk: Path) -> None:
    with open_store(f"sqlite:///{small_disk}/a.db") as store:
        store.add_reviews(some(100))
        with pytest.raises(StoreError, match="disk is full"):
            store.add_reviews(some(9_000, "아주 긴 글 " * 50))
        assert store.count_reviews() == 100
        with store.database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with open_store(url) as store, store.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    error = error_of(url)
    assert "schema 9999" in error.fact
    assert "pip install -U" in error.next_step


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_older_store_is_upgraded_after_a_backup(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    if database == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgres")
        url = make()
    old = Database(url)
    with old.write() as connection:
        upgrade(connection, "0001")
        connection.execute(sa.text("INSERT INTO meta (name, value) VALUES ('kept', 'yes')"))
    old.close()
    notes: list[str] = []
    with open_store(url, notes.append) as store:
        store.add_reviews(some(3))
        with store.database.read() as connection:
            assert connection.execute(sa.text("SELECT value FROM meta")).scalar_one() == "yes"
            version = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
            assert version.scalar_one() == HEAD
            schemas = sa.inspect(connection).get_schema_names()
    assert len(notes) == 1
    assert "upgraded" in notes[0]
    if database == "sqlite":
        (backup,) = tmp_path.glob("a.backup-0001-*.db")
        copy = sqlite3.connect(backup)
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        copy.close()
    else:
        assert any(schema.startswith("zigbang_backup_0001") for schema in schemas)
    with open_store(url, notes.append):
        assert len(notes) == 1


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_upgrading_makes_what_a_new_store_has(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in "ab"]
    if database == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("postgres")
        urls = [make(), make()]
    shapes = []
    for url, migrate in zip(urls, (False, True), strict=True):
        opened = Database(url)
        with opened.write() as connection:
            if migrate:
                upgrade(connection)
            else:
                metadata.create_all(connection)
            inspector = sa.inspect(connection)
            shapes.append(
                {
                    table: (
                        [
                            (c["name"], str(c["type"]), c["nullable"], c["default"])
                            for c in inspector.get_columns(table)
                        ],
                        inspector.get_pk_constraint(table)["constrained_columns"],
                        [
                            (key["constrained_columns"], key["referred_table"])
                            for key in inspector.get_foreign_keys(table)
                        ],
                        [(i["name"], i["column_names"]) for i in inspector.get_indexes(table)],
                    )
                    for table in inspector.get_table_names()
                    if table != "alembic_version"
                }
            )
        opened.close()
    assert shapes[0] == shapes[1]
    assert shapes[0].keys() == metadata.tables.keys()


def test_the_head_is_the_last_script() -> None:
    assert max(script.stem[:4] for script in SCRIPTS.glob("versions/[0-9]*.py")) == HEAD
