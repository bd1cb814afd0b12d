"""Files within .gz and .zip."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables.source import Notes

PACKED = (".gz", ".zip")
#: Share of the free disk that an unpacked file may fill.
_SHARE = 0.5


@contextlib.contextmanager
def unpacked(path: Path, endings: Sequence[str], notes: Notes) -> Iterator[Path]:
    """The file within a .gz or .zip, in a directory that is gone afterwards; others as they are.

    Args:
        path: the file.
        endings: of the files that can be read.
        notes: the name of what was unpacked is noted.

    Raises:
        InputError: nothing in it can be read, or several can; a password; no room to unpack it.
    """
    if path.suffix.lower() not in PACKED:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="zigbang-nlp-") as folder:
        if path.suffix.lower() == ".gz":
            name = path.stem if Path(path.stem).suffix else f"{path.stem}.txt"
            target = Path(folder) / name
            with gzip.open(path) as packed:
                _copy(packed, target, path.name)
        else:
            with zipfile.ZipFile(path) as archive:
                member = _only_member(archive, path.name, endings)
                name = PurePosixPath(member.filename).name
                target = Path(folder) / f"file{PurePosixPath(name).suffix}"
                with archive.open(member) as packed:
                    _copy(packed, target, path.name)
        notes.add("unpacked", member=name)
        yield target


def _only_member(archive: zipfile.ZipFile, name: str, endings: Sequence[str]) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if PurePosixPath(member.filename).suffix.lower() in endings
        and not member.filename.startswith("__MACOSX/")
        and not PurePosixPath(member.filename).name.startswith(".")
    ]
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:5])
        raise file_error("several members" if members else "no member", name=name, names=names)
    if members[0].flag_bits & 1:
        raise file_error("packed password", name=name)
    return members[0]


def _copy(packed: IO[bytes] | gzip.GzipFile, target: Path, name: str) -> None:
    room = shutil.disk_usage(target.parent).free * _SHARE
    with target.open("wb") as stream:
        while block := packed.read(1 << 20):
            room -= len(block)
            if room < 0:
                raise file_error("too large unpacked", name=name)
            stream.write(block)
