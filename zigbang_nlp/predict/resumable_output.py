"""Work on a large file in parts, so that a killed run goes on where it was.

Beside the output `scored.csv`, while it is not finished, lies the directory `.scored.csv.parts`:

    about.json        what is being done; other work is not gone on with
    lock              held by the process that does it
    000000.csv ...    the finished parts, each of which appears whole or not at all
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from zigbang_nlp.console import log
from zigbang_nlp.errors import InputError
from zigbang_nlp.files import make_directory, write_json
from zigbang_nlp.tables.write import part_ending

_ABOUT = "about.json"


@dataclass(frozen=True)
class ResumableOutput:
    """The parts of one output.

    Attributes:
        directory: where they lie.
        suffix: their ending, see `tables.write.part_ending`.
    """

    directory: Path
    suffix: str

    def path(self, number: int) -> Path:
        """The file of part `number`, counted from 0, which appears whole."""
        return self.directory / f"{number:06}{self.suffix}"

    def finished(self) -> int:
        """How many are there, from the first on without a gap."""
        return next(number for number in count() if not self.path(number).exists())


@contextlib.contextmanager
def parts_of(output: Path, about: dict[str, Any], resume: bool) -> Iterator[ResumableOutput]:
    """The parts of `output`; they are gone when the block ends well, and stay otherwise.

    Args:
        output: the file they are to become.
        about: what is being done, as JSON holds it.
        resume: go on with the parts that are there; otherwise they are thrown away.

    Raises:
        InputError: another process is at it, or the parts there are of other work.
    """
    parts = ResumableOutput(output.with_name(f".{output.name}.parts"), part_ending(output))
    make_directory(parts.directory)
    try:
        with FileLock(parts.directory / "lock", blocking=False):
            _prepare(parts, about, resume)
            finished = False
            try:
                yield parts
                finished = True
            finally:
                if finished or not parts.finished():
                    shutil.rmtree(parts.directory, ignore_errors=True)
                else:
                    log.info(
                        "What is done is kept; run the same command with --resume to continue."
                    )
    except Timeout as error:
        raise InputError(
            f"Another process is writing {output}.", "Wait for it, or choose another --output."
        ) from error


def _prepare(parts: ResumableOutput, about: dict[str, Any], resume: bool) -> None:
    """Check what is there, or clear it away."""
    if resume and parts.finished():
        before = json.loads((parts.directory / _ABOUT).read_text(encoding="utf-8"))
        other = sorted(name for name in about if before.get(name) != about[name])
        if other:
            raise InputError(
                f"The unfinished work in {parts.directory} differs in {', '.join(other)}.",
                "Leave out --resume to start from the beginning.",
            )
        log.info("Resuming after %d finished parts.", parts.finished())
        return
    if resume:
        log.info("There is nothing to resume; starting from the beginning.")
    for old in parts.directory.glob(f"[0-9]*{parts.suffix}"):
        old.unlink()
    write_json(parts.directory / _ABOUT, about)
