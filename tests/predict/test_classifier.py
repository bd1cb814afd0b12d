from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zigbang_nlp import Classifier
from zigbang_nlp.records import LABELS


@pytest.fixture(scope="module")
def classifier(bundle_dir: Path) -> Classifier:
    return Classifier.load(bundle_dir)


def test_learned_words_decide(classifier: Classifier) -> None:
    good, bad = classifier.predict(["역 가까워요 버스 좋아요", "역 멀어요 버스 나빠요"])
    assert good.label == "positive"
    assert bad.label == "negative"
    assert good.probability > bad.probability


@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "\u200b\ufeff"])
def test_blank_text_has_no_label_and_a_reason(classifier: Classifier, blank: str) -> None:
    (prediction,) = classifier.predict([blank])
    assert prediction.label is None
    assert prediction.unsure
    assert prediction.reason == "blank text"
    assert prediction.probability == 0.5


def test_text_without_a_known_token_has_no_label(classifier: Classifier) -> None:
    (prediction,) = classifier.predict(["뷁뷁"])
    assert prediction.label is None
    assert prediction.unsure
    assert prediction.reason == "no known token"


def test_a_text_of_100000_characters(classifier: Classifier) -> None:
    (prediction,) = classifier.predict(["주차가 불편해요 " * 12_000])
    assert prediction.label == "negative"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=[]), max_size=80), max_size=5))
def test_any_texts_give_as_many_sane_predictions(classifier: Classifier, texts: list[str]) -> None:
    predictions = classifier.predict(texts)
    assert [p.text for p in predictions] == texts
    assert all(
        (p.label is None or p.label in LABELS) and 0 <= p.probability <= 1 for p in predictions
    )


def test_order_and_company_do_not_matter(classifier: Classifier) -> None:
    texts = [f"역 가까워요 {'버스 나빠요 ' * i}" for i in range(20)]
    together = [p.probability for p in classifier.predict(texts)]
    alone = [classifier.predict([text])[0].probability for text in texts]
    assert together == pytest.approx(alone, abs=2e-6)


def test_probabilities_are_those_of_predict(classifier: Classifier) -> None:
    texts = ["역 가까워요", "버스 나빠요"]
    expected = [p.probability for p in classifier.predict(texts)]
    assert classifier.probabilities(texts) == pytest.approx(expected, abs=1e-6)
