"""Texts longer than the network was trained on: nothing is passed over in silence."""

import pytest

from zigbang_nlp import Classifier

PRAISE = [
    "역이 가까워서 출퇴근이 편해요.",
    "공원이 넓어서 산책하기 좋아요.",
    "마트와 병원이 다 가까워서 편리해요.",
    "햇빛이 잘 들어서 집이 밝고 따뜻해요.",
    "경비 아저씨들이 친절하고 단지가 깨끗해요.",
    "학교가 바로 옆이라 아이 키우기 좋아요.",
    "조용해서 밤에 잠이 잘 와요.",
    "주차 자리가 넉넉해서 늦게 와도 걱정이 없어요.",
]
COMPLAINT = "층간소음이 너무 심해서 매일 괴롭고 당장 이사 가고 싶어요."
BLAME = [
    "주차 자리가 없어서 매일 밤 힘들어요.",
    "층간소음이 심해서 잠을 못 자요.",
    "녹물이 나와서 씻기도 싫어요.",
    "역이 멀어서 출퇴근이 너무 힘들어요.",
    "관리가 엉망이라 쓰레기 냄새가 나요.",
    "벌레가 많아서 괴로워요.",
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


@pytest.mark.parametrize("place", [0, 9, -1])
@pytest.mark.parametrize(("pages", "windows"), [(2, 1), (5, 2)])
def test_a_strong_complaint_in_a_page_of_praise_is_never_passed_over(
    classifier: Classifier, place: int, pages: int, windows: int
) -> None:
    sentences = PRAISE * pages
    sentences.insert(place if place >= 0 else len(sentences), COMPLAINT)
    text = " ".join(sentences)
    (prediction,) = classifier.predict(text, aspects=True)
    encoder = classifier.bundle.encoder
    assert -(-len(encoder.whole_ids([text])[0]) // encoder.length) == windows
    assert prediction.unsure
    assert prediction.reason == "a long text with praise and complaint"
    assert not prediction.truncated
    assert prediction.aspects is not None
    assert ("층간소음", "negative") in {(a.topic, a.label) for a in prediction.aspects}


@pytest.mark.parametrize(("sentences", "label"), [(PRAISE, "positive"), (BLAME, "negative")])
def test_a_long_text_of_one_mind_is_sure(
    classifier: Classifier, sentences: list[str], label: str
) -> None:
    (prediction,) = classifier.predict(" ".join(sentences * 3))
    assert (prediction.label, prediction.unsure) == (label, False)


def test_the_end_of_a_long_text_counts(classifier: Classifier) -> None:
    praise, blame = " ".join(PRAISE * 2), " ".join(BLAME * 2)
    alone, both = classifier.probabilities([praise, f"{praise} {blame}"])
    assert alone > 0.9
    assert 0.2 < both < 0.8
