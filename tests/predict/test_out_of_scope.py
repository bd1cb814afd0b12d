"""What no label is given for."""

from functools import cache

import pytest

from tests.conftest import ROOT
from zigbang_nlp import Classifier
from zigbang_nlp.model.pretraining.data import read_corpus
from zigbang_nlp.predict.no_opinion import has_no_opinion
from zigbang_nlp.predict.out_of_scope import BLANK, NO_OPINION, NO_WORDS, NOT_KOREAN, out_of_scope
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
    "관리비 얼마 나오나요?": NO_OPINION,
    "여기 학군 어떤가요?": NO_OPINION,
    "초등학교 배정 아시는 분?": NO_OPINION,
    "근처 병원 있나요??": NO_OPINION,
    "어제 실거래 12억 5천": NO_OPINION,
    "84타입 매매가 10억": NO_OPINION,
    "총 1,200세대 15개 동": NO_OPINION,
}
INSIDE = (
    "좋아요ㅋㅋㅋ",
    "GTX 들어오면 더 좋아질 듯",
    "굿",
    "CCTV가 많아서 안심돼요 👍",
    "역 5분",
    "층간소음 없음",
    "단점이 없어요",
    # Questions that are opinions, and prices with one.
    "이게 무슨 새 아파트인가요?",
    "이런 단지가 어디 있나요?",
    "주차할 데가 있나요?",
    "관리비가 얼마나 비싼지 아시나요?",
    "몇 번을 말해야 고쳐 주나요. 답답합니다",
    "전세 3억이면 싸네요",
    "실거래가가 떨어져서 속상해요",
    "입주 3년차인데 조용해요",
)


shipped = cache(Classifier.load)


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_no_korean_sentence_gets_no_label(text: str) -> None:
    (prediction,) = shipped().predict([text])
    assert prediction.label is None
    assert prediction.unsure
    assert prediction.reason == OUTSIDE[text]
    assert prediction.as_dict()["label"] is None
    assert label_word(prediction.label) == "판정 안 함"


@pytest.mark.parametrize("text", INSIDE)
def test_korean_with_laughter_names_or_numbers_gets_one(text: str) -> None:
    (prediction,) = shipped().predict([text])
    assert prediction.label in ("positive", "negative")


def test_only_two_texts_of_the_sample_fill_a_box_and_none_asks_or_reports() -> None:
    texts = read_corpus(ROOT / "data" / "sample")["text"]
    assert {text for text in texts if has_no_opinion(text)} == {"글쎄요", "특이사항 없음"}


def test_hangul_in_conjoining_jamo_is_korean() -> None:
    assert out_of_scope("좋아요", [5, 6]) is None


def test_a_text_of_unknown_tokens_gets_none() -> None:
    assert out_of_scope("뷁뷁 뷁뷁뷁 좋아요", [1, 1, 7]) == "mostly unknown tokens"
    assert out_of_scope("뷁뷁", [1]) == "no known token"
