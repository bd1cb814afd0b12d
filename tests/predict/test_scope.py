"""What no label is given for."""

import pytest

from zigbang_nlp import Classifier
from zigbang_nlp.predict.scope import BLANK, NO_OPINION, NO_WORDS, NOT_KOREAN, out_of_scope
from zigbang_nlp.records import label_word

OUTSIDE = {
    "": BLANK,
    "  \n": BLANK,
    "ㅋㅋㅋㅋㅋ": NO_WORDS,
    "ㅠㅠ ㅠㅠ": NO_WORDS,
    "👍👍👍": NO_WORDS,
    "!!! 100 ...": NO_WORDS,
    "Quiet and clean, close to the station": NOT_KOREAN,
    "とても静かで住みやすいです": NOT_KOREAN,
    "非常安静，交通方便": NOT_KOREAN,
    "없음": NO_OPINION,
    "내용 없음.": NO_OPINION,
    "모르겠어요...": NO_OPINION,
    "테스트": NO_OPINION,
}
INSIDE = (
    "좋아요ㅋㅋㅋ",
    "GTX 들어오면 더 좋아질 듯",
    "굿",
    "CCTV가 많아서 안심돼요 👍",
    "역 5분",
    "층간소음 없음",
    "단점이 없어요",
)


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_no_korean_sentence_gets_no_label(text: str) -> None:
    classifier = Classifier.load()
    (said,) = classifier.predict([text])
    assert said.label is None
    assert said.unsure
    assert said.reason == OUTSIDE[text]
    assert said.as_dict()["label"] is None
    assert label_word(said.label) == "판정 안 함"


@pytest.mark.parametrize("text", INSIDE)
def test_korean_with_laughter_names_or_numbers_gets_one(text: str) -> None:
    (said,) = Classifier.load().predict([text])
    assert said.label in ("positive", "negative")


def test_hangul_in_conjoining_jamo_is_korean() -> None:
    assert out_of_scope("좋아요", [5, 6]) is None


def test_a_text_of_unknown_tokens_gets_none() -> None:
    assert out_of_scope("뷁뷁 뷁뷁뷁 좋아요", [1, 1, 7]) == "mostly unknown tokens"
    assert out_of_scope("뷁뷁", [1]) == "no known token"
