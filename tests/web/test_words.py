"""The pages' words: each has its English, charts escape what they are given, marks keep the text."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zigbang_nlp.web
from zigbang_nlp.charts.lines import Point, over_time
from zigbang_nlp.charts.map import Place, place_map, scale_of
from zigbang_nlp.charts.marked import marked_parts
from zigbang_nlp.errors import InsightError
from zigbang_nlp.records import WordShare
from zigbang_nlp.web.authentication import Authenticator
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.limits import Rate
from zigbang_nlp.web.problems import Problem

#: A machine that does other things too is slow now and then.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEB = Path(zigbang_nlp.web.__file__).parent


def test_templates_have_neither_inline_script_nor_style_nor_other_hosts() -> None:
    for file in WEB.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|<style|\son\w+=", text), file
        assert "://" not in text, file
        assert "|safe" not in text.replace(" ", ""), file
    for file in (WEB / "static").iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, file
        assert "innerHTML" not in text, file


SCALE = scale_of([0.4, 0.6], 0.5)


def shares(text: str, spans: list[tuple[int, int, float]]) -> list[WordShare]:
    return [
        WordShare(text[start:end], start, end, share, abs(share) >= 0.3)
        for start, end, share in spans
    ]


@patient
@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.floats(-3, 3)), max_size=12),
)
def test_marks_never_lose_or_change_a_character(
    text: str, spans: list[tuple[int, int, float]]
) -> None:
    inside = sorted((min(a, len(text)), min(b, len(text)), share) for a, b, share in spans)
    parts = marked_parts(text, shares(text, inside))
    assert "".join(part.text for part in parts) == text


def test_the_strongest_words_are_marked() -> None:
    parts = marked_parts(
        "뷰는 최고 주차는 전쟁", shares("", [(0, 2, 0.1), (3, 5, 2.5), (10, 12, -0.6)])
    )
    assert [(p.text, p.mark) for p in parts if p.mark] == [("최고", "p2"), ("전쟁", "n1")]


def test_charts_escape_what_they_are_given() -> None:
    evil = "\"><script>'&"
    place = Place(evil, evil, 127.0, 37.5, 0.5, 3, "/complex?id=%3C")
    for chart in (
        place_map([place], evil, SCALE),
        over_time([Point(evil, 0.5, 0.4, 0.6, 3)], evil),
    ):
        assert "<script>" not in str(chart)
        assert "&lt;script&gt;" in str(chart)


def test_a_map_without_places_is_none_and_one_place_is_a_map() -> None:
    nowhere = Place("n", "", float("nan"), float("nan"), 0.5, 3, "/")
    assert place_map([nowhere], "", SCALE) is None
    assert place_map([Place("n", "구", 127.0, 37.5, 1.0, 1, "/")], "", SCALE) is not None


@patient
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9)), min_size=1, max_size=60))
def test_lines_are_drawn_for_any_series(values: list[tuple[float, int]]) -> None:
    points = [Point("2024", v, v, v, n) for v, n in values]
    points.append(Point("2025", float("nan"), float("nan"), float("nan"), 0))
    assert "nan" not in str(over_time(points, "", whole=False))


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    rate = Rate(60, lambda: now[0])
    assert [rate.wait("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait("a") == pytest.approx(1.0)
    assert rate.wait("b") == 0.0
    now[0] = 1.0
    assert rate.wait("a") == 0.0
    assert rate.wait("a") > 0


def test_a_refusal_keeps_nothing_of_those_before() -> None:
    """An error that is raised again keeps the frames of each time, with all that they hold."""
    guard = Authenticator("a-token-of-some-length")
    empty = Snapshot("", None, InsightError("There are no reviews.", "리뷰가 없습니다."))
    for refuse in (lambda: guard.check({"headers": []}), empty.reviews):
        depths = []
        for _ in range(3):
            with pytest.raises((Problem, InsightError)) as refused:
                refuse()
            depths.append(len(refused.traceback))
        assert len(set(depths)) == 1, depths
