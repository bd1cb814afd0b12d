"""What readers said of residents' texts, and what is said of the readers."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score, roc_auc_score

from zigbang_nlp import Classifier
from zigbang_nlp.model.pretraining.residents import GRADES, read_residents, texts_stood_for

ROOT = Path(__file__).resolve().parents[3]
READINGS = ROOT / "data" / "readings"
RESIDENTS = ROOT.parent / "shared" / "data" / "zigbang_reviews.parquet"
TRUST = (ROOT / "zigbang_nlp" / "guides" / "en" / "trust.md").read_text(encoding="utf-8")
README = (READINGS / "README.md").read_text(encoding="utf-8")


def readings(name: str) -> pd.Series:
    """Grades by row."""
    table = pd.read_csv(
        READINGS / f"{name}.tsv", sep="\t", header=None, names=["row", "grade"], dtype={1: str}
    )
    assert table["row"].is_unique or name == "train", "hard ones are read up to three times"
    return table.set_index("row")["grade"].astype(str)


@pytest.fixture(scope="module", params=["validation-{}", "test/{}"], ids=["validation", "test"])
def readers(request: pytest.FixtureRequest) -> list[pd.Series]:
    return [readings(request.param.format(reader)) for reader in "abc"]


def test_every_line_is_a_row_and_a_grade() -> None:
    for file in READINGS.rglob("*.tsv"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert all(re.fullmatch(r"\d{1,6}\t[1-5x]", line) for line in lines), file.name
        assert f"{len(lines):,}" in README
    assert set("12345x") == set(GRADES)


def test_three_read_the_same_texts_and_nobody_learned_from_them(readers: list[pd.Series]) -> None:
    for reader in readers:
        assert set(reader.index) == set(readers[0].index)
    assert not set(readings("train").index) & set(readers[0].index)


def test_they_agree_as_the_readme_says(readers: list[pd.Series]) -> None:
    sides = [reader.map(side) for reader in readers]
    grades = [reader.replace("x", "3").astype(int) for reader in readers]
    for (first, second), (a, b) in zip(
        itertools.combinations(sides, 2), itertools.combinations(grades, 2), strict=True
    ):
        second, b = second.reindex(first.index), b.reindex(a.index)
        assert f"{100 * (first == second).mean():.1f}" in README
        assert f"{cohen_kappa_score(first, second):.2f}" in README
        assert f"{cohen_kappa_score(a, b, weights='quadratic'):.2f}" in README
    together = np.column_stack([one.reindex(sides[0].index) for one in sides])
    assert f"all three in {100 * (np.ptp(together, axis=1) == 0).mean():.1f}%" in README


def side(grade: str) -> int:
    """-1 is a complaint, 1 praise."""
    return {"1": -1, "2": -1, "4": 1, "5": 1}.get(grade, 0)


@pytest.mark.skipif(not RESIDENTS.exists(), reason="the residents' texts are not here")
def test_each_file_is_of_the_complexes_that_it_says() -> None:
    split = pd.read_parquet(RESIDENTS, columns=["split"])["split"]
    for file in READINGS.rglob("*.tsv"):
        name = file.relative_to(READINGS).with_suffix("").as_posix()
        assert set(split.iloc[readings(name).index]) == {re.split(r"\W", name)[0]}


@pytest.mark.skipif(not RESIDENTS.exists(), reason="the residents' texts are not here")
def test_the_model_that_ships_is_as_right_on_test_complexes_as_is_said() -> None:
    people = read_residents(RESIDENTS, sorted((READINGS / "test").glob("*.tsv")))
    agreed = people[people["majority"].notna()]
    positive = agreed["majority"].to_numpy() == 1
    predictions = Classifier.load().predict(agreed["text"].tolist())
    right = np.array(
        [(p.label == "positive") == y for p, y in zip(predictions, positive, strict=True)]
    )
    sure = np.array([not p.unsure for p in predictions])
    area = roc_auc_score(positive, [p.probability for p in predictions])
    said = f"| {area:.3f} | {right[~positive].mean():.3f} | {right.mean():.3f} |"
    assert f"{len(agreed):,}" in TRUST
    assert said in TRUST
    assert f"{100 * right[sure].mean():.1f}%" in TRUST
    assert f"{sure.sum():,} sure labels, {(~right[sure]).sum()} of them wrong" in TRUST


def test_a_read_text_stands_for_as_many_as_have_its_score() -> None:
    people = pd.DataFrame(
        {
            "split": ["validation"] * 7 + ["train"],
            "score": [1, 1, 2, 2, 2, 2, 3, 2],
            "reading": [0.0, 0.1, 0.5, 1.0, np.nan, np.nan, np.nan, 0.0],
        }
    )
    agreed = people.iloc[[0, 3]]
    assert texts_stood_for(agreed, people).tolist() == [1.0, 2.0], "the mixed one was read too"
