"""What the shipped model must be able to do, sentence by sentence (after Ribeiro et al. 2020,
"Beyond Accuracy: Behavioral Testing of NLP Models with CheckList").

`behaviour.tsv` holds the cases, written for this purpose by a hand that wrote nothing to learn
from: kind, capability, expected, text, other text. Kinds: "ability" (the label is beyond doubt),
"direction" (the first text is more positive than the second), "invariance" (both get one label).
"""

import csv
from collections import Counter
from functools import cache

import pytest

from tests.conftest import ROOT
from zigbang_nlp import Classifier
from zigbang_nlp.model.pretraining.data import read_corpus
from zigbang_nlp.text.clean import duplicate_key

#: The smallest difference of probabilities that counts as a direction.
CLEARLY = 0.05


@cache
def cases() -> list[dict[str, str]]:
    with (ROOT / "tests" / "model" / "behaviour.tsv").open(encoding="utf-8", newline="") as stream:
        names = ["kind", "capability", "expected", "text", "other"]
        return list(csv.DictReader(stream, names, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def outcomes() -> list[tuple[dict[str, str], bool]]:
    classifier = Classifier.load()
    threshold = classifier.bundle.threshold
    first = classifier.probabilities([case["text"] for case in cases()])
    second = classifier.probabilities([case["other"] or "" for case in cases()])
    return [
        (
            case,
            {
                "ability": (a >= threshold) == (case["expected"] == "positive"),
                "direction": a - b >= CLEARLY,
                "invariance": (a >= threshold) == (b >= threshold),
            }[case["kind"]],
        )
        for case, a, b in zip(cases(), first, second, strict=True)
    ]


@pytest.mark.parametrize("kind", ["ability", "direction", "invariance"])
def test_the_shipped_model_behaves(kind: str) -> None:
    mine = [(case, right) for case, right in outcomes() if case["kind"] == kind]
    wrong = [
        f"{case['capability']}: {case['text']} | {case['other']}" for case, ok in mine if not ok
    ]
    share = 1 - len(wrong) / len(mine)
    assert share >= 0.95, f"{share:.3f} of {len(mine)}; wrong:\n" + "\n".join(wrong)


def test_there_are_enough_cases_of_each_kind() -> None:
    kinds = Counter(case["kind"] for case in cases())
    assert kinds["ability"] >= 130
    assert kinds["direction"] >= 70
    assert kinds["invariance"] >= 60
    abilities = Counter(c["expected"] for c in cases() if c["kind"] == "ability")
    assert abs(abilities["positive"] - abilities["negative"]) <= 5


def test_no_case_is_a_text_of_the_corpus() -> None:
    corpus = set(read_corpus(ROOT / "data" / "sample")["text"].map(duplicate_key))
    texts = [case[name] for case in cases() for name in ("text", "other") if case[name]]
    assert not [text for text in texts if duplicate_key(text) in corpus]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("최고", "최악"),
        ("편리함", "불편함"),
        (
            "역이 가깝습니다. 버스도 자주 옵니다. 주차장이 넓어요. 관리비가 적당합니다. " * 5,
            "역이 너무 멉니다. 버스도 안 옵니다. 주차할 데가 없어요. 관리비가 비쌉니다. " * 5,
        ),
    ],
    ids=["one word", "one word more", "20 sentences"],
)
def test_one_word_and_twenty_sentences_are_judged(good: str, bad: str) -> None:
    classifier = Classifier.load()
    predictions = classifier.predict([good, bad], sentences=True)
    assert [p.label for p in predictions] == ["positive", "negative"]
    for prediction in predictions:
        labels = {part.label for part in prediction.sentences or ()}
        assert labels == {prediction.label}


def test_the_shipped_bundle_is_small_and_has_its_card() -> None:
    directory = Classifier.load().bundle.directory
    assert sum(file.stat().st_size for file in directory.iterdir()) <= 24_000_000
    card = (directory / "README.md").read_text(encoding="utf-8")
    for word in ("Data", "Figures", "Limits", "Licence", "Unsure"):
        assert word in card
