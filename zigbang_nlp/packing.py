"""Lists in one column of the store: names, and the opinions of a text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from zigbang_nlp.records import Aspect

#: Between the names of a list that is kept as one text (words, topics); no name holds it.
_SEPARATOR = "\t"


def pack_names(names: Iterable[str] | None) -> str | None:
    r"""A list of names as the store keeps it; None stays None (not looked for).

    >>> pack_names(["주차", "교통"])
    '주차\t교통'
    """
    return None if names is None else _SEPARATOR.join(names)


def unpack_names(kept: object) -> list[str]:
    r"""The names that `pack_names` joined; none for what is missing (None, NaN) or empty.

    >>> unpack_names("주차\t교통"), unpack_names(None)
    (['주차', '교통'], [])
    """
    return kept.split(_SEPARATOR) if isinstance(kept, str) and kept else []


def pack_aspects(aspects: Iterable[Aspect] | None) -> str | None:
    """Opinions as the store keeps them, without their clauses' texts; None stays None."""
    if aspects is None:
        return None
    rows = [(a.topic, a.label, a.probability, a.start, a.end) for a in aspects]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def unpack_aspects(kept: object) -> list[tuple[str, str, float, int, int]]:
    """Topic, label, probability, start and end of each opinion that `pack_aspects` kept.

    >>> kept = pack_aspects([Aspect("주차", "negative", 0.02, 0, 7, "주차가 힘들어요")])
    >>> unpack_aspects(kept), unpack_aspects(None)
    ([('주차', 'negative', 0.02, 0, 7)], [])
    """
    return [tuple(fields) for fields in json.loads(kept)] if isinstance(kept, str) else []


def unpack_all_aspects(kept: Sequence[str]) -> list[list[list[Any]]]:
    """`unpack_aspects` of many texts at once, some ten times as fast."""
    unpacked: list[list[list[Any]]] = json.loads(f"[{','.join(kept)}]")
    return unpacked
