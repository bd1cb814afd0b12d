"""Spans lead from tokens back to what was typed."""

import re
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zigbang_nlp.text.align import clean_with_spans, place_tokens
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer

#: Anything that text fields hold, lone surrogates included, with what cleaning changes made likely.
_HARD = st.sampled_from(
    [
        *"ㅋㅠ!~.  \t\n\r\u200b\ufeff\x00\u3164\ud800",
        "각",
        "한",
        "é",
        "ǖ̃",
        "\u0958",
        "👨‍👩‍👧",
        "층간소음",
        "&amp;lt;",
        "&nbsp;",
        "<br/>",
        "<p>",
        "&#x",
        ";",
        "59㎡",
    ]
)
_TEXTS = st.lists(
    _HARD | st.text(st.characters(exclude_categories=[]), max_size=6), max_size=30
).map("".join)
#: What residents type: Hangul, digits, punctuation, repeats; composed or not.
_KOREAN = st.lists(
    st.sampled_from(
        [
            *"ㅋㅠ!~. ",
            "주차",
            "가",
            "힘들어요",
            "역이",
            " 가까워요",
            "좋은데",
            "12억",
            "\u200b",
            "😀",
            "했습니다",
        ]
    ),
    max_size=30,
).map("".join)
_REPEATED = re.compile(r"(.)\1+")
_FORMS = st.sampled_from(["NFC", "NFD"])


@given(_TEXTS, st.sampled_from([5, 40, 2000]))
@example("각" + "\u0301" * 50, 2000)
def test_cleaning_with_spans_is_cleaning(text: str, most: int) -> None:
    cleaned = clean_with_spans(text, most)
    assert cleaned.text == clean(text, most)
    assert len(cleaned.starts) == len(cleaned.ends) == len(cleaned.text)
    assert all(0 <= a < b <= len(text) for a, b in zip(cleaned.starts, cleaned.ends, strict=True))
    assert list(cleaned.starts) == sorted(cleaned.starts)
    assert list(cleaned.ends) == sorted(cleaned.ends)


@given(_TEXTS)
def test_tokens_cover_a_text_from_left_to_right(text: str) -> None:
    tokens = Tokenizer(TokenizerSettings("mecab")).tokenize(clean(text))
    spans = place_tokens(text, tokens)
    assert sum(span.tokens for span in spans) == len(tokens)
    at, left_over = 0, ""
    for span in spans:
        assert at <= span.start <= span.end <= len(text)
        left_over += text[at : span.start] + " "
        at = span.end
    assert clean(left_over + text[at:]) == "", "only what cleaning drops lies between tokens"


@given(_KOREAN, _FORMS)
def test_what_a_span_marks_is_the_token(text: str, form: Any) -> None:
    typed = unicodedata.normalize(form, text)
    tokens = Tokenizer(TokenizerSettings("mecab")).tokenize(clean(typed))
    spans = place_tokens(typed, tokens)
    marked = [clean(typed[span.start : span.end]) for span in spans]
    # A shortened repeat may be two tokens (😀 😀); the second marks all that was left out.
    assert [_REPEATED.sub(r"\1", m) for m in marked] == [_REPEATED.sub(r"\1", t) for t in tokens]


def test_repeats_and_decomposed_syllables_are_marked_whole() -> None:
    typed = unicodedata.normalize("NFD", "역이\u200b  좋아요") + "ㅋㅋㅋㅋㅋ 최고!!!!"
    spans = place_tokens(typed, ["역", "이", "좋", "아요", "ㅋㅋ", "최고", "!!"])
    marked = [unicodedata.normalize("NFC", typed[p.start : p.end]) for p in spans]
    assert marked == ["역", "이", "좋", "아요", "ㅋㅋㅋㅋㅋ", "최고", "!!!!"]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (["하", "았", "습니다"], [("했", 2), ("습니다", 1)]),  # Komoran takes syllables apart
        (["하", "았", "습니다", "역"], [("했", 2), ("습니다", 1), ("역", 1)]),
        (["하다", "역"], [("했습니다", 1), ("역", 1)]),  # Okt's stems
        (["하다", "가깝다"], [("했습니다 역", 2)]),
        (
            ["\u2581했", "습니다", "\u2581역"],
            [("했", 1), ("습니다", 1), ("역", 1)],
        ),  # SentencePiece
        (["없는말"], [("했습니다 역", 1)]),
        ([], []),
    ],
)
def test_tokens_that_do_not_stand_in_the_text(
    tokens: list[str], expected: list[tuple[str, int]]
) -> None:
    text = "했습니다 역"
    placed = [(text[p.start : p.end], p.tokens) for p in place_tokens(text, tokens)]
    assert placed == expected


@pytest.fixture(scope="module", params=[("okt", False), ("okt", True), ("komoran", False)])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return Tokenizer(TokenizerSettings(*request.param))  # Komoran reads its dictionary for seconds


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(text=_KOREAN)
def test_every_tokenizer_is_followed(tokenizer: Tokenizer, text: str) -> None:
    tokens = tokenizer.tokenize(clean(text))
    spans = place_tokens(text, tokens)
    assert sum(span.tokens for span in spans) == len(tokens)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)


@pytest.mark.parametrize("repeated", ["주차가 ", "e\u0301\u0301", "ㄱ", "가" + "\u0301" * 500])
def test_a_long_text_takes_no_long_time(repeated: str) -> None:
    text = repeated * (40_000 // len(repeated))
    began = time.process_time()
    cleaned = clean_with_spans(text)
    place_tokens(text, cleaned.text.split())
    assert time.process_time() - began < 3
