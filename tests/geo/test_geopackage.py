"""A GeoPackage read as the standard says, by sqlite3, struct and shapely alone."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path
from typing import Any

import pytest
import shapely

from zigbang_nlp.geo.geopackage import write_points

POINTS = [(126.9779, 37.5663), (129.0756, 35.1796)]
ROWS: list[dict[str, Any]] = [
    {"name": "솔마을 'A'", "texts": 3, "share": 0.25},
    {"name": None, "texts": None},
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gpkg") / "a.gpkg"
    write_points(path, "complexes", POINTS, ROWS, {"name": str, "texts": int, "share": float})
    return path


def test_the_header_says_what_it_is(file: Path) -> None:
    header = file.read_bytes()[:100]
    assert header.startswith(b"SQLite format 3\0")
    assert header[68:72] == b"GPKG"  # requirement 2
    assert struct.unpack(">i", header[60:64]) == (10_400,)


def test_what_the_standard_asks_is_there(file: Path) -> None:
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]  # requirement 6
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []  # requirement 7
        systems = db.execute(
            "SELECT srs_id, organization, organization_coordsys_id FROM gpkg_spatial_ref_sys"
        ).fetchall()
        assert {(-1, "NONE", -1), (0, "NONE", 0), (4326, "EPSG", 4326)} <= set(systems)
        contents = db.execute(
            "SELECT table_name, data_type, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents"
        ).fetchall()
        assert contents == [("complexes", "features", 126.9779, 35.1796, 129.0756, 37.5663, 4326)]
        assert db.execute("SELECT * FROM gpkg_geometry_columns").fetchall() == [
            ("complexes", "geom", "POINT", 4326, 0, 0)
        ]
        columns = db.execute("PRAGMA table_info(complexes)").fetchall()
        assert [(one[1], one[2]) for one in columns] == [
            ("fid", "INTEGER"), ("geom", "POINT"), ("name", "TEXT"), ("texts", "INTEGER"),
            ("share", "DOUBLE"),
        ]  # fmt: skip
        assert columns[0][5] == 1, "fid is the primary key"


def test_points_and_values_come_back(file: Path) -> None:
    with sqlite3.connect(file) as db:
        rows = db.execute("SELECT geom, name, texts, share FROM complexes ORDER BY fid").fetchall()
    assert [row[1:] for row in rows] == [("솔마을 'A'", 3, 0.25), (None, None, None)]
    for (blob, *_), point in zip(rows, POINTS, strict=True):
        magic, version, flags, system = struct.unpack("<2sBBi", blob[:8])
        assert (magic, version, system) == (b"GP", 0, 4326)
        assert flags == 1, "little-endian, no envelope, not empty"
        assert shapely.from_wkb(blob[8:]).coords[0] == point


def test_no_points_are_an_empty_layer(tmp_path: Path) -> None:
    write_points(tmp_path / "e.gpkg", "complexes", [], [], {"name": str})
    with sqlite3.connect(tmp_path / "e.gpkg") as db:
        assert db.execute("SELECT min_x, max_y FROM gpkg_contents").fetchall() == [(None, None)]
        assert db.execute("SELECT count(*) FROM complexes").fetchone() == (0,)
