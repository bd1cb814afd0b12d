"""The sample's complexes differ, as real ones do, in what the answers on disk say."""

import csv
import json
from collections import defaultdict

import pytest
from scipy.stats import chi2_contingency, spearmanr

from zigbang_nlp.resources import resource_dir

#: Prefixes of the fields of an answer.
CATEGORIES = ("total", "traffic", "care", "resident", "around")


@pytest.fixture(scope="module")
def tones() -> dict[str, list[tuple[str, bool, set[str]]]]:
    """Of each complex, its texts that take a side: category, whether it praises, topics."""
    topics: dict[tuple[str, str], set[str]] = defaultdict(set)
    with (resource_dir("sample") / "topics.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            topics[row["review_id"], row["category"]] |= set(row["topics"].split())
    sided = {}
    for path in sorted((resource_dir("sample") / "reviews").glob("*.json")):
        reviews = json.loads(path.read_text(encoding="utf-8"))["data"]
        sided[path.stem] = [
            (category, review[f"{category}Score"] > 3, topics[str(review["id"]), category])
            for review in reviews
            for category in CATEGORIES
            if review.get(f"{category}Desc") and review.get(f"{category}Score") in (1, 2, 4, 5)
        ]
    return sided


def test_complexes_are_liked_more_and_less_than_chance_explains(
    tones: dict[str, list[tuple[str, bool, set[str]]]],
) -> None:
    counts = [
        [sum(good for _, good, _ in texts), sum(not good for _, good, _ in texts)]
        for texts in tones.values()
    ]
    assert chi2_contingency(counts).pvalue < 1e-6
    shares = sorted(good / (good + bad) for good, bad in counts)
    assert shares[len(shares) // 10] < 0.4
    assert shares[-len(shares) // 10] > 0.65


def test_older_complexes_are_short_of_parking(
    tones: dict[str, list[tuple[str, bool, set[str]]]],
) -> None:
    ages, praised = [], []
    for key, texts in tones.items():
        complex_ = json.loads(
            (resource_dir("sample") / "danjis" / f"{key}.json").read_text("utf-8")
        )
        parking = [good for _, good, topics in texts if "주차" in topics]
        if parking:
            ages.append(complex_["built"])
            praised.append(sum(parking) / len(parking))
    assert len(ages) > 150
    assert spearmanr(ages, praised).statistic > 0.2


def test_no_review_is_older_than_its_complex() -> None:
    for path in sorted((resource_dir("sample") / "reviews").glob("*.json")):
        built = json.loads((resource_dir("sample") / "danjis" / path.name).read_text("utf-8"))[
            "built"
        ]
        for review in json.loads(path.read_text("utf-8"))["data"]:
            assert int(review["date"][:4]) >= built, (path.name, review["id"])
