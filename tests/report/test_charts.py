"""Charts are SVG: escaped, without NaN, coloured by one rule, and drawn the same each time."""

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from zigbang_nlp.charts.lines import Point, over_time
from zigbang_nlp.charts.map import Place, place_map, scale_of
from zigbang_nlp.charts.network import Edge, Node, spread, word_network
from zigbang_nlp.charts.rows import Row, bar_rows, interval_rows, tone
from zigbang_nlp.report.chart_rows import points, share

EVIL = "<b>굵은</b> \"마을' & @grid"
NAN = math.nan
ROWS = [
    Row(EVIL, 0.7, 0.6, 0.8, "70%", "n=10"),
    Row("솔마을", 0.52, 0.4, 0.6, "52%"),
    Row("솔마을", 0.3, 0.2, 0.45, "30%"),
    Row("모름", NAN, NAN, NAN, "–"),
]
SERIES = [
    Point("2024-01", 0.5, 0.2, 0.8, 5),
    Point("2024-02", NAN, NAN, NAN, 0),
    Point("2024-03", 0.6, 0.3, 0.9, 7),
    Point("2024-04", 0.7, 0.4, 0.9, 7),
]
NODES = [
    Node(EVIL, 30, "negative", "리뷰 30건"),
    Node("자리", 20, "base", ""),
    Node("벽", 1, "base", ""),
]
PLACES = [
    Place(EVIL, "서울특별시 노원구", 127.0, 37.5, 0.8, 10, "/"),
    Place("둘", "", 127.1, 37.6, 0.5, 40, "/", sure=False),
    Place("셋", "", NAN, NAN, 0.5, 40, "/"),
]
BORDER = [(126.8, 37.4), (127.2, 37.4), (127.0, 37.8)]
CHARTS = {
    "intervals": interval_rows(ROWS, EVIL, share, middle=0.5),
    "bars": bar_rows([Row(EVIL, 2.0, tone="positive"), Row("나", -1.0)], "차트", points),
    "trend": over_time(SERIES, "차트", marks=[("2024-03", EVIL)]),
    "map": place_map(PLACES, "차트", scale_of([0.8, 0.5], 0.5), [BORDER]),
    "network": word_network(NODES, [Edge(EVIL, "자리", 0.5)], "차트"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_markup_that_holds_texts_as_texts(name: str) -> None:
    drawn = str(CHARTS[name])
    tree = ET.fromstring(drawn)
    assert "nan" not in drawn.lower().replace(EVIL.lower(), "")
    assert EVIL in "".join(tree.itertext()) + "".join(
        v for e in tree.iter() for v in e.attrib.values()
    )
    assert not [element for element in tree.iter() if element.tag == "b" and element.text == "굵은"]
    assert "style=" not in drawn


def test_only_what_differs_is_coloured() -> None:
    assert [tone(0.6, 0.8, 0.5), tone(0.4, 0.6, 0.5), tone(0.2, 0.45, 0.5), tone(NAN, NAN, 0.5)] == [
        "positive", "base", "negative", "base"
    ]  # fmt: skip
    tree = ET.fromstring(str(CHARTS["intervals"]))
    dots = [e.attrib["class"] for e in tree.iter("circle")]
    assert dots == ["dot positive", "dot base", "dot negative", "dot base"]
    grey, deep = (
        next(e.attrib["class"] for e in a.iter("circle") if "place" in e.attrib["class"])
        for a in sorted(
            ET.fromstring(str(CHARTS["map"])).iter("a"),
            key=lambda a: "둘" not in (a[0].text or ""),
        )
    )
    assert (grey, deep) == ("place s3", "place s6")


def test_the_scale_tells_its_thresholds() -> None:
    scale = scale_of([0.4, 0.8], 0.5)
    for step in range(1, 7):
        at = scale.threshold(step)
        assert (scale.step(at - 1e-6), scale.step(at + 1e-6)) == (step - 1, step)
    assert scale_of([0.5, 0.51], 0.5).step(0.51) == 3, "noise is grey"


def test_the_scale_has_no_step_that_no_share_can_have() -> None:
    assert scale_of([0.4, 0.6], 0.5).steps() == [0, 1, 2, 3, 4, 5, 6]
    for shares, centre in (([0.15, 0.9], 0.8), ([0.85, 0.1], 0.2)):
        scale = scale_of(shares, centre)
        steps = {scale.step(share) for share in np.linspace(0, 1, 10_001)}
        assert scale.steps() == sorted(steps)
        assert len(steps) < 7


def test_a_line_has_a_gap_where_nothing_is_known() -> None:
    tree = ET.fromstring(str(CHARTS["trend"]))
    lines = [e for e in tree.iter("line") if e.attrib["class"].startswith("stroke")]
    assert len(lines) == 1, "only from March to April"


def test_dots_can_be_hit_by_a_finger() -> None:
    tree = ET.fromstring(str(CHARTS["map"]))
    touch = [e for e in tree.iter("circle") if e.attrib["class"] == "touch"]
    assert len(touch) == 2
    assert all(float(e.attrib["r"]) >= 12 for e in touch)


def test_a_network_is_drawn_the_same_each_time() -> None:
    pairs = np.array([[0, 1], [1, 2]])
    one, other = (spread(4, pairs, np.array([1.0, 0.2])) for _ in range(2))
    assert np.array_equal(one, other)
    assert np.abs(one).max() <= 1.0 + 1e-9
    near = np.linalg.norm(one[0] - one[1])
    assert near < np.linalg.norm(one[0] - one[3])


def test_no_rows_and_flat_rows_are_charts() -> None:
    assert "<ol" in str(bar_rows([], "", points))
    assert "<ol" in str(interval_rows([Row("가", 0.0)], "", points, span=(0.0, 0.0)))
