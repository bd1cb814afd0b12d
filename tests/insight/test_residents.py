"""Who wrote a review, where a crawl kept it, is something to count by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.frames import RESIDENTS
from zigbang_nlp.records import Review
from zigbang_nlp.store import open_store

HOMES = {"자가 거주": 0.75, "전세 또는 월세": 0.25}


def planted(column: str, per: int = 80) -> insight.Corpus:
    """Owners whose texts are three of four positive, tenants with one of four, and who won't say."""
    rows = [
        {"text": f"글 {home} {n}", "positive": float(n % 4 < 4 * share), column: home}
        for home, share in (HOMES | {None: 0.5}).items()
        for n in range(per)
    ]
    return insight.Corpus.from_frames(pd.DataFrame(rows))


@pytest.mark.parametrize("column", RESIDENTS)
def test_shares_by_who_wrote_it(column: Any) -> None:
    table = insight.where(planted(column), by=column).set_index(column)
    assert table["share"].to_dict() == HOMES
    assert table["texts"].tolist() == [80, 80]
    assert table["low"].max() > table["high"].min(), "told apart"


def test_reviews_that_say_nothing_of_it_are_an_error_with_the_setting() -> None:
    with pytest.raises(InsightError, match="covariates") as error:
        insight.where(planted("sex"), by="age")
    assert "누가" in error.value.sentence("ko")
    with pytest.raises(InputError, match="residence, age, sex, married"):
        insight.where(planted("sex"), by="shoe size")  # type: ignore[arg-type]


def test_a_store_gives_what_the_crawl_kept(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        store.add_reviews(
            [
                Review("zigbang", "7", "1", "care", "화단이 예뻐요", 4.0, age="30대", sex="여자"),
                Review("zigbang", "7", "2", "care", "승강기가 느려요", 2.0),
            ]
        )
        texts = insight.load(store).texts
    assert texts["age"].astype(object).where(texts["age"].notna(), None).tolist() == ["30대", None]
    assert texts["married"].isna().all()
