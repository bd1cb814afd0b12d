"""Which cells to ask: a region becomes level-5 geohashes, about 3.9 km wide and 4.9 km high each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pygeohash
import shapely
from pygeohash import BoundingBox
from shapely.geometry.base import BaseGeometry

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo import districts
from zigbang_nlp.geo.polygons import geojson_area

#: The level of geohash that the site takes.
LEVEL = 5
#: More than any region of Korea needs; a guard against a box over half the world.
MOST_CELLS = 100_000
#: Preset -> the province that it is; "" is all of them.
PRESETS = {"seoul": "서울특별시", "gyeonggi": "경기도", "busan": "부산광역시", "korea": ""}
ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Region:
    """A named set of cells, sorted and without repeats. The name also names its share of the work."""

    name: str
    cells: tuple[str, ...]


def from_geohashes(prefixes: Iterable[str]) -> Region:
    """All level-5 cells under the prefixes.

    Raises:
        InputError: no prefix, a letter that geohashes don't have, or a prefix too long or short.
    """
    geohashes = [prefix.strip().lower() for prefix in prefixes if prefix.strip()]
    if not geohashes:
        raise InputError(
            "The region is empty.", "Give at least one prefix, e.g. --geohash wyd,wye."
        )
    cells: set[str] = set()
    for prefix in geohashes:
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
    name = ",".join(sorted(set(geohashes)))
    if len(name) > 60:
        name = f"{name[:40]}... {hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return Region(f"geohash {name}", tuple(sorted(cells)))


def from_box(box: Sequence[float]) -> Region:
    """All cells that a bounding box touches: west, south, east, north in degrees.

    Raises:
        InputError: it isn't four numbers in this order.
    """
    if len(box) != 4:
        raise InputError(
            f"The bounding box has {len(box)} numbers.",
            "Give west,south,east,north, e.g. --bbox 127.04,37.61,127.11,37.69.",
        )
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InputError(
            f"The bounding box {west:g},{south:g},{east:g},{north:g} is empty or upside down.",
            "The order is west,south,east,north in degrees, e.g. 127.04,37.61,127.11,37.69.",
        )
    cells = _cells_in(BoundingBox(south, west, north, east))
    return Region(f"box {west:g},{south:g},{east:g},{north:g}", tuple(cells))


def from_geojson(file: Path) -> Region:
    """All cells that the polygons of a GeoJSON file touch.

    Raises:
        InputError: the file can't be read, or holds no polygon.
    """
    try:
        content = file.read_bytes()
        area = geojson_area(json.loads(content))
    except OSError as error:
        raise InputError(
            f"{file} can't be read: {error.strerror}.", "Name a GeoJSON file with --polygon."
        ) from error
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise InputError(
            f"{file} is not a GeoJSON polygon: {error}.",
            "Draw one at geojson.io and save it as GeoJSON.",
        ) from error
    return from_areas(f"polygon {file.name} {hashlib.sha256(content).hexdigest()[:8]}", [area])


def from_preset(name: str) -> Region:
    """A province, or all of Korea, by its name in PRESETS.

    Raises:
        InputError: there is no such preset.
    """
    if name not in PRESETS:
        raise InputError(f"There is no preset {name!r}.", f"Use one of {', '.join(PRESETS)}.")
    provinces = [districts.the(PRESETS[name])] if PRESETS[name] else districts.provinces()
    return from_areas(f"preset {name}", [*map(districts.area, provinces)])


def from_areas(name: str, areas: Sequence[BaseGeometry]) -> Region:
    """All cells that one of the areas touches."""
    west, south, east, north = shapely.total_bounds(areas)
    near = _cells_in(BoundingBox(south, west, north, east))
    boxes = [pygeohash.get_bounding_box(cell) for cell in near]
    corners = [(box.min_lon, box.min_lat, box.max_lon, box.max_lat) for box in boxes]
    # Coasts have many islands: a cell looks only at those near it.
    islands = shapely.STRtree(shapely.get_parts(areas))
    touched, _ = islands.query(shapely.box(*np.transpose(corners)), predicate="intersects")
    return Region(name, tuple(near[i] for i in np.unique(touched)))


def around(name: str, latitude: float, longitude: float, reach: int) -> Region:
    """The cell at a point and its neighbours up to `reach` cells away on each side."""
    cell = pygeohash.get_bounding_box(pygeohash.encode(latitude, longitude, precision=LEVEL))
    # From the middle of the cell to the middle of the last one, so that no further one is touched.
    middle = ((cell.min_lat + cell.max_lat) / 2, (cell.min_lon + cell.max_lon) / 2)
    height, width = (cell.max_lat - cell.min_lat) * reach, (cell.max_lon - cell.min_lon) * reach
    box = BoundingBox(middle[0] - height, middle[1] - width, middle[0] + height, middle[1] + width)
    return Region(name, tuple(_cells_in(box)))


def _cells_in(box: BoundingBox) -> list[str]:
    """All cells that touch a box."""
    cell = pygeohash.get_bounding_box("wydm9")
    height, width = cell.max_lat - cell.min_lat, cell.max_lon - cell.min_lon
    count = ((box.max_lat - box.min_lat) / height + 1) * ((box.max_lon - box.min_lon) / width + 1)
    if count > MOST_CELLS:
        raise InputError(
            f"The region spans about {count:,.0f} cells; at most {MOST_CELLS:,} are allowed.",
            "Choose a smaller region: all of Korea is about 6,000 cells.",
        )
    return list(pygeohash.geohashes_in_box(box, precision=LEVEL))
