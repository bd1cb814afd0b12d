"""Which of many texts are equal, told in memory that doesn't grow with their number."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import numpy as np
import numpy.typing as npt

#: Hashes held in memory, 8 bytes each; more of them wait in a file.
HELD = 500_000

Counted = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


class Hashes(ExitStack):
    """Hashes of texts, kept to be compared when all are known. A context manager.

    Equal texts have equal hashes; two others share one with a chance of 1 in 2^64.
    """

    def __init__(self) -> None:
        super().__init__()
        self._new = array("q")
        self._file = self.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        self._kept = 0

    def add(self, text: str) -> int:
        """Keep the hash of a text, and return it."""
        key = hash(text)
        self._new.append(key)
        if len(self._new) >= HELD:
            self._new.tofile(self._file)
            self._kept += len(self._new)
            del self._new[:]
        return key

    def __len__(self) -> int:
        return self._kept + len(self._new)

    def part(self, number: int, parts: int) -> Counted:
        """(hashes in order, how often each was added) of those that leave `number` over `parts`."""
        counted = [_counted(np.array(self._new, np.int64), number, parts)]
        self._file.seek(0)
        while chunk := self._file.read(8 * HELD):
            counted.append(_counted(np.frombuffer(chunk, np.int64), number, parts))
        distinct, places = np.unique(np.concatenate([c[0] for c in counted]), return_inverse=True)
        counts = np.zeros(len(distinct), np.int64)
        np.add.at(counts, places, np.concatenate([c[1] for c in counted]))
        return distinct, counts

    def count_repeated(self) -> int:
        """How many texts were equal to one before."""
        return sum(int(counts.sum()) - len(distinct) for ((distinct, counts),) in together([self]))


def _counted(hashes: npt.NDArray[np.int64], number: int, parts: int) -> Counted:
    distinct, counts = np.unique(hashes[hashes % parts == number], return_counts=True)
    return distinct, counts.astype(np.int64)


def together(several: Sequence[Hashes]) -> Iterator[list[Counted]]:
    """Part by part, what each of them counted of the same hashes, until all were given."""
    parts = max(map(len, several)) // HELD + 1
    for number in range(parts):
        yield [hashes.part(number, parts) for hashes in several]
