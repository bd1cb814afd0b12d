import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbang_nlp.text.clean import clean, duplicate_key

anything = st.text(st.characters(exclude_categories=[]), max_size=300)


@given(anything)
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(anything)
def test_clean_gives_one_line_of_encodable_visible_nfc(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned)
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned


@given(st.text(max_size=300), st.integers(1, 50))
def test_clean_caps_length(text: str, cap: int) -> None:
    assert len(clean(text, cap)) <= cap


def test_repeats_are_shortened_but_digits_are_not() -> None:
    assert clean("ㅋㅋㅋㅋㅋ 좋아요!!!!! 1000000원") == "ㅋㅋ 좋아요!! 1000000원"


def test_invisible_characters_vanish_inside_a_word() -> None:
    assert clean("층간\u200b소\ufeff음\u0000 심함\u202e") == "층간소음 심함"


def test_decomposed_hangul_is_composed() -> None:
    assert clean(unicodedata.normalize("NFD", "층간소음")) == "층간소음"


def test_lone_surrogate_is_dropped() -> None:
    assert clean("좋\ud800아요") == "좋아요"


def test_a_text_of_100000_characters_is_cut() -> None:
    assert len(clean("가나다라 " * 20_000)) == 1_999


def test_near_exact_copies_share_a_key() -> None:
    assert duplicate_key("역이 가까워요!!") == duplicate_key("역이가까워요~ ^^")
    assert duplicate_key("최고 ㅋㅋㅋㅋ") == duplicate_key("최고ㅋ")
    assert duplicate_key("1단지") != duplicate_key("11단지")
    assert duplicate_key("역이 가까워요") != duplicate_key("역이 멀어요")


def test_texts_of_only_marks_have_keys_of_their_own() -> None:
    assert duplicate_key("!!") != duplicate_key("??")


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("조용해요<br>역도 가까움", "조용해요 역도 가까움"),
        ("조용해요<BR />역도 가까움", "조용해요 역도 가까움"),
        ("&quot;강추&quot; 드려요&nbsp;&#33;", '"강추" 드려요 !'),
        ("마트 &amp;lt;도보 3분&amp;gt;", "마트 <도보 3분>"),
        ("&lt;p class=&quot;x&quot;&gt;채광 좋음&lt;/p&gt;", "채광 좋음"),
        ("<주차> 힘들어요, 84<A> 타입, 1 < 2", "<주차> 힘들어요, 84<A> 타입, 1 < 2"),
        ("R&D 단지, AT&T;", "R&D 단지, AT&T;"),
        ("층간<!-- 숨은 말 -->소음", "층간 소음"),
        ("소음&#8203;없음 &#xAC00;", "소음없음 가"),
    ],
)
def test_markup_of_web_pages_is_no_text(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned
    assert clean(cleaned) == cleaned


@given(st.text(alphabet="&#;<>/x3bralmpt8 가ㅋ\u200b", max_size=60))
def test_markup_within_markup_ends(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@pytest.mark.parametrize("text", ["&amp;" + "amp;" * 5_000, "<b" * 3_000 + "r>" * 3_000])
def test_markup_nested_a_thousand_times_costs_no_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
