"""Saved answers in the place of a site: the bundled sample, or files from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from zigbang_nlp.crawl.site import Answer
from zigbang_nlp.errors import RequestFailedError
from zigbang_nlp.store import Task

#: kind of task -> directory of its answers, one JSON file a key.
LAYOUT = {"cell": "cells", "danji": "danjis", "reviews": "reviews"}
_EMPTY_CELL = b'{"filtered": []}'


class Replay:
    """Answers from `directory`/{cells,danjis,reviews}/{key}.json; a cell without a file is empty."""

    offline = True

    def __init__(self, directory: Path, layout: Mapping[str, str] = LAYOUT) -> None:
        self._places = {kind: directory / place for kind, place in layout.items()}
        # One listing is much faster than thousands of failed openings.
        cells = self._places.get("cell")
        self._cells = {file.stem for file in cells.glob("*.json")} if cells else set()

    def fetch(self, task: Task) -> Answer:
        """The saved answer to a task; an empty one for a cell that wasn't saved.

        Raises:
            RequestFailedError: the file can't be read.
        """
        if task.kind == "cell" and task.key not in self._cells:
            return Answer(_EMPTY_CELL)
        file = self._places[task.kind] / f"{task.key}.json"
        try:
            return Answer(file.read_bytes())
        except OSError as error:
            raise RequestFailedError(
                f"The saved answer {file} can't be read: {error.strerror}.",
                "Bring the file back, or install the package again.",
                kind="file",
            ) from error
