"""Corrections: kept in the store, learned from by training, never from held-out texts."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from zigbang_nlp.errors import InputError
from zigbang_nlp.store import Correction, open_store
from zigbang_nlp.text.corrections import SOURCE, corrected
from zigbang_nlp.text.dataset import DataSet


def keeps(url: str) -> None:
    with open_store(url) as store:
        before = store.corrections.fingerprint()
        store.corrections.add(Correction("역이 멀어요", "positive", "negative", 0.2, "m"))
        store.corrections.add(Correction("역이 멀어요", "negative", "negative", 0.2, "m"))
        store.corrections.add(Correction("좋아요\x00\ud800", "positive"))
        assert store.corrections.count() == 2
        by_text = {one.text: one for one in store.corrections.all()}
        assert by_text["역이 멀어요"].label == "negative"
        assert by_text["좋아요"].said is None
        assert [one.text for one in store.corrections.recent(1)] == ["좋아요"]
        assert store.corrections.fingerprint() != before
        for text, label in ((" ", "positive"), ("글", "maybe")):
            with pytest.raises(InputError):
                store.corrections.add(Correction(text, label))


def test_the_newest_word_counts(tmp_path: Path) -> None:
    keeps(f"sqlite:///{tmp_path / 'reviews.db'}")


def test_the_newest_word_counts_on_postgresql(
    postgres: Callable[[], str],
) -> None:
    keeps(postgres())


def test_training_texts_are_relabelled_added_or_left_out(dataset: DataSet) -> None:
    training = dataset.split("train")
    known = training.rows["text"].iloc[0]
    was = int(training.rows["label"].iloc[0])
    turned = ("negative", "positive")[1 - was]
    held_out = dataset.split("test").rows["text"].iloc[0]
    part = corrected(
        dataset,
        training,
        {f"{known} !": turned, "아주 새로운 글이에요": "positive", held_out: "positive"},
    )
    assert int(part.rows["label"].iloc[0]) == 1 - was
    assert len(part.rows) == len(training.rows) + 1 == len(part.ids)
    last = part.rows.iloc[-1]
    assert (last["text"], last["label"], last["source"]) == ("아주 새로운 글이에요", 1, SOURCE)
    expected = dataset.encoder.ids(["아주 새로운 글이에요"])[0]
    assert part.ids[-1][: len(expected)].tolist() == expected
    assert part.labels.dtype == np.float32
    assert int(training.rows["label"].iloc[0]) == was


def test_without_corrections_nothing_changes(dataset: DataSet) -> None:
    training = dataset.split("train")
    assert corrected(dataset, training, {}) is training
