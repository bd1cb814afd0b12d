import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbang_nlp.text.clauses import split_sentences
from zigbang_nlp.text.clean import clean


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("역은 가까워요 주차는 힘들어요ㅠㅠ 그래도 만족합니다.", 3),
        ("주차 세대당 1.2대라 널널함 근데 엘베가 느림 ㅋㅋ 그래도 살만함", 3),
        ("좋아요!!조용해요.역 5분", 3),
        ("첫 줄\n둘째 줄", 2),
        ("뷰는 좋은데 주차가 힘들어요", 1),
        ("살기 좋음을 느낀다", 1),
        ("굿", 1),
        ("", 0),
        (" \u200b ", 0),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: int) -> None:
    assert len(split_sentences(text)) == sentences


@given(st.text(max_size=200))
def test_no_visible_character_is_lost(text: str) -> None:
    joined = "".join("".join(split_sentences(text)).split())
    kept = "".join("".join(clean(line) for line in text.splitlines()).split())
    assert joined == kept
