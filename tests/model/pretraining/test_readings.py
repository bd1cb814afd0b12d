"""What readers said of residents' texts, and what is said of the readers."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from zigbang_nlp.model.pretraining.residents import GRADES

ROOT = Path(__file__).resolve().parents[3]
READINGS = ROOT / "data" / "readings"
RESIDENTS = ROOT.parent / "shared" / "data" / "zigbang_reviews.parquet"
README = (READINGS / "README.md").read_text(encoding="utf-8")


def readings(name: str) -> pd.Series:
    """Grades by row."""
    table = pd.read_csv(
        READINGS / f"{name}.tsv", sep="\t", header=None, names=["row", "grade"], dtype={1: str}
    )
    assert table["row"].is_unique
    return table.set_index("row")["grade"].astype(str)


@pytest.fixture(scope="module")
def readers() -> list[pd.Series]:
    return [readings(f"validation-{reader}") for reader in "abc"]


def test_every_line_is_a_row_and_a_grade() -> None:
    for file in READINGS.glob("*.tsv"):
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
def test_they_are_of_training_and_validation_complexes(readers: list[pd.Series]) -> None:
    split = pd.read_parquet(RESIDENTS, columns=["split"])["split"]
    assert set(split.iloc[readings("train").index]) == {"train"}
    assert set(split.iloc[readers[0].index]) == {"validation"}
