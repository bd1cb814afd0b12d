"""Charts are plain data: JSON, escaped, in the colours of a theme; and drawn the same each time."""

import json

import numpy as np
import pandas as pd
import pytest

from zigbang_nlp.report.chart import THEMES, Chart, shown
from zigbang_nlp.report.chart_map import place_map
from zigbang_nlp.report.chart_network import spread, word_network
from zigbang_nlp.report.chart_rows import bars, intervals
from zigbang_nlp.report.chart_trend import trend_line

ROWS = pd.DataFrame(
    {
        "name": ["<b>굵은</b> 마을", "@grid", "솔마을", "솔마을"],
        "score": [0.7, 0.6, 0.5, 0.4],
        "low": [0.6, 0.5, 0.4, float("nan")],
        "high": [0.8, 0.7, 0.6, 0.5],
        "texts": [10, 20, 30, 40],
        "latitude": [37.5, 37.6, 37.55, 37.7],
        "longitude": [127.0, 127.1, 126.9, 127.05],
        "ratio": [4.0, 2.0, 0.5, 0.25],
    }
)
PERIODS = pd.DataFrame(
    {
        "period": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]),
        "label": ["2024-01", "2024-02", "2024-03"],
        "texts": [5, 0, 7],
        "share": [0.5, float("nan"), 0.6],
        "low": [0.2, float("nan"), 0.3],
        "high": [0.8, float("nan"), 0.9],
    }
)
NODES = pd.DataFrame(
    {
        "word": ["주차", "자리", "소음"],
        "texts": [30, 20, 10],
        "tone": ["negative", "middle", "middle"],
        "told": ["글 30개", "글 20개", "글 10개"],
    }
)
EDGES = pd.DataFrame(
    {"one": ["주차"], "other": ["자리"], "strength": [0.5], "method": ["together"]}
)
WORDS = {"score": "점수", "texts": "글"}
CHARTS = {
    "intervals": intervals(ROWS, "name", "score", "점수", "차트", middle=0.5, count="texts"),
    "bars": bars(ROWS, "name", "ratio", "배", "차트", log=True, customdata=("texts",)),
    "trend": trend_line(PERIODS, "비율", "차트", [("2024-03-01", "<i>여기</i>")]),
    "map": place_map(ROWS, [[(126.8, 37.4), (127.2, 37.4), (127.0, 37.8)]], "차트", WORDS),
    "network": word_network(NODES, EDGES, "차트"),
}
every = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


@every
def test_a_chart_is_json_without_a_nan(chart: Chart) -> None:
    json.dumps(chart.as_dict(), allow_nan=False)


@every
@pytest.mark.parametrize("theme", THEMES)
def test_a_notebook_gets_a_figure_in_the_colours_of_a_theme(chart: Chart, theme: str) -> None:
    figure = chart.figure(theme)  # plotly checks every attribute here
    drawn = figure.to_json()
    assert THEMES[theme]["surface"] in drawn
    names = set(ROWS["name"])
    assert not [c for c in THEMES[theme] if f'"@{c}"' in drawn and f"@{c}" not in names]


def test_names_are_never_markup_nor_colours() -> None:
    drawn = json.dumps(CHARTS["intervals"].as_dict(), ensure_ascii=False)
    assert "<b>굵" not in drawn
    assert "&lt;b&gt;굵은" in drawn
    assert shown("@grid") == "&#64;grid"
    assert "<i>여기" not in json.dumps(CHARTS["trend"].as_dict(), ensure_ascii=False)


def test_two_rows_of_one_name_stay_two() -> None:
    (points,) = CHARTS["intervals"].data
    assert len(set(points["y"])) == 4


def test_ratios_are_as_far_up_as_down() -> None:
    (bar,) = CHARTS["bars"].data
    assert list(bar["x"]) == [2, 1, -1, -2]
    assert bar["text"] == ["4.00", "2.00", "0.50", "0.25"]


def test_small_differences_stay_grey_on_the_map() -> None:
    alike = ROWS.assign(score=[0.50, 0.51, 0.50, 0.51])
    marker = place_map(alike, [], "차트", WORDS).data[-1]["marker"]
    assert marker["cmax"] - marker["cmin"] == pytest.approx(0.2)


def test_joined_words_are_near_and_the_drawing_repeats() -> None:
    pairs = np.array([[0, 1], [1, 2], [2, 0], [3, 4], [4, 5], [5, 3]])
    places = spread(6, pairs, np.ones(6))
    assert np.abs(places).max() <= 1 + 1e-9
    assert (places == spread(6, pairs, np.ones(6))).all()

    def distance(i: int, j: int) -> float:
        return float(np.linalg.norm(places[i] - places[j]))

    joined = max(distance(i, j) for i, j in pairs)
    assert joined < min(distance(i, j) for i in range(3) for j in range(3, 6))
    gaps = [distance(i, j) for i in range(6) for j in range(i)]
    assert min(gaps) > 0.05, "no two words on top of each other"
    assert spread(0, np.empty((0, 2), int), np.empty(0)).shape == (0, 2)
    assert spread(1, np.empty((0, 2), int), np.empty(0)).shape == (1, 2)
