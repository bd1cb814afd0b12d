"""The files that a person means by naming files and directories."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zigbang_nlp.errors import InputError
from zigbang_nlp.tables.read import ENDINGS
from zigbang_nlp.tables.source import Notes
from zigbang_nlp.tables.unpack import PACKED


def readable_files(paths: Sequence[Path], notes: Notes) -> list[Path]:
    """Files as they are, and for a directory those of its files that can be read, by name.

    Args:
        paths: of files and directories.
        notes: what a directory holds beside them is noted; hidden files are none.

    Raises:
        InputError: a directory holds none that can be read.
    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        held = sorted(one for one in path.iterdir() if not one.name.startswith((".", "~$")))
        read = [one for one in held if one.is_file() and one.suffix.lower() in (*ENDINGS, *PACKED)]
        if not read:
            raise InputError(
                f"The directory {path} holds no file that can be read.",
                f"Give files that end with one of {', '.join((*ENDINGS, *PACKED))}.",
            )
        for other in (one for one in held if one not in read):
            notes.add("other files", other.name, directory=path)
        files += read
    return files
