"""Regions become the right cells, and mistakes in them become sentences."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pygeohash
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.crawl import crawl_settings, fake_world, settings
from tests.fake_zigbang import World, serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.crawler import find_region
from zigbang_nlp.crawl.plan import draw
from zigbang_nlp.errors import InputError
from zigbang_nlp.geo import cells
from zigbang_nlp.geo.polygons import area_of, geojson_area
from zigbang_nlp.store import open_store

PLACES = {
    "서울시청": (37.566, 126.978),
    "노원역": (37.656, 127.063),
    "수원시청": (37.263, 127.029),
    "부산시청": (35.180, 129.075),
    "해운대": (35.163, 129.163),
    "제주시청": (33.499, 126.531),
    "강릉역": (37.764, 128.899),
    "목포역": (34.791, 126.386),
    "울릉도": (37.484, 130.905),
    "강화읍": (37.747, 126.486),
}
AT_SEA = [(37.0, 124.5), (36.0, 130.5), (33.9, 127.5), (34.2, 129.3), (38.9, 127.0)]


def cell(point: tuple[float, float]) -> str:
    return str(pygeohash.encode(*point, precision=5))


def test_prefixes() -> None:
    assert len(cells.from_geohashes(["wyd", "wye", "wy6", "wy7"]).cells) == 4096
    assert cells.from_geohashes([" WYDM9 ", "wydm9"]).cells == ("wydm9",)


@pytest.mark.parametrize(
    ("prefixes", "words"),
    [
        ([], "region is empty"),
        (["", " "], "region is empty"),
        (["wya"], "letter 'a'"),
        (["wyd!"], "letter '!'"),
        (["w"], "1 letters"),
        (["wydm9k"], "6 letters"),
    ],
)
def test_wrong_prefixes(prefixes: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        cells.from_geohashes(prefixes)


def test_a_box_has_exactly_the_cells_it_touches() -> None:
    box = (127.04, 37.61, 127.11, 37.69)
    inside = cells.from_box(box).cells
    grid = {
        cell((latitude, longitude))
        for latitude in np.arange(37.61, 37.69, 0.004)
        for longitude in np.arange(127.04, 127.11, 0.004)
    }
    assert set(inside) == grid


@pytest.mark.parametrize(
    "box", [(1, 2, 3), (127.1, 37.6, 127.0, 37.7), (127, 37.7, 127.1, 37.6), (0, 0, 200, 1)]
)
def test_wrong_boxes(box: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="bounding box"):
        cells.from_box(box)


def test_half_the_world_is_too_much() -> None:
    with pytest.raises(InputError, match="are allowed"):
        cells.from_box((-170, -80, 170, 80))


@pytest.fixture(scope="module")
def korea() -> frozenset[str]:
    return frozenset(cells.from_preset("korea").cells)


def test_presets_hold_their_places_and_not_the_sea(korea: frozenset[str]) -> None:
    assert [name for name, place in PLACES.items() if cell(place) not in korea] == []
    assert [place for place in AT_SEA if cell(place) in korea] == []
    seoul, gyeonggi, busan = (
        set(cells.from_preset(n).cells) for n in ("seoul", "gyeonggi", "busan")
    )
    assert {cell(PLACES["서울시청"]), cell(PLACES["노원역"])} <= seoul
    assert cell(PLACES["수원시청"]) in gyeonggi - seoul
    assert cell(PLACES["서울시청"]) not in gyeonggi
    assert {cell(PLACES["부산시청"]), cell(PLACES["해운대"])} <= busan
    assert not seoul & busan


coordinate = st.floats(0, 10, allow_nan=False, width=32)


@given(
    st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=8, unique=True),
    coordinate,
    coordinate,
    st.floats(0.1, 3),
)
def test_a_box_that_holds_a_point_of_the_polygon_touches_it(
    ring: list[tuple[float, float]], x: float, y: float, size: float
) -> None:
    area = area_of([ring])
    corners_in = any(x <= px <= x + size and y <= py <= y + size for px, py in ring)
    if corners_in:
        assert area.intersects(shapely.box(x, y, x + size, y + size))
    assert not area.intersects(shapely.box(20, 20, 20 + size, 20 + size))


def test_a_hole_is_outside() -> None:
    square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    hole = [(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)]
    area = area_of([square, hole])
    assert not area.intersects(shapely.box(4.5, 4.5, 5.5, 5.5))
    assert area.intersects(shapely.box(1, 1, 2, 2))
    assert area.intersects(shapely.box(3.5, 3.5, 4.5, 4.5))
    assert not area.intersects(shapely.box(11, 11, 12, 12))


def test_features_that_overlap_are_both_inside() -> None:
    def feature(west: float, east: float) -> dict[str, object]:
        ring = [[west, 37], [east, 37], [east, 38], [west, 38], [west, 37]]
        return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}

    area = geojson_area(
        {"type": "FeatureCollection", "features": [feature(127, 129), feature(128, 130)]}
    )
    assert area.intersects(shapely.Point(128.5, 37.5))
    assert area.area == pytest.approx(3)


def test_geojson(tmp_path: Path) -> None:
    west, south, east, north = 127.04, 37.61, 127.11, 37.69
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    file = tmp_path / "area.geojson"
    for document in (
        polygon,
        {"type": "Feature", "geometry": polygon, "properties": {}},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon}]},
        {"type": "MultiPolygon", "coordinates": [[ring]]},
    ):
        file.write_text(json.dumps(document))
        assert cells.from_geojson(file).cells == cells.from_box((west, south, east, north)).cells


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"type": "Point", "coordinates": [1, 2]}', '{"type": "FeatureCollection"}',
     '{"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}',
     '{"type": "Polygon", "coordinates": [[[1, 200], [3, 4], [5, 6]]]}',
     '{"type": "Polygon", "coordinates": [[[NaN, 2], [3, 4], [5, 6]]]}',
     '{"type": "Polygon", "coordinates": [[[1e400, 2], [3, 4], [5, 6]]]}',
     '{"type": "Polygon", "coordinates": [[[1, 2], [1, 2], [1, 2]]]}',
     '{"type": "Polygon", "coordinates": [["a", [3, 4], [5, 6]]]}',
     '{"type": "Polygon", "coordinates": {"a": 1}}', '{"type": "Polygon", "coordinates": []}',
     '{"type": "MultiPolygon", "coordinates": [[1, 2]]}', '{"type": "Polygon"}',
     '{"type": "Feature", "geometry": null}'],
)  # fmt: skip
def test_files_that_are_no_polygon(tmp_path: Path, text: str) -> None:
    file = tmp_path / "area.geojson"
    file.write_text(text)
    with pytest.raises(InputError, match="not a GeoJSON polygon"):
        cells.from_geojson(file)
    with pytest.raises(InputError, match="can't be read"):
        cells.from_geojson(tmp_path / "none.geojson")


def test_the_map_is_drawn_north_up(korea: frozenset[str]) -> None:
    inside = cells.from_box((127.04, 37.61, 127.11, 37.69)).cells
    north = max(inside, key=lambda one: pygeohash.decode(one).latitude)
    lines = draw(inside, done={north})
    assert len(lines) == 3
    assert "+" in lines[0]
    assert "+" not in lines[1] + lines[2]
    assert all(len(line) <= 76 for line in draw(korea, set()))


NOWON = [[127.05, 37.62], [127.10, 37.62], [127.10, 37.68], [127.05, 37.68]]
SITES = [
    {"id": 1, "type": "address", "name": "여우골역", "description": "서울", "lat": 37.65, "lng": 127.06,
     "polygon": [[[y, x] for x, y in NOWON]]},
    {"id": 2, "type": "address", "name": "솔바람역", "description": "서울", "lat": 37.56, "lng": 126.99},
    {"id": 3, "type": "address", "name": "솔바람역", "description": "부산", "lat": 35.10, "lng": 129.03},
    {"id": 4, "type": "apartment", "name": "솔마을", "description": "서울 노원구", "lat": 37.65, "lng": 127.06},
]  # fmt: skip


def test_a_place_by_its_name(tmp_path: Path) -> None:
    whole = fake_world(cells=8, apartments=4)
    world = World(whole.cells, whole.danjis, whole.reviews, SITES)
    url = f"sqlite:///{tmp_path}/a.db"
    with serve(world) as server, open_store(url) as store:

        def crawl(place: str) -> list[str]:
            before = len(server.requests)
            chosen = settings(tmp_path, crawl_settings(server.url, place=place), url)
            run_crawl(chosen, store)
            return [request.path for request in server.requests[before:]]

        paths = crawl("여우골역")
        outline = cells.from_box((127.05, 37.62, 127.10, 37.68))
        requested = {path.rsplit("=", 1)[1] for path in paths if "geohash=" in path}
        assert requested == set(outline.cells)
        assert not any("/search" in path for path in crawl("여우골역")), "looked up once"
        assert len([path for path in crawl("부산 솔바람역") if "geohash=" in path]) == 9
        with pytest.raises(InputError, match="2 places named 솔바람역") as several:
            crawl("솔바람역")
        assert "서울 솔바람역, 부산 솔바람역" in several.value.next_step
        with pytest.raises(InputError, match="know the place 여우굴역") as unknown:
            crawl("여우굴역")
        assert "여우골역" in unknown.value.next_step
        planned = crawl_settings(server.url, place="여우골역")
        assert find_region(planned, store, "zigbang", client=None).cells == outline.cells
        with pytest.raises(InputError, match="has not been looked up"):
            find_region(crawl_settings(place="솔바람역"), store, "zigbang", client=None)


def test_a_district_is_found_without_a_request(tmp_path: Path) -> None:
    with (
        serve(fake_world(cells=8, apartments=4)) as server,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
    ):
        chosen = crawl_settings(server.url, place="노원구")
        region = find_region(chosen, store, "zigbang", client=None)
        assert cell(PLACES["노원역"]) in region.cells
        assert cell(PLACES["서울시청"]) not in region.cells
        run_crawl(settings(tmp_path, chosen, f"sqlite:///{tmp_path}/a.db"), store)
        assert not any("/search" in path for path in server.paths())
        with pytest.raises(InputError, match="6 places named 중구"):
            find_region(crawl_settings(place="중구"), store, "zigbang", client=None)
        with pytest.raises(InputError) as misspelt:
            find_region(crawl_settings(place="노언구"), store, "zigbang", client=None)
        assert "서울특별시 노원구" in misspelt.value.next_step
