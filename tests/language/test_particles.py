"""Particles fit the word before them, in what the pages and the report say."""

import pytest

from zigbang_nlp.language.i18n import translated
from zigbang_nlp.language.particles import with_particles
from zigbang_nlp.language.report_words import Words


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("학교을(를)", "학교를"),
        ("‘경비실’을(를) 말한", "‘경비실’을 말한"),
        ("'주차'을(를)", "'주차'를"),
        ("시험 3단지이(가)", "시험 3단지가"),
        ("101동은(는) 102동이(가)", "101동은 102동이"),
        ("3은(는) 2은(는) 10은(는)", "3은 2는 10은"),
        ("GTX을(를)", "GTX을(를)"),
        ("(을(를))", "(을(를))"),
        ("", ""),
    ],
)
def test_particles_fit(said: str, right: str) -> None:
    assert with_particles(said) == right


def test_pages_and_report_use_them() -> None:
    assert (
        translated("‘{word}’을(를) 말한 리뷰의 비율", "ko", word="역") == "‘역’을 말한 리뷰의 비율"
    )
    assert Words("ko")("ranking.first", name="한빛마을", score=0.5).startswith("한빛마을이 홀로")
