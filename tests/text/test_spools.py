"""A data set of any size in bounded memory: rows and tokens wait on disk."""

import random
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.factories.reviews import fake_reviews
from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.text import review_spool, token_spool
from zigbang_nlp.text.encoder import pad
from zigbang_nlp.text.preprocess import preprocess
from zigbang_nlp.text.review_spool import ReviewSpool
from zigbang_nlp.text.token_spool import TokenSpool
from zigbang_nlp.text.vocabulary import Vocabulary


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (review_spool, token_spool):
        monkeypatch.setattr(module, "CHUNK", 200)


@pytest.mark.usefixtures("small_chunks")
def test_tokens_come_back_as_they_would_be_encoded_at_once(tmp_path: Path) -> None:
    draw = random.Random(3)
    known = ["역", "가깝", "어요", "주차", "장", "좋"]
    lists = [
        [draw.choice([*known, f"희귀{draw.randrange(90)}"]) for _ in range(draw.randrange(12))]
        for _ in range(1_050)
    ]
    counted = np.array([draw.random() < 0.8 for _ in lists])
    spool = TokenSpool(tmp_path / "tokens", iter(lists), counted)
    expected = Counter(t for row, own in zip(lists, counted, strict=True) if own for t in row)
    assert spool.counts == expected
    for pieces in (0, 3):  # one id a token, and several for a rare one
        vocabulary = Vocabulary.from_counts(expected, 20, 500, pieces)
        whole = [vocabulary.encode(row) for row in lists]
        assert spool.lengths(vocabulary).tolist() == [len(row) for row in whole]
        for length in (1, 7, 60):
            padded = np.concatenate(list(spool.padded(vocabulary, length)))
            assert padded.dtype == np.int32
            np.testing.assert_array_equal(padded, pad(whole, length))


@pytest.mark.usefixtures("small_chunks")
def test_rows_come_back_in_order(tmp_path: Path) -> None:
    rows = [
        ("t", f"{i % 7}", str(i), "total", text, None if i % 5 else 4.5, i % 2, None)
        for i, text in enumerate(["역이 가까워요", "역이가까워요!!", "주차 \ud800 불편"] * 150)
    ]
    spool = ReviewSpool(tmp_path / "rows", iter(rows))
    back: list[Any] = [row for chunk in spool.chunks() for row in chunk.itertuples(index=False)]
    assert [row.review_id for row in back] == [str(i) for i in range(450)]
    assert {row.text for row in back} == {"역이 가까워요", "역이가까워요!!", "주차  불편"}
    assert [row.label for row in back] == [i % 2 for i in range(450)]
    assert np.isnan(back[1].score)
    assert back[0].score == 4.5
    index = spool.index
    assert index["key"].nunique() == 2, "copies share their key"
    assert (index["group"] == [i % 7 for i in range(450)]).all()
    chosen = np.arange(450) % 3 == 2
    assert list(spool.texts(chosen)) == ["주차  불편"] * 150


@pytest.mark.usefixtures("small_chunks")
def test_memory_hardly_grows_with_the_rows(tmp_path: Path) -> None:
    """What a row costs, from twice the rows: texts and tokens would be some kilobytes."""
    reviews = fake_reviews(6_000)
    settings = PreprocessSettings(min_count=1)
    preprocess(reviews[:1_000], settings, tmp_path / "first")  # starts the tokenizer
    peaks = []
    for count in (3_000, 6_000):
        rest = iter(reviews[:count])
        tracemalloc.start()
        preprocess(rest, settings, tmp_path / f"d{count}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[1] - peaks[0]) / 3_000 < 300
    left = {path.name for path in (tmp_path / "d6000").iterdir()}
    assert not {name for name in left if name.startswith(".")}
