"""Places of Korea are found by name and by point, with today's names and codes."""

from __future__ import annotations

import math

import pytest
import shapely

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo import districts


@pytest.mark.parametrize(
    ("point", "name", "codes"),
    [
        ((37.6562, 127.0631), "서울특별시 노원구 상계동", ("11", "11350", "11350105")),
        ((37.3673, 127.1130), "경기도 성남시 분당구 정자동", ("41", "41135", "41135103")),
        ((37.6600, 126.7700), "경기도 고양시 일산동구 장항동", ("41", "41285", "41285104")),
        ((36.4800, 127.2900), "세종특별자치시 보람동", ("36", "36110", "36110103")),
        ((37.4430, 126.7000), "인천광역시 미추홀구 관교동", ("28", "28177", "28177108")),
        (
            (35.8200, 127.1500),
            "전북특별자치도 전주시 완산구 경원동3가",
            ("52", "52111", "52111107"),
        ),
        ((36.2400, 128.5700), "대구광역시 군위군 군위읍", ("27", "27720", "27720250")),
        ((37.7640, 128.8990), "강원특별자치도 강릉시 교동", ("51", "51150", "51150110")),
    ],
)
def test_a_point_is_in_its_town(
    point: tuple[float, float], name: str, codes: tuple[str, str, str]
) -> None:
    place = districts.district_at(*point)
    assert place is not None
    assert str(place) == name
    assert (place.province_code, place.district_code, place.town_code) == codes


@pytest.mark.parametrize(
    "point",
    [(None, 127.0), (37.5, None), (math.nan, 127.0), (37.5, math.inf), (0, 0), (1e401, 1), (91, 127),
     (36.0, 130.5), (35.68, 139.76), (39.03, 125.75)],
)  # fmt: skip
def test_what_is_no_point_of_korea_is_in_no_town(point: tuple[float, float]) -> None:
    assert districts.district_at(*point) is None


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("노원구", "서울특별시 노원구"),
        ("서울 노원", "서울특별시 노원구"),
        ("서울", "서울특별시"),
        ("경기", "경기도"),
        ("광주", "광주광역시"),
        ("광주시", "경기도 광주시"),
        ("경기 광주", "경기도 광주시"),
        ("서울시 중구", "서울특별시 중구"),
        ("수원", "경기도 수원시"),
        ("분당구 정자동", "경기도 성남시 분당구 정자동"),
        ("고양 일산동구", "경기도 고양시 일산동구"),
        ("전라북도 전주시", "전북특별자치도 전주시"),
        ("충북 청주시", "충청북도 청주시"),
        ("강원도 고성군", "강원특별자치도 고성군"),
        ("세종시", "세종특별자치시"),
        ("제주", "제주특별자치도"),
        ("제주시", "제주특별자치도 제주시"),
        ("중계동", "서울특별시 노원구 중계동"),
        ("41130", "경기도 성남시"),
        ("11350106", "서울특별시 노원구 중계동"),
    ],
)
def test_a_name_is_understood(name: str, whole: str) -> None:
    assert str(districts.the(name)) == whole


@pytest.mark.parametrize("name", ["", "  ", "노언구", "부산 노원구", "노원구 서울", "99999"])
def test_a_name_of_nothing(name: str) -> None:
    with pytest.raises(InputError, match="no place"):
        districts.the(name)


def test_a_name_of_several_places_offers_them() -> None:
    assert len(districts.find("중구")) == 6
    with pytest.raises(InputError, match="2 places named 신사동") as several:
        districts.the("신사동")
    assert "서울특별시 강남구 신사동" in several.value.next_step


def test_districts_fill_their_province() -> None:
    seoul = districts.districts("서울")
    assert len(seoul) == 25
    whole = districts.area(districts.the("서울"))
    together = shapely.union_all([districts.area(place) for place in seoul])
    assert together.symmetric_difference(whole).area < 0.01 * whole.area
    assert [place.district for place in districts.districts("성남시")] == [
        "성남시 수정구",
        "성남시 중원구",
        "성남시 분당구",
    ]
    everywhere = districts.districts()
    assert len({place.code for place in everywhere}) == len(everywhere) > 240
    assert all(place.code[:2] == place.province_code for place in everywhere)


def test_an_outline_is_rings_around_the_place() -> None:
    (ring,) = districts.outline("노원구")
    assert ring[0] == ring[-1]
    polygon = shapely.Polygon(ring)
    assert polygon.contains(shapely.Point(127.0631, 37.6562))
    assert not polygon.contains(shapely.Point(126.978, 37.566))
    exact = districts.area(districts.the("노원구"))
    assert polygon.symmetric_difference(exact).area < 0.02 * exact.area
    assert len(districts.outline("노원구", 0.01)[0]) < len(ring)


def test_neighbours_still_touch_when_they_are_simplified() -> None:
    def overlap(shapes: list[shapely.Polygon]) -> float:
        return float(sum(shape.area for shape in shapes) - shapely.union_all(shapes).area)

    seoul = districts.districts("서울")
    drawn = [shapely.Polygon(rings[0]) for rings in districts.outlines(seoul, 0.002)]
    alone = [districts.area(place).simplify(0.002) for place in seoul]
    assert overlap(drawn) < overlap(alone) / 2
    assert sum(len(shape.exterior.coords) for shape in drawn) < 2_000


def test_islands_are_drawn_when_they_are_large_enough() -> None:
    fine, coarse = districts.outline("인천 옹진군", 0.001), districts.outline("인천 옹진군", 0.05)
    assert len(fine) > len(coarse) >= 1


def test_an_address_without_a_district_comes_from_the_point() -> None:
    assert districts.located("", 37.6562, 127.0631) == "서울특별시 노원구 상계동"
    assert (
        districts.located("서울특별시 중구 태평로", 37.6562, 127.0631) == "서울특별시 중구 태평로"
    )
    assert districts.located("길음로 1", 0, 0) == "길음로 1"
    assert districts.located(None, None, None) is None
