"""Areas from outlines and from GeoJSON documents; the geometry itself is Shapely's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry


def area_of(rings: Iterable[Sequence[tuple[float, float]]]) -> BaseGeometry:
    """The area that rings enclose; a ring inside another is a hole (even-odd rule).

    Args:
        rings: each a sequence of (longitude, latitude) in degrees, of at least 3 points.
    """
    polygons = [shapely.make_valid(shapely.Polygon(ring)) for ring in rings]
    area: BaseGeometry = reduce(shapely.symmetric_difference, polygons)
    return area


def geojson_area(document: Any) -> BaseGeometry:
    """All that the polygons of a GeoJSON document cover.

    Raises:
        ValueError: it holds no polygon, or coordinates that are not degrees.
    """
    parts = [_polygon(geometry) for geometry in _geometries(document)]
    if not parts:
        raise ValueError("it holds no Polygon or MultiPolygon")
    area: BaseGeometry = shapely.union_all(parts)
    if area.area == 0:
        raise ValueError("its polygons cover no area")
    return area


def _polygon(geometry: dict[str, Any]) -> BaseGeometry:
    try:
        polygon = shape(geometry)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as error:
        raise ValueError("a polygon is not made of rings of 3 or more points") from error
    points = shapely.get_coordinates(polygon)
    if not (np.abs(points) <= (180, 90)).all():  # NaN is not either
        raise ValueError("a point is not (longitude, latitude) in degrees")
    return shapely.make_valid(polygon)


def _geometries(document: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(document, dict):
        raise ValueError("it is not a GeoJSON object")
    kind = document.get("type")
    if kind == "FeatureCollection":
        for feature in document["features"]:
            yield from _geometries(feature)
    elif kind == "Feature":
        yield from _geometries(document["geometry"])
    elif kind == "GeometryCollection":
        for geometry in document["geometries"]:
            yield from _geometries(geometry)
    elif kind in ("Polygon", "MultiPolygon"):
        yield document
