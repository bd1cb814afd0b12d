import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zigbang_nlp.text.clauses import split_clauses


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("뷰는 최고지만 주차는 전쟁이에요", ["뷰는 최고지만", "주차는 전쟁이에요"]),
        ("역은 가까운데 언덕이 심해요", ["역은 가까운데", "언덕이 심해요"]),
        ("집이 넓은데 추워요", ["집이 넓은데", "추워요"]),
        ("관리는 잘되나 비싸요", ["관리는 잘되나", "비싸요"]),
        (
            "공기 좋고 조용하며 마트가 있어요",
            ["공기 좋고", "조용하며", "마트가 있어요"],
        ),
        # The full stop is missing.
        ("주차가 힘들다 그래도 살 만하다", ["주차가 힘들다", "그래도 살 만하다"]),
        ("역 가까움 마트 없음", ["역 가까움", "마트 없음"]),
        ("교통 좋아요 학교도 가까워요", ["교통 좋아요", "학교도 가까워요"]),
        # List marks.
        ("1. 교통 좋음 2. 소음 있음", ["교통 좋음", "소음 있음"]),
        ("- 공원 있음\n- 주차 부족", ["- 공원 있음", "- 주차 부족"]),
        ("조용함 / 벌레 없음", ["조용함", "벌레 없음"]),
        # What goes on isn't cut.
        ("5년째 살고 있어요", ["5년째 살고 있어요"]),
        ("아이를 키우고 싶은 동네예요", ["아이를 키우고 싶은 동네예요"]),
        ("멀어서 불편해요", ["멀어서 불편해요"]),
        ("세대당 1.2대예요", ["세대당 1.2대예요"]),
        ("버스나 지하철을 타요", ["버스나 지하철을 타요"]),
        ("", []),
        (" \n !!", []),
    ],
)
def test_a_text_is_cut_where_an_opinion_ends(text: str, clauses: list[str]) -> None:
    assert [clause.text for clause in split_clauses(text)] == clauses


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("주차가 힘들지만 만족해요", "주차가 힘들다"),
        ("주차는 전쟁인데 만족해요", "주차는 전쟁이다"),
        ("집이 따뜻한데 좁아요", "집이 따뜻하다"),
        ("다만 언덕이 심해요", "언덕이 심해요"),
    ],
)
def test_a_statement_is_free_of_what_links_it(text: str, statement: str) -> None:
    assert split_clauses(text)[0].statement == statement


def test_what_stands_under_a_heading_knows_it() -> None:
    clauses = split_clauses("장점: 역이 가까움, 공원이 있음\n단점은 주차 부족")
    assert [(clause.head, clause.text) for clause in clauses] == [
        ("+", "장점: 역이 가까움,"),
        ("+", "공원이 있음"),
        ("-", "단점은 주차 부족"),
    ]


@settings(deadline=None, max_examples=150)
@given(
    st.text(
        st.sampled_from("역이 가깝고 좋지만 주차는 1. 힘듦!\n\u200b장점단점-/ㅠㅋ👍é"), max_size=60
    )
)
def test_clauses_stand_in_order_where_they_say(text: str) -> None:
    end = 0
    for clause in split_clauses(text):
        assert end <= clause.start < clause.end <= len(text)
        end = clause.end
        # What is cleaned away may stand between, never what is left.
        there = set(unicodedata.normalize("NFC", text[clause.start : clause.end]))
        assert set(clause.text) - {" "} <= there
