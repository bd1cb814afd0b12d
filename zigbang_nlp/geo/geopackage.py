"""A layer of points as a GeoPackage, the SQLite file that QGIS and ArcGIS open.

OGC 12-128r19, "OGC GeoPackage Encoding Standard" 1.4: requirements 2 (application id), 10-12
(gpkg_spatial_ref_sys, gpkg_contents), 13-14 and 18-33 (tables of features and their geometries).
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely

#: "GPKG", and 1.4.0 as the standard writes it.
_APPLICATION, _VERSION = 0x47504B47, 10_400
_WGS84 = 4326
_WGS84_TEXT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AUTHORITY["EPSG","4326"]]'
)
#: The three that every file must hold.
_SYSTEMS = [
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", None),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
    ("WGS 84 geodetic", _WGS84, "EPSG", _WGS84, _WGS84_TEXT, "longitude, latitude in degrees"),
]
_SCHEMA = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL
    DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
"""
_TYPES = {int: "INTEGER", float: "DOUBLE", str: "TEXT"}


def write_points(
    file: Path,
    layer: str,
    points: Sequence[tuple[float, float]],
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, type],
) -> None:
    """Write a GeoPackage of one layer.

    Args:
        file: that must not be there yet.
        layer: name of the table, letters and underscores.
        points: (longitude, latitude) in degrees (WGS 84), one a row.
        rows: their values by column; None is no value.
        columns: name -> int, float or str.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    typed = ", ".join(f'"{name}" {_TYPES[kind]}' for name, kind in columns.items())
    xs, ys = [x for x, _ in points], [y for _, y in points]
    bounds = (min(xs), min(ys), max(xs), max(ys)) if points else (None,) * 4
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS
        )
        connection.execute(
            f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,'
            f" geom POINT, {typed})"
        )
        connection.execute(
            "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
            (layer, layer, moment, *bounds, _WGS84),
        )
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)",
            (layer, _WGS84),
        )
        connection.executemany(
            f'INSERT INTO "{layer}" (geom, {names}) VALUES (?{", ?" * len(columns)})',
            (
                (geometry, *map(row.get, columns))
                for geometry, row in zip(_geometries(xs, ys), rows, strict=True)
            ),
        )


def _geometries(xs: list[float], ys: list[float]) -> list[bytes]:
    """Points as clause 2.1.3 has them: "GP", version 0, little-endian without an envelope, then WKB."""
    header = struct.pack("<2sBBi", b"GP", 0, 0b0000_0001, _WGS84)
    return [header + bytes(one) for one in shapely.to_wkb(shapely.points(xs, ys), byte_order=1)]
