"""Every tokenizer gets through every text that is known to break one."""

import time
import unicodedata

import pytest

from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.tokenizers import TAGGERS, Tokenizer, TokenizerSettings

HAZARDS = {
    "no spaces, 1,000": "역이가까워서출퇴근이편해요" * 77,
    "no spaces, 50,000": "주차가불편해요" * 7_200,
    "jamo run": "암기 " + "ㄱ" * 35,
    "white space": " \t\n ",
    "emoji family": "좋아요 👨‍👩‍👧‍👦👍🏽 최고",
    "NUL": "역이 가까워요\x00 그리고 조용해요",
    "lone surrogate": "좋아요 \ud83d 최고",
    "zero-width space": "층간\u200b소음",
    "byte order mark": "층간\ufeff소음",
    "decomposed": unicodedata.normalize("NFD", "층간소음 심해요"),
    "blank": "",
    "one jamo": "ㅋ",
    "5,000 x ㅋ": "ㅋ" * 5_000,
    "HTML": "<script>alert('x')</script> <b>좋아요</b>&nbsp;",
    "mixed": "GTX-A 59㎡ 12억 lol",
    "right to left": "\u202e좋아요\u202c שלום",
}


@pytest.fixture(scope="module", params=sorted(TAGGERS))
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    made = Tokenizer(TokenizerSettings(request.param))
    made.tokenize("준비")  # the JVM starts here, not in a timed test
    return made


@pytest.mark.parametrize("name", HAZARDS)
def test_hazard_gives_a_sane_bounded_token_list(tokenizer: Tokenizer, name: str) -> None:
    text = clean(HAZARDS[name])
    started = time.monotonic()
    tokens = tokenizer.tokenize(text)
    assert time.monotonic() - started < 20, "an analyser hangs for minutes on such a text"
    assert len(tokens) <= 2 * len(text) + 1
    assert all(isinstance(token, str) and token for token in tokens)
    assert bool(tokens) == bool(text)


def test_text_after_an_emoji_and_after_nul_is_kept(tokenizer: Tokenizer) -> None:
    assert "조용" in "".join(tokenizer.tokenize(clean(HAZARDS["NUL"])))
    tokens = tokenizer.tokenize(clean(HAZARDS["emoji family"]))
    assert "👍" in tokens
    assert "최고" in tokens


def test_zero_width_characters_do_not_split_a_word(tokenizer: Tokenizer) -> None:
    hidden = tokenizer.tokenize(clean(HAZARDS["zero-width space"]))
    assert hidden == tokenizer.tokenize("층간소음")


def test_mecab_splits_into_morphemes() -> None:
    assert Tokenizer(TokenizerSettings("mecab")).tokenize("역이 멀다") == ["역", "이", "멀", "다"]


def test_okt_stems_when_asked() -> None:
    plain = Tokenizer(TokenizerSettings("okt")).tokenize("역이 가까워요")
    stemmed = Tokenizer(TokenizerSettings("okt", stem=True)).tokenize("역이 가까워요")
    assert "가깝다" in stemmed
    assert "가깝다" not in plain


def test_unknown_tokenizer_names_the_known() -> None:
    with pytest.raises(TokenizerError, match=r"komoran, mecab, okt|mecab, okt, komoran"):
        Tokenizer(TokenizerSettings("nltk"))
