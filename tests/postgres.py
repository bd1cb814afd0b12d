"""A real PostgreSQL for the tests, started from the installed binaries."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa


def binaries() -> Path | None:
    """The newest installed server's bin directory."""
    directories = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    directories += [Path(file).parent for file in [shutil.which("initdb")] if file]
    return max(directories, key=lambda path: path.parts, default=None)


def _memory() -> Path | None:
    """Where files live in memory, if there is room: a disk takes half a minute to delete them.

    Each of some sixty databases has 300 files.
    """
    memory = Path("/dev/shm")
    spacious = memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30
    return memory if spacious else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A function that makes an empty database on a running server and gives its URL."""
    bin_dir = binaries()
    if bin_dir is None:
        reason = "no PostgreSQL server is installed (apt-get install postgresql)"
        if os.environ.get("TESTS_NEED_POSTGRES"):
            pytest.fail(reason)
        pytest.skip(reason)
    # The server refuses to run as root.
    root = os.geteuid() == 0
    user = pwd.getpwnam("postgres" if root else pwd.getpwuid(os.geteuid()).pw_name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="zigbang-pg-", dir=_memory()))
    if root:
        os.chown(home, user.pw_uid, user.pw_gid)

    def run(*command: str) -> subprocess.Popen[bytes]:
        identity: dict[str, Any] = {}
        if root:
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        with (home / "log").open("ab") as log:
            started: subprocess.Popen[bytes] = subprocess.Popen(
                [str(bin_dir / command[0]), *command[1:]],
                cwd=home,
                stdout=log,
                stderr=log,
                **identity,
            )
        return started

    data = str(home / "data")
    initdb = run("initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync")
    assert initdb.wait() == 0, (home / "log").read_text()
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
    server = run("postgres", "-D", data, *options.split(), "-c", "fsync=off")
    base = f"postgresql+psycopg://test@127.0.0.1:{port}"
    engine = sa.create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
    for _ in range(200):
        try:
            engine.connect().close()
            break
        except sa.exc.OperationalError:
            time.sleep(0.05)
    numbers = count()

    def fresh() -> str:
        name = f"test_{next(numbers)}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return f"{base}/{name}"

    yield fresh
    engine.dispose()
    server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
    server.wait()
    shutil.rmtree(home, ignore_errors=True)
