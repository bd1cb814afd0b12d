"""The sample's complexes differ, as real ones do; its texts are nobody's, and its README true."""

import csv
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, spearmanr

from tests.conftest import ROOT
from zigbang_nlp.model.pretraining.data import read_corpus
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
    shares = sorted(good / (good + bad) for good, bad in counts if good + bad >= 15)
    assert len(shares) > 140
    assert shares[len(shares) // 10] < 0.8
    assert shares[-len(shares) // 10] == 1


def test_homes_in_newer_complexes_are_liked_better() -> None:
    built, scores = [], []
    for path in sorted((resource_dir("sample") / "reviews").glob("*.json")):
        complex_ = json.loads((resource_dir("sample") / "danjis" / path.name).read_text("utf-8"))
        for review in json.loads(path.read_text("utf-8"))["data"]:
            built.append(complex_["built"])
            scores.append(review["residentScore"])
    rank = spearmanr(built, scores)
    assert rank.statistic > 0.1
    assert rank.pvalue < 1e-6


def test_no_review_is_older_than_its_complex() -> None:
    for path in sorted((resource_dir("sample") / "reviews").glob("*.json")):
        built = json.loads((resource_dir("sample") / "danjis" / path.name).read_text("utf-8"))[
            "built"
        ]
        for review in json.loads(path.read_text("utf-8"))["data"]:
            assert int(review["date"][:4]) >= built, (path.name, review["id"])


@pytest.fixture(scope="module")
def corpus() -> pd.DataFrame:
    return read_corpus(ROOT / "data" / "sample")


def test_the_readme_says_how_far_it_is_from_life(corpus: pd.DataFrame) -> None:
    table = dict(
        re.findall(
            r"^\| ([^|]+?) \| [^|]+ \| ([^|]+?) \|$",
            (ROOT / "data" / "sample" / "README.md").read_text("utf-8"),
            re.M,
        )
    )
    own = corpus[corpus["source"] == "sample"]
    texts, lengths = own["text"], own["text"].str.len()
    assert table["characters: median"] == f"{lengths.median():.0f}"
    middle = lengths.quantile([0.1, 0.9])
    assert table["characters: 10% and 90%"] == f"{middle[0.1]:.0f} and {middle[0.9]:.0f}"
    shares = own["score"].value_counts(normalize=True).sort_index()
    assert table["scores 1 to 5"] == ", ".join(f"{100 * share:.0f}%" for share in shares)
    assert table["positive, of 1-2 and 4-5"] == f"{100 * own['label'].dropna().mean():.0f}%"
    assert table["texts a resident"] == f"{len(own) / own['review_id'].nunique():.1f}"
    for name, pattern in {
        "with 조금, 약간, 살짝 or 다소": "조금|약간|살짝|다소",
        "with -는 편": "는 편|은 편|편이|편입|편임",
        "with -것 같다 or -듯": "것 같|거 같|듯|같아",
        "with 다만, 하지만, 그러나 or 단점": "다만|하지만|그러나|단점|단 ",
        "with 매우, 너무, 정말, 굉장히, 아주 or 진짜": "매우|너무|정말|굉장히|아주|진짜",
        "with a digit": r"\d",
        "with a comma": ",",
        "ends with a full stop": r"\.\s*$",
        "ends in -다 (not -니다)": r"(?<!니)다[.!~ ]*$",
        "ends in -요": r"요[.!~^ㅎㅋㅠ ]*$",
        "ends in -니다": r"니다[.!~^ㅎㅋㅠ ]*$",
        "two spaces in a row": "  ",
    }.items():
        assert table[name] == f"{100 * texts.str.contains(pattern).mean():.0f}%", name


def grams(texts: Iterable[str], size: int = 12) -> set[str]:
    """The runs of so many characters of texts, with single spaces."""
    folded = (" ".join(text.split()) for text in texts)
    return {text[at : at + size] for text in folded for at in range(len(text) - size + 1)}


@pytest.mark.skipif("TESTS_REAL_REVIEWS" not in os.environ, reason="needs residents' texts")
def test_no_sentence_is_a_residents(corpus: pd.DataFrame) -> None:
    """Runs of 12 characters that residents wrote too, at most as many as other residents have.

    TESTS_REAL_REVIEWS is a Parquet file with the columns split (by complex) and text. Residents of
    other complexes never saw those texts, so what they share is chance.
    """
    real = pd.read_parquet(os.environ["TESTS_REAL_REVIEWS"], columns=["split", "text"])
    others = real.loc[real["split"] != "train", "text"].sample(5_000, random_state=0)
    kinds = {"others": grams(others)}
    kinds |= {str(name): grams(own["text"]) for name, own in corpus.groupby("source")}
    theirs: set[str] = set()
    every = set().union(*kinds.values())
    training = real.loc[real["split"] == "train", "text"]
    for some in np.array_split(training.to_numpy(), 50):
        theirs |= grams(some) & every
    shares = {name: len(own & theirs) / len(own) for name, own in kinds.items()}
    assert max(shares.values()) == shares["others"]
