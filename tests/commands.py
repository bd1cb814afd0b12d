"""The command line in a process of its own, as a user runs it, without waiting for its imports."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import context, process
from pathlib import Path

multiprocessing.get_context("forkserver").set_forkserver_preload(
    [
        "alembic.command",
        "openpyxl",
        "psycopg",
        "pyarrow.parquet",
        "sqlalchemy.dialects.postgresql.psycopg",
        "tests.crawl.test_kill",
        "tests.crawl.test_scenarios",
        "zigbang_nlp.cli.crawl",
        "zigbang_nlp.cli.predict",
        "zigbang_nlp.crawl.status",
        "zigbang_nlp.model.training.train",
        "zigbang_nlp.predict.classifier",
        "zigbang_nlp.predict.files",
        "zigbang_nlp.store.export",
        "zigbang_nlp.text.preprocess",
        "tests.frozen",
    ]
)
_SECONDS = 600
_STARTING = threading.Lock()


class Fork(context.ForkServerProcess):
    """A fork of a process that has imported much and runs nothing: quick to start and to kill.

    TensorFlow is imported there and not used, so that it starts its threads in the fork. What the
    environment says when Python or TensorFlow starts can't be changed.
    Whoever starts a process asks all that `multiprocessing` knows of whether they have ended, and
    an exit code can be read once; a second thread that asks is told 255. So it knows of none.
    """

    def start(self) -> None:
        with _STARTING:
            super().start()
            process._children.discard(self)  # type: ignore[attr-defined]


def started(
    arguments: Sequence[str], cwd: Path, stdin: bytes, environ: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m zigbang_nlp` from its very beginning, with more of an environment."""
    return subprocess.run(
        [sys.executable, "-m", "zigbang_nlp", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=os.environ | environ,
        timeout=_SECONDS,
    )


def forked(arguments: Sequence[str], cwd: Path, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run the same command in a fork."""
    return Running(arguments, cwd, stdin).ended()


class Running:
    """The command in a fork, under way; its standard streams are files."""

    def __init__(
        self,
        arguments: Sequence[str],
        cwd: Path,
        stdin: bytes = b"",
        environ: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        """Start it.

        Args:
            arguments: of the command line.
            cwd: where it runs.
            stdin: what it reads.
            environ: more of an environment.
            before: is called in the fork first.
        """
        self.arguments = list(arguments)
        self._place = tempfile.TemporaryDirectory()
        self._streams = [Path(self._place.name, name) for name in ("stdin", "stdout", "stderr")]
        self._streams[0].write_bytes(stdin)
        whole = {**os.environ, **(environ or {})}
        self._fork = Fork(
            target=_run, args=(self.arguments, str(cwd), whole, self._streams, before)
        )
        self._fork.start()

    def kill(self) -> None:
        self._fork.kill()

    def ended(self) -> subprocess.CompletedProcess[bytes]:
        """What it did, once it has ended."""
        self._fork.join(_SECONDS)
        self._fork.kill()  # if it hangs
        self._fork.join()
        stdout, stderr = (stream.read_bytes() for stream in self._streams[1:])
        self._place.cleanup()
        code = self._fork.exitcode
        assert code is not None
        return subprocess.CompletedProcess(self.arguments, code, stdout, stderr)


def _run(
    arguments: list[str],
    cwd: str,
    environ: dict[str, str],
    streams: Sequence[Path],
    before: Callable[[], None] | None,
) -> None:
    """Become the command."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    for number, (stream, mode) in enumerate(zip(streams, ("rb", "wb", "wb"), strict=True)):
        with stream.open(mode) as file:
            os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding=sys.stdin.encoding)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding=sys.stdout.encoding)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1)  # noqa: SIM115
    sys.argv = ["zigbang-nlp", *arguments]
    from zigbang_nlp.cli import main

    if before is not None:
        before()
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)
