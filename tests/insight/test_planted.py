"""What was planted is found, and nothing else; where nothing was planted, nothing is found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.factories.corpus import World
from zigbang_nlp import insight
from zigbang_nlp.store import open_store

#: One word three times as frequent in 2024, one category 20 points worse in one complex, one
#: category 15 points worse from July 2023 (month 30) on.
PLANTED = World(
    reviews=4_000, risen={60: 3.0}, worse={(3, "care"): 0.20}, fallen=("around", 30, 0.15), seed=1
)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> insight.Corpus:
    """The planted world, through a real store."""
    file: Path = tmp_path_factory.mktemp("planted") / "a.db"
    with open_store(f"sqlite:///{file}") as store:
        PLANTED.fill(store)
        return insight.load(store)


def test_the_risen_word_is_found_and_no_other(planted: insight.Corpus) -> None:
    words = insight.keywords(planted, "2024")
    sure = words[words["q_value"] < 0.05]
    assert sure["word"].tolist() == [PLANTED.vocabulary()[60]]
    before = insight.keywords(planted, "2024", base_until="2023").set_index("word")
    row = before.loc[PLANTED.vocabulary()[60]]
    # Three times a text; a review of five texts mentions it a little less than three times as often.
    assert row["low"] < 2.9 < row["high"]
    assert (row["direction"], row["reviews"] + row["base_reviews"]) == ("rising", 4_000)


def test_the_worse_category_is_found_and_no_other(planted: insight.Corpus) -> None:
    table = insight.standouts(planted)
    sure = table[table["q_value"] < 0.05]
    assert sure[["complex", "category"]].to_numpy().tolist() == [["made:3", "care"]]
    assert sure["low"].iloc[0] < -0.20 < sure["high"].iloc[0]
    worst = insight.where(planted, category="care")
    assert worst["complex"].iloc[-1] == "made:3"
    assert worst["rank"].tolist() == [1] * 9 + [10]
    pair = insight.compare(planted, "made:3", "made:4")
    # Care is a fifth of all texts, so all of them together are worse too.
    assert pair.loc[pair["p_adjusted"] < 0.05, "category"].tolist() == ["all", "care"]


def test_the_change_is_found_and_no_other(planted: insight.Corpus) -> None:
    changes = insight.changes(planted)
    assert changes["category"].tolist() == ["around"]
    assert abs((changes["period"][0] - pd.Timestamp(2023, 7, 1)).days) < 100
    assert changes["low"][0] < -0.15 < changes["high"][0]


@pytest.mark.slow
def test_twenty_worlds_without_effects_raise_no_false_alarm() -> None:
    alarms = []
    for seed in range(20):
        corpus = World(seed=seed).corpus()
        tested = {
            "keywords": insight.keywords(corpus, "2024")["q_value"],
            "standouts": insight.standouts(corpus)["q_value"],
            "compare": insight.compare(corpus, "made:0", "made:1")["p_adjusted"],
            "polar": insight.polar_words(corpus)["q_value"],
            "changes": insight.changes(corpus)["p_value"],
        }
        alarms += [(seed, name) for name, q in tested.items() if (q < 0.05).any()]
        if insight.where(corpus)["rank"].max() > 1:
            alarms.append((seed, "ranks"))
    assert alarms == []
