from collections.abc import Sequence

import pandas as pd
import pytest

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.errors import DataError
from zigbang_nlp.text.clean import duplicate_key
from zigbang_nlp.text.split import assign_splits

SETTINGS = PreprocessSettings()


def rows(
    texts: list[str], apartments: int = 1, splits: Sequence[str | None] | None = None
) -> pd.DataFrame:
    n = len(texts)
    return pd.DataFrame(
        {
            "text": texts,
            "label": [i % 2 for i in range(n)],
            "source": "t",
            "apartment_id": [str(i % apartments) for i in range(n)],
            "split": list(splits or [None] * n),
        }
    )


def straddling(frame: pd.DataFrame, split: pd.Series) -> int:
    kept = split.ne("dropped")
    sides = split[kept].groupby(frame["text"][kept].map(duplicate_key)).nunique()
    return int(sides.gt(1).sum())


def test_copies_never_straddle_and_shares_hold() -> None:
    frame = rows([f"리뷰 {i % 700}번" + "!" * (i % 3) for i in range(1000)])
    split, way = assign_splits(frame, SETTINGS)
    assert way == "text"
    assert straddling(frame, split) == 0
    assert split.value_counts(normalize=True)["test"] == pytest.approx(0.1, abs=0.02)
    assert split.value_counts(normalize=True)["validation"] == pytest.approx(0.1, abs=0.02)
    assert "dropped" not in set(split)


def test_apartments_stay_together_where_there_are_enough() -> None:
    frame = rows([f"리뷰 {i}" for i in range(1000)], apartments=50)
    split, way = assign_splits(frame, SETTINGS)
    assert way == "apartment"
    assert split.groupby(frame["apartment_id"]).nunique().eq(1).all()


def test_a_common_text_of_two_apartments_is_dropped_from_the_held_out_side() -> None:
    frame = rows(["좋아요" if i < 100 else f"리뷰 {i}" for i in range(1000)], apartments=50)
    split, _ = assign_splits(frame, SETTINGS)
    assert straddling(frame, split) == 0
    assert set(split[:100]) == {"train", "dropped"}


def test_the_files_own_splits_are_kept_and_train_gives_way() -> None:
    texts = ["같은 글", "같은  글!", *(f"리뷰 {i}" for i in range(98))]
    splits = ["test", "train", *(["test", "train"] * 49)]
    frame = rows(texts, splits=splits)
    frame["label"] = [i // 2 % 2 for i in range(100)]
    split, way = assign_splits(frame, SETTINGS)
    assert way == "given"
    assert (split == "test").sum() == 50
    assert split[1] == "dropped"
    assert (split == "validation").sum() == 6


def test_rows_without_a_split_go_where_the_setting_says() -> None:
    frame = rows([f"리뷰 {i}" for i in range(90)], splits=["test", "train", None] * 30)
    frame["label"] = [i // 3 % 2 for i in range(90)]
    split, _ = assign_splits(frame, PreprocessSettings(unassigned="drop"))
    assert (split == "dropped").sum() == 30
    split, _ = assign_splits(frame, PreprocessSettings(unassigned="train"))
    assert "dropped" not in set(split)


def test_same_seed_same_split_other_seed_other_split() -> None:
    frame = rows([f"리뷰 {i}" for i in range(200)])
    first, _ = assign_splits(frame, SETTINGS)
    again, _ = assign_splits(frame, SETTINGS)
    other, _ = assign_splits(frame, PreprocessSettings(seed=7))
    assert first.equals(again)
    assert not first.equals(other)


def test_twenty_texts_are_enough() -> None:
    split, _ = assign_splits(rows([f"리뷰 {i}" for i in range(20)]), SETTINGS)
    assert set(split) == {"train", "validation", "test"}


def test_a_split_of_a_single_class_is_an_error() -> None:
    frame = rows([f"리뷰 {i}" for i in range(40)], splits=["test", "train"] * 20)
    with pytest.raises(DataError, match="single class"):
        assign_splits(frame, SETTINGS)
