"""Complexes for maps: GeoJSON (RFC 7946) and GeoPackage, points with their scores and 법정동코드."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from zigbang_nlp.geo.districts import district_at
from zigbang_nlp.geo.geopackage import write_points

#: Properties of a feature, besides `code`, where the table has them.
PROPERTIES: dict[str, type] = {
    "complex": str, "name": str, "district": str, "households": int, "texts": int,
    "reviews": int, "positive": int, "share": float, "wilson_low": float, "wilson_high": float,
    "score": float, "low": float, "high": float, "rank": int, "tied": int,
}  # fmt: skip


def feature_collection(table: pd.DataFrame) -> dict[str, Any]:
    """The complexes of a table that have coordinates.

    Args:
        table: of `insight.where` by complex, with latitude and longitude in degrees (WGS 84).

    Returns:
        A FeatureCollection, ready for `json.dumps`. `code` is the legal-dong code of the point's
        town (8 digits), None where it lies in none; `left_out` counts complexes without a point.
    """
    known = table[table["latitude"].notna() & table["longitude"].notna()]
    names = [name for name in PROPERTIES if name in known.columns]
    rows = json.loads(known[names].to_json(orient="records", double_precision=6))
    points = zip(known["longitude"].astype(float), known["latitude"].astype(float), strict=True)
    features = []
    for properties, (x, y) in zip(rows, points, strict=True):
        place = district_at(y, x)
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [round(x, 7), round(y, 7)]},
                "properties": properties | {"code": place.code if place else None},
            }
        )
    return {
        "type": "FeatureCollection",
        "features": features,
        "left_out": len(table) - len(known),
    }


def geopackage(collection: dict[str, Any]) -> bytes:
    """The features of `feature_collection` as a GeoPackage with one layer, `complexes`."""
    features = collection["features"]
    with tempfile.TemporaryDirectory(prefix="zigbang-nlp-") as place:
        file = Path(place) / "complexes.gpkg"
        write_points(
            file,
            "complexes",
            [tuple(one["geometry"]["coordinates"]) for one in features],
            [one["properties"] for one in features],
            PROPERTIES | {"code": str},
        )
        return file.read_bytes()
