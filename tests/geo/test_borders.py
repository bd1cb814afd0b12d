"""A map shows the districts of the provinces that its complexes are in."""

from shapely.geometry import Point, Polygon

from zigbang_nlp.geo.borders import borders


def test_all_districts_of_a_province_with_their_borders() -> None:
    outlines = dict(borders(["서울특별시 노원구", "서울특별시 강서구", "없는도 없는구"]))
    assert len(outlines) == 25
    city_hall = Point(126.978, 37.566)
    holding = [
        n for n, rings in outlines.items() if any(Polygon(r).contains(city_hall) for r in rings)
    ]
    assert holding == ["중구"]
    assert borders([]) == []
