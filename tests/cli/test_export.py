"""`zigbang-nlp export`: what the command line adds to the writers."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner

from zigbang_nlp.cli.group import cli
from zigbang_nlp.language.column_labels import COLUMN_LABELS
from zigbang_nlp.records import Apartment, Prediction, Review, Stars
from zigbang_nlp.store import Judged, open_store
from zigbang_nlp.store.export import COLUMNS


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with two judged complexes, one of which has no coordinates."""
    db = f"sqlite:///{tmp_path_factory.mktemp('export') / 'a.db'}"
    reviews = [
        Review("zigbang", place, f"{place}{n}", "total", text, 4)
        for place in ("1", "2")
        for n, text in enumerate(["=역이 가까워요", "조용해요", "좁아요"])
    ]
    with open_store(db) as store:
        store.add_apartments(
            [
                Apartment("zigbang", "1", "솔마을", "서울시 중구 태평로1가 31", 37.5663, 126.9779, 90),
                Apartment("zigbang", "2", "달마을", "서울시 중구"),
            ]
        )  # fmt: skip
        store.add_reviews(reviews)
        store.save_predictions(
            "model",
            [Judged(r.key, "positive", 0.9, False, ("역",), (), "total", ()) for r in reviews],
        )
    return db


def run(url: str, *arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["export", *map(str, arguments), "--db", url])
    return done.exit_code, done.output


def test_complexes_are_points_with_scores_and_codes(url: str, tmp_path: Path) -> None:
    code, output = run(url, tmp_path / "c.geojson")
    assert code == 0, output
    collection = json.loads((tmp_path / "c.geojson").read_text("utf-8"))
    (point,) = collection["features"]
    assert point["geometry"] == {"type": "Point", "coordinates": [126.9779, 37.5663]}
    assert point["properties"]["name"] == "솔마을"
    assert point["properties"]["texts"] == 3
    assert point["properties"]["code"].startswith("11140"), "중구"
    assert collection["left_out"] == 1


def test_complexes_as_a_geopackage_are_the_same_points(url: str, tmp_path: Path) -> None:
    code, output = run(url, tmp_path / "c.gpkg")
    assert code == 0, output
    assert "1 complexes written" in output
    assert "1 have no coordinates" in output
    with sqlite3.connect(tmp_path / "c.gpkg") as db:
        (row,) = db.execute("SELECT geom, name, texts, code FROM complexes").fetchall()
    assert shapely.from_wkb(row[0][8:]).coords[0] == (126.9779, 37.5663)
    assert row[1:3] == ("솔마을", 3)
    assert row[3].startswith("11140"), "중구"


def test_options_of_reviews_are_not_those_of_complexes(url: str, tmp_path: Path) -> None:
    code, output = run(url, tmp_path / "c.geojson", "--mask")
    assert (code, "--mask" in output) == (2, True)


def test_an_ending_that_is_none_is_said_with_those_there_are(url: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["export", str(tmp_path / "r.pdf"), "--db", url])
    assert done.exit_code == 1
    assert ".xlsx, .sav, .dta" in str(done.exception)


def test_the_order_of_the_columns_is_shown() -> None:
    done = CliRunner().invoke(cli, ["export", "--columns"])
    assert done.exit_code == 0, done.output
    shown = [line.split()[0] for line in done.output.splitlines()[2:]]
    assert shown == list(COLUMNS)
    assert "단지 이름" in done.output


def test_every_column_of_an_export_and_of_a_prediction_has_a_korean_label() -> None:
    columns = Prediction(
        "", None, 0.5, category="total", topics=(), aspects=(), stars=Stars(3.0, ())
    ).as_row()
    names = {*COLUMNS, *columns, *(f"predicted_{name}" for name in columns)}
    assert names <= set(COLUMN_LABELS), names - set(COLUMN_LABELS)
