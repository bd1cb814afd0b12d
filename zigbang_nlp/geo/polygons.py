"""Does a cell's box touch a polygon? All that a crawl needs of geometry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pygeohash import BoundingBox


class Rings:
    """Polygons as one set of closed rings; a ring inside another is a hole (even-odd rule).

    Args:
        rings: each a sequence of (longitude, latitude) in degrees, of at least 3 points.
    """

    def __init__(self, rings: Iterable[Sequence[tuple[float, float]]]) -> None:
        edges = []
        for ring in rings:
            points = np.asarray(ring, dtype=float)[:, :2]
            edges.append(np.hstack([points, np.roll(points, -1, axis=0)]))
        self._edges: npt.NDArray[Any] = np.vstack(edges)  # (edges, x1 y1 x2 y2)

    @property
    def bounds(self) -> BoundingBox:
        """The smallest box around everything."""
        xs, ys = self._edges[:, 0], self._edges[:, 1]
        return BoundingBox(float(ys.min()), float(xs.min()), float(ys.max()), float(xs.max()))

    def touches(self, box: BoundingBox) -> bool:
        """True where the box and the polygons share a point.

        Either some edge meets the box, or the box lies wholly inside or wholly outside, and then
        one of its points tells which.
        """
        middle = ((box.min_lon + box.max_lon) / 2, (box.min_lat + box.max_lat) / 2)
        return self._edge_meets(box) or self._holds(*middle)

    def _edge_meets(self, box: BoundingBox) -> bool:
        x1, y1, x2, y2 = self._edges.T
        near = (
            (np.maximum(x1, x2) >= box.min_lon)
            & (np.minimum(x1, x2) <= box.max_lon)
            & (np.maximum(y1, y2) >= box.min_lat)
            & (np.minimum(y1, y2) <= box.max_lat)
        )
        if not near.any():
            return False
        x1, y1, x2, y2 = self._edges[near].T
        # An edge whose box meets the cell misses it only when all corners lie on one side of it.
        sides = [
            (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
            for x in (box.min_lon, box.max_lon)
            for y in (box.min_lat, box.max_lat)
        ]
        return bool(((np.min(sides, axis=0) <= 0) & (np.max(sides, axis=0) >= 0)).any())

    def _holds(self, x: float, y: float) -> bool:
        x1, y1, x2, y2 = self._edges.T
        crossing = (y1 > y) != (y2 > y)
        x1, y1, x2, y2 = self._edges[crossing].T
        return bool(np.sum(x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)) % 2)


def geojson_rings(document: Any) -> list[list[tuple[float, float]]]:
    """All rings of the polygons in a GeoJSON document.

    Raises:
        ValueError: it holds no polygon, or coordinates that are not degrees.
    """
    rings = [[(float(point[0]), float(point[1])) for point in ring] for ring in _rings(document)]
    if not rings:
        raise ValueError("it holds no Polygon or MultiPolygon")
    for ring in rings:
        if len(ring) < 3:
            raise ValueError(f"a ring has {len(ring)} points; 3 are the least")
        if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring):
            raise ValueError("a point is not (longitude, latitude) in degrees")
    return rings


def _rings(document: Any) -> Iterable[Any]:
    if not isinstance(document, dict):
        raise ValueError("it is not a GeoJSON object")
    kind = document.get("type")
    if kind == "FeatureCollection":
        for feature in document["features"]:
            yield from _rings(feature)
    elif kind == "Feature":
        yield from _rings(document["geometry"])
    elif kind == "GeometryCollection":
        for geometry in document["geometries"]:
            yield from _rings(geometry)
    elif kind == "Polygon":
        yield from document["coordinates"]
    elif kind == "MultiPolygon":
        for polygon in document["coordinates"]:
            yield from polygon
