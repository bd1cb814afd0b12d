"""Names that are misspelt or half typed lead to those that there are; neighbourhoods are names too."""

from __future__ import annotations

import re

import pytest

from tests.factories.topical import COMPLEXES
from tests.web.conftest import Known
from zigbang_nlp.insight.similar_names import near

JSON = {"Accept": "application/json"}


def suggested(known: Known, typed: str) -> list[tuple[str, str]]:
    answer = known.http.get("/api/v1/suggest", params={"q": typed}, headers=JSON)
    return [(one["kind"], one["name"]) for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("은솔마르", "은솔마루 3단지"),
        ("은솔 마루", "은솔마루 3단지"),
        ("노언구", "서울특별시 노원구"),
        ("해돋이", None),
        ("", None),
    ],
)
def test_letters_are_compared_not_syllables(typed: str, meant: str | None) -> None:
    names = ["은솔마루 3단지", "가온마을 1단지", "서울특별시 노원구", "서울특별시 강서구"]
    suggestions = near(typed, names)
    assert (suggestions[0] in meant) if meant else not suggestions


def test_typing_offers_regions_and_complexes(known: Known) -> None:
    assert ("region", "서울특별시 노원구") in suggested(known, "노원")
    assert ("region", "서울특별시 노원구 가나동") in suggested(known, "가나동")
    assert suggested(known, "마루 12")[0] == ("complex", "은솔마루 12단지")
    misspelt = suggested(known, "은솔마르")
    assert {kind for kind, _ in misspelt} == {"complex"}
    assert len(misspelt) == 8
    assert ("region", "서울특별시 강서구") in suggested(known, "걍서구")
    assert suggested(known, "") == suggested(known, "전혀다른이름") == []


def test_an_empty_list_asks_whether_another_name_was_meant(known: Known) -> None:
    page = known.http.get("/?q=은솔마르").text
    link = re.search(r'<a href="([^"]+)">은솔마루</a>', page)
    assert link
    assert f"단지 {COMPLEXES}곳" in known.http.get(link[1]).text
    assert "비슷한 지역: 노원구" in known.http.get("/?region=노언구").text
    compared = known.http.get("/compare?id=은솔마르 1단지&id=made:2").text
    link = re.search(r'<a href="([^"]+)">은솔마루 1단지</a>', compared)
    assert link
    assert "<h2>" in known.http.get(link[1].replace("&amp;", "&")).text
    answer = known.http.get("/api/v1/complexes?region=노언구", headers=JSON).json()
    assert "비슷한 지역: 노원구" in answer["detail"]
    assert "Did you mean 노원구?" in answer["errors"][0]["reason"]


def test_a_neighbourhood_is_found(known: Known) -> None:
    assert f"단지 {COMPLEXES}곳" in known.http.get("/?q=가나동").text
    assert f"단지 {COMPLEXES // 3}곳" in known.http.get("/?q=노원구 가나동").text
