"""Schema versions: a new store gets the newest, an older one is upgraded, a newer one refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from zigbang_nlp.errors import StoreError
from zigbang_nlp.store.database import Database
from zigbang_nlp.store.schema import metadata

SCRIPTS = Path(__file__).with_name("migrations")
_VERSIONS = sorted(script.name[:4] for script in SCRIPTS.glob("versions/[0-9]*.py"))
#: The version of `schema.py`: the number of the last script. Read from their names, since a number
#: kept here by hand was once left behind, and older stores would have missed a column.
HEAD = _VERSIONS[-1]

_version = sa.Table(
    "alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True)
)


def prepare(database: Database, note: Callable[[str], None]) -> None:
    """Bring a store to the schema of this version of the package.

    Args:
        database: the store to bring up to date; an empty one is filled with tables.
        note: is told when an older store was upgraded, and where its backup is.

    Raises:
        StoreError: the store is newer than this package, or is something else.
    """
    with database.read() as connection:
        version = _read_version(database, connection)
    if version == HEAD:
        return
    backup = ""
    if version is not None:
        if version not in _VERSIONS:
            raise StoreError(
                f"{database.name} has schema {version}; this zigbang-nlp knows up to {HEAD}.",
                "It was written by a newer version: pip install -U zigbang-nlp.",
            )
        if database.is_sqlite:
            backup = _backup_sqlite(database, version)
    with database.write() as connection:
        version = _read_version(database, connection)  # another process may have been faster
        if version is None:
            metadata.create_all(connection)
            _version.create(connection)
            connection.execute(sa.insert(_version), {"version_num": HEAD})
        elif version != HEAD:
            backup = backup or _backup_postgresql(connection, version)
            upgrade(connection)
            note(f"The store {database.name} was upgraded; as it was before: {backup}.")


def _read_version(database: Database, connection: sa.Connection) -> str | None:
    names = set(sa.inspect(connection).get_table_names())
    if _version.name in names:
        return connection.execute(sa.select(_version.c.version_num)).scalar_one_or_none()
    clash = sorted(names & metadata.tables.keys())
    if clash:
        raise StoreError(
            f"{database.name} holds tables that this package did not make ({', '.join(clash)}).",
            "Choose another database with --db or store.url.",
        )
    return None


def upgrade(connection: sa.Connection, target: str = "head") -> None:
    """Run the migration scripts inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", SCRIPTS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _backup_sqlite(database: Database, version: str) -> str:
    if database.file is None:
        return "gone, as it was in memory"
    moment = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    copy = database.file.with_name(f"{database.file.stem}.backup-{version}-{moment}.db")
    database.bare("VACUUM INTO ?", str(copy))
    return str(copy)


def _backup_postgresql(connection: sa.Connection, version: str) -> str:
    """A copy of every table in a schema of its own: all that a client can do by itself."""
    moment = datetime.now().strftime("%Y%m%d_%H%M%S_%f")
    quote = connection.dialect.identifier_preparer.quote
    schema = quote(f"zigbang_backup_{version}_{moment}")
    connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    for name in sa.inspect(connection).get_table_names():
        connection.execute(sa.text(f"CREATE TABLE {schema}.{quote(name)} AS TABLE {quote(name)}"))
    return f"schema {schema} of the same database"
