"""Where a complex is: the parts of its address, its geohash, and whether a region holds it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pygeohash

from zigbang_nlp.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_GEOHASH = re.compile(r"[0-9b-hjkmnp-z]{1,12}")
#: Endings that people leave out: 서울, 노원, 성남.
_ENDINGS = ("특별시", "광역시", "특별자치시", "특별자치도", *"도시군구읍면동")
_CITY = re.compile(r".+(?:특별시|광역시|특별자치시|특별자치도|도)$|^(?:서울|경기|부산|인천|세종)$")
_DISTRICT = re.compile(r".+[시군구]$")
_NEIGHBOURHOOD = re.compile(r".+[동읍면가로]$")
#: Letters of the geohash kept for each complex; 9 is about 5 metres.
PRECISION = 9


def address_parts(address: str | None) -> tuple[str | None, str | None, str | None]:
    """(city or province, district, neighbourhood) of an address; None for what it doesn't say.

    The district carries the city before it, since many cities have a 중구.

    >>> address_parts("서울특별시 노원구 중계동 12-3")
    ('서울특별시', '서울특별시 노원구', '중계동')
    >>> address_parts("경기도 성남시 분당구 정자동")
    ('경기도', '경기도 성남시 분당구', '정자동')
    """
    words = (address or "").split()
    city = words.pop(0) if words and _CITY.match(words[0]) else None
    districts = []
    while words and _DISTRICT.match(words[0]):
        districts.append(words.pop(0))
    district = " ".join([*([city] if city else []), *districts]) if districts else None
    if city and not districts and city.startswith("세종"):
        district = city  # a city without districts
    neighbourhood = words[0] if words and _NEIGHBOURHOOD.match(words[0]) else None
    return city, district, neighbourhood


def geohash_of(latitude: float | None, longitude: float | None) -> str | None:
    """The geohash of a point; None where there is none, or it is no point on earth."""
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None
    if not is_on_earth(latitude, longitude):
        return None
    return str(pygeohash.encode(latitude, longitude, precision=PRECISION))


def is_on_earth(latitude: float, longitude: float) -> bool:
    """Whether these are degrees; NaN lies between no two numbers."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def in_region(complexes: pd.DataFrame, region: str) -> pd.Series:
    """Which complexes lie in a region, as booleans.

    Args:
        complexes: with the columns `geohash` and `address`.
        region: a geohash prefix ("wydm6"), or the name of a city, district or neighbourhood, one
            or more of its words in order: "노원구", "서울 노원", "분당구 정자동".

    Raises:
        InputError: the region is blank.
    """
    place = unicodedata.normalize("NFC", region.strip())
    if not place:
        raise InputError(
            "The region is blank.", "Give a geohash prefix such as wydm6, or a name such as 노원구."
        )
    if _GEOHASH.fullmatch(place.lower()):
        return complexes["geohash"].str.startswith(place.lower()).eq(True)
    words = place.split()
    return complexes["address"].map(lambda address: _names(address, words)).astype(bool)


def _names(address: object, words: list[str]) -> bool:
    parts = iter(str(address).split() if isinstance(address, str) else [])
    return all(any(is_called(part, word) for part in parts) for word in words)


def is_called(part: str, word: str) -> bool:
    """Whether a part of an address is a word, or the word with an ending such as 시 or 구."""
    return part == word or (part.startswith(word) and part[len(word) :] in _ENDINGS)
