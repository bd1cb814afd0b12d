"""Borders of the districts that a map shows, by the names that addresses have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo.districts import Ring, districts, outlines

#: Degrees by which the borders on a map may move, about 300 m, so that a map stays small.
_TOLERANCE = 0.003


def borders(names: Iterable[str]) -> list[tuple[str, list[Ring]]]:
    """(district, rings of (longitude, latitude)) of all districts of the provinces named.

    Args:
        names: as in addresses: "서울특별시 노원구". Those of no known province are left out.
    """
    provinces = dict.fromkeys(name.split()[0] for name in names if name.strip())
    return [border for province in provinces for border in _of_province(province)]


@lru_cache(maxsize=32)
def _of_province(province: str) -> tuple[tuple[str, list[Ring]], ...]:
    try:
        places = districts(province)
    except InputError:
        return ()
    return tuple(
        (place.district, rings)
        for place, rings in zip(places, outlines(places, _TOLERANCE), strict=True)
    )
