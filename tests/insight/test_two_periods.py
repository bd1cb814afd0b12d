"""What was planted between two periods is found with its size, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.factories.corpus import World
from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.two_periods import BEFORE_AFTER_COLUMNS, before_after
from zigbang_nlp.packing import pack_names

WORLD = World(reviews=2_000, fallen=("around", 36, 0.2), words=40, seed=6)


@pytest.fixture(scope="module")
def corpus() -> insight.Corpus:
    texts = WORLD.texts()
    rng = np.random.default_rng(1)
    in_2024 = texts["written_at"].dt.year.eq(2024)
    noise = rng.random(len(texts)) < np.where(in_2024, 0.12, 0.04)
    parking = rng.random(len(texts)) < 0.3
    texts["topics"] = [
        pack_names([name for name, held in (("층간소음", n), ("주차", p)) if held])
        for n, p in zip(noise, parking, strict=True)
    ]
    return insight.Corpus.from_frames(texts)


def test_the_planted_changes_are_found_and_no_others(corpus: insight.Corpus) -> None:
    table = before_after(corpus, "2024")
    assert list(table) == list(BEFORE_AFTER_COLUMNS)
    sure = table[table["significant"]].set_index(["measure", "name"])
    assert set(sure.index) == {("positive", "around"), ("spoken", "층간소음")}
    around: Any = sure.loc[("positive", "around")]
    assert around["low"] < -0.2 < around["high"]
    assert (table.attrs["since"], table.attrs["until"]) == ("2024-01-01", "2024-12-15")
    assert (table.attrs["base_since"], table.attrs["base_until"]) == ("2021-01-15", "2023-12-31")


def test_counts_are_those_of_a_query(corpus: insight.Corpus) -> None:
    table = before_after(corpus, "2024", base_since="2023", base_until="2023")
    row: Any = table.set_index(["measure", "name"]).loc[("positive", "care")]
    texts = corpus.texts[corpus.texts["category"].eq("care")]
    for year, name in ((2023, "before"), (2024, "after")):
        own = texts[texts["written_at"].dt.year.eq(year)]
        assert row[f"{name}_count"] == len(own)
        assert row[name] == pytest.approx(own["positive"].mean())
    spoken: Any = table.set_index(["measure", "name"]).loc[("spoken", "층간소음")]
    own = corpus.texts[corpus.texts["written_at"].dt.year.eq(2024)]
    held = own.groupby("review")["topics"].agg(lambda names: names.str.contains("층간소음").any())
    assert spoken["after"] == pytest.approx(held.mean())
    assert spoken["after_count"] == len(held)


def test_periods_that_overlap_or_are_empty(corpus: insight.Corpus) -> None:
    with pytest.raises(InputError, match="overlap"):
        before_after(corpus, "2023", base_until="2023-06")
    with pytest.raises(InsightError, match="earlier period has 0"):
        before_after(corpus, "2020")
    frame = pd.DataFrame({"text": ["글"], "positive": [1.0]})
    with pytest.raises(InsightError, match="when it was written"):
        before_after(insight.Corpus.from_frames(frame))
