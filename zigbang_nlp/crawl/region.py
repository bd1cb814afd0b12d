"""Which cells to ask: a region becomes level-5 geohashes, about 4.9 km by 4.4 km each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from zigbang_nlp.errors import InputError

#: The level of geohash that the site takes.
LEVEL = 5
ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Region:
    """A named set of cells, sorted and without repeats."""

    name: str
    cells: tuple[str, ...]


def from_geohashes(prefixes: Iterable[str]) -> Region:
    """All level-5 cells under the prefixes.

    Raises:
        InputError: no prefix, a letter that geohashes don't have, or a prefix too long or short.
    """
    wanted = [prefix.strip().lower() for prefix in prefixes if prefix.strip()]
    if not wanted:
        raise InputError(
            "The region is empty.", "Give at least one prefix, e.g. --geohash wyd,wye."
        )
    cells: set[str] = set()
    for prefix in wanted:
        illegal = [letter for letter in prefix if letter not in ALPHABET]
        if illegal:
            raise InputError(
                f"{prefix!r} is not a geohash: it has the letter {illegal[0]!r}.",
                f"Geohashes are made of {ALPHABET} (no a, i, l, o).",
            )
        if not 2 <= len(prefix) <= LEVEL:
            raise InputError(
                f"The geohash {prefix!r} has {len(prefix)} letters.",
                f"Give 2 to {LEVEL}: the site answers for cells of level {LEVEL}.",
            )
        tails = product(ALPHABET, repeat=LEVEL - len(prefix))
        cells.update(prefix + "".join(tail) for tail in tails)
    return Region("geohash " + ",".join(sorted(set(wanted))), tuple(sorted(cells)))
