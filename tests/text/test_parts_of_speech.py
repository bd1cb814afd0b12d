"""Morphemes with tags: the same morphemes as the tokenizers give, and tags that have names."""

import subprocess
import sys

import pytest

from zigbang_nlp.text.parts_of_speech import tag_names, tagged
from zigbang_nlp.text.taggers import TAGGERS
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer

TEXT = "뷰는 최고인데 주차할 데가 없어요ㅋㅋ 안/밖 👍👍 GTX-A 3호선!!"


@pytest.mark.parametrize("name", ["mecab", "okt", "kiwi"])
def test_tagged_morphemes_are_the_tokens(name: str) -> None:
    settings = TokenizerSettings(name)
    morphemes = tagged(TEXT, settings)
    assert [one.form for one in morphemes] == Tokenizer(settings).tokenize(TEXT)
    tags = {one.form: tag_names(one.tag) for one in morphemes}
    assert tags["주차"][0].endswith("명사")
    assert tags["는"] == ["조사"]
    assert tags["최고"][0].endswith("명사")


def test_every_tokenizer_can_be_tagged_or_says_why_not() -> None:
    assert set(TAGGERS) >= {"mecab", "okt", "komoran", "hannanum", "kkma", "kiwi", "sentencepiece"}
    assert tagged(" ", TokenizerSettings("mecab")) == []


def test_a_program_that_used_java_still_gets_its_signals() -> None:
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('cleaned up'), sys.exit(7)))\n"
        "from zigbang_nlp.text.taggers import java_tagger\n"
        "java_tagger('Okt')\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "import time; time.sleep(30)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 7, done.stderr
    assert done.stdout == "cleaned up\n"
