"""Opinions of the model that ships, each with its topic, side and place."""

import json
from pathlib import Path

import pytest

from tests.conftest import zigbang
from zigbang_nlp import Classifier
from zigbang_nlp.errors import BundleError


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


@pytest.mark.parametrize(
    ("text", "opinions"),
    [
        ("뷰는 최고예요. 주차는 전쟁이에요.", {"조망": "+", "주차": "-"}),
        ("주차가 너무 힘들지만 지하철역이 정말 가까워요", {"주차": "-", "교통": "+"}),
        ("공원이 가까워서 산책하기 좋아요", {"조경": "+"}),
        ("장점: 마트가 가까움\n단점: 층간소음", {"상권": "+", "층간소음": "-"}),
        ("밤마다 오토바이 소리에 시끄러워서 괴로워요", {"외부소음": "-"}),
        ("그냥 그래요", {}),
        ("", {}),
    ],
)
def test_each_opinion_has_its_topic_and_side(
    classifier: Classifier, text: str, opinions: dict[str, str]
) -> None:
    (prediction,) = classifier.predict(text, aspects=True)
    assert prediction.aspects is not None
    signs = {a.topic: "+" if a.label == "positive" else "-" for a in prediction.aspects}
    assert signs == opinions


def test_a_topic_on_both_sides_gives_two_opinions_where_they_stand(classifier: Classifier) -> None:
    text = "버스는 많아서 편해요.\n그런데 지하철역이 너무 멀어서 불편해요."
    (prediction,) = classifier.predict([text], aspects=True)
    assert prediction.aspects is not None
    assert [(a.topic, a.label) for a in prediction.aspects] == [
        ("교통", "positive"),
        ("교통", "negative"),
    ]
    assert [text[a.start : a.end] for a in prediction.aspects] == text.splitlines()
    assert all((a.probability >= 0.5) == (a.label == "positive") for a in prediction.aspects)


def test_company_does_not_matter(classifier: Classifier) -> None:
    texts = ["뷰는 최고예요", "", "주차가 힘들어요. 관리비도 비싸요", "조용하고 공원이 있어요"]
    together = [p.aspects for p in classifier.predict(texts, aspects=True)]
    alone = [classifier.predict(text, aspects=True)[0].aspects for text in texts]
    for some, others in zip(together, alone, strict=True):
        assert some is not None
        assert others is not None
        assert [(a.topic, a.label, a.start, a.end) for a in some] == [
            (a.topic, a.label, a.start, a.end) for a in others
        ]
        assert [a.probability for a in some] == pytest.approx(
            # The range that 8 bits stand for is that of the batch.
            [a.probability for a in others],
            abs=0.02,
        )


def test_the_command_prints_opinions_for_people_and_as_json(tmp_path: Path) -> None:
    text = "뷰는 최고예요. 주차는 전쟁이에요."
    done = zigbang("predict", "--aspects", text, cwd=tmp_path)
    lines = done.stdout.decode().splitlines()
    assert [line.split()[::2][0] for line in lines[1:]] == ["긍정", "부정"]
    assert "조망: 뷰는 최고예요." in lines[1]
    as_json = json.loads(zigbang("predict", "--aspects", "--json", text, cwd=tmp_path).stdout)
    assert [(a["topic"], a["label"]) for a in as_json["aspects"]] == [
        ("조망", "positive"),
        ("주차", "negative"),
    ]
    assert (
        text[as_json["aspects"][1]["start"] : as_json["aspects"][1]["end"]]
        == (as_json["aspects"][1]["text"])
    )


def test_a_bundle_without_topics_says_so(bundle_dir: Path) -> None:
    with pytest.raises(BundleError, match="doesn't predict topics"):
        Classifier.load(bundle_dir).predict("역", aspects=True)
