"""The words worth counting: one form each, compounds whole, denial kept, any text survived."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbang_nlp.text.words import content_words, kind, shown


def words_of(text: str) -> list[str]:
    return [shown(word) for word in content_words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("역이 가까워요", ["역", "가깝다"]),
        ("층간소음 때문에 시끄러워요", ["층간소음", "시끄럽다"]),
        ("발망치 소리가 너무 심해서", ["발망치", "소리", "심하다"]),
        ("역세권 준신축", ["역세권", "준신축"]),
        ("조용하고 깨끗합니다", ["조용하다", "깨끗하다"]),
        ("관리사무소가친절하고주차공간도넓어요", ["관리사무소", "친절", "주차공간", "넓다"]),
        ("7호선까지 걸으면 25분", ["7호선", "걷다"]),
        ("GTX 생기면", ["gtx", "생기다"]),
        ("아저씨들이 친절", ["아저씨", "친절"]),
    ],
)
def test_words_in_one_form(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize("text", ["안 좋아요", "좋지 않아요", "좋지는 않네요", "좋지가 않습니다"])
def test_what_is_denied_is_another_word(text: str) -> None:
    assert words_of(text) == ["안 좋다"]


def test_the_same_word_in_all_its_endings() -> None:
    texts = ["시끄러워요", "시끄럽습니다", "시끄럽고", "시끄러운", "시끄러웠음"]
    assert {tuple(words_of(text)) for text in texts} == {("시끄럽다",)}


def test_kinds() -> None:
    assert [kind(w) for w in content_words("주차장 넓고 gtx")] == ["noun", "predicate", "foreign"]


@given(st.text())
def test_any_text_gives_words_that_a_store_can_hold(text: str) -> None:
    for word in content_words(text):
        assert word
        assert "\t" not in word
        assert shown(word)


def test_blank_texts_have_no_words() -> None:
    assert content_words("") == content_words(" \n ") == content_words("ㅋㅋㅋ ㅠㅠ !!") == []
