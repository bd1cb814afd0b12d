"""Particles fit the word before them, in what the pages and the report say."""

import pytest

from zigbang_nlp.language.particles import with_particles


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("학교을(를)", "학교를"),
        ("‘경비실’을(를) 말한", "‘경비실’을 말한"),
        ("'주차'을(를)", "'주차'를"),
        ("시험 3단지이(가)", "시험 3단지가"),
        ("101동은(는) 102동이(가)", "101동은 102동이"),
        ("3은(는) 2은(는) 10은(는)", "3은 2는 10은"),
        ("GTX을(를)", "GTX를"),
        ("LH은(는) SK이(가)", "LH는 SK가"),
        ("KTX SRT 8LM을(를)", "KTX SRT 8LM을"),
        ("Tower을(를)", "Tower을(를)"),
        ("은솔마루(3단지)을(를)", "은솔마루(3단지)를"),
        ("『한빛』은(는)", "『한빛』은"),
        (
            "서울으로(로) 부산으로(로) 시청역으로(로) 7으로(로) 3으로(로)",
            "서울로 부산으로 시청역으로 7로 3으로",
        ),
        ("은솔과(와) 마루과(와)", "은솔과 마루와"),
        ("(을(를))", "(을(를))"),
        ("", ""),
    ],
)
def test_particles_fit(sentence: str, right: str) -> None:
    assert with_particles(sentence) == right
