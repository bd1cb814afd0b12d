from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.factories.reviews import fake_reviews
from zigbang_nlp.config import PreprocessSettings, TokenizeSettings
from zigbang_nlp.errors import ConfigError, DataError, StageError
from zigbang_nlp.records import Review
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.preprocess import length_for_coverage, preprocess


def test_the_data_set_holds_what_the_encoder_says(dataset: DataSet) -> None:
    for name in ("train", "validation", "test"):
        part = dataset.split(name)
        again = dataset.encoder.encode(part.rows["text"])
        assert np.array_equal(part.ids, again)
        assert set(part.rows["label"]) == {0, 1}


def test_the_summary_adds_up(dataset: DataSet) -> None:
    summary = dataset.summary
    assert summary["rows_read"] == 600
    assert summary["labelled"] == 480
    held = sum(part["texts"] for part in summary["splits"].values())
    assert held + summary["dropped_duplicates"] == 480
    assert summary["classes"]["negative"] + summary["classes"]["positive"] == 480
    assert summary["length_covers"] >= 0.99


def test_texts_with_both_labels_are_counted_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [r for r in fake_reviews(400) if r.score != 3]
    torn = [
        replace(rows[0], review_id=f"t{i}", text=text, score=score)
        for i, (text, score) in enumerate(
            [("살 만해요!", 5.0), ("살만해요", 1.0), ("그럭저럭", 5.0), ("그럭저럭", 1.0)] * 2
        )
    ]
    summary = preprocess(rows + torn, PreprocessSettings(min_count=1), tmp_path / "dataset")
    assert (summary["both_labels"]["texts"], summary["both_labels"]["rows"]) == (2, 8)
    assert "2 texts carry both labels, in 8 rows" in caplog.text
    assert "살 만해요!; 그럭저럭" in caplog.text
    assert summary["labelled"] == len(rows) + 8
    kept = sum(part["texts"] for part in summary["splits"].values())
    assert kept + summary["dropped_duplicates"] == summary["labelled"]


def test_the_vocabulary_is_of_the_training_texts_alone(dataset: DataSet) -> None:
    tokens = {
        t for row in dataset.encoder.tokenize(dataset.split("train").rows["text"]) for t in row
    }
    assert set(dataset.encoder.vocabulary.tokens) <= tokens


def test_length_covers_the_share_asked_for() -> None:
    lengths = np.arange(1, 101)
    assert length_for_coverage(lengths, 0.99) == 99
    assert length_for_coverage(lengths, 1.0) == 100
    assert length_for_coverage(np.array([], int), 0.9) == 1


def test_an_own_label_beats_the_score(tmp_path: Path) -> None:
    reviews = [
        Review("t", "1", str(i), "total", f"글 {i}", 5.0, label=("negative", "positive")[i % 2])
        for i in range(60)
    ]
    summary = preprocess(reviews, PreprocessSettings(min_count=1), tmp_path / "d")
    assert summary["classes"] == {"negative": 30, "positive": 30, "larger_share": 0.5}


def test_categories_can_be_chosen(tmp_path: Path) -> None:
    settings = PreprocessSettings(min_count=1, categories=("traffic",))
    preprocess(fake_reviews(400), settings, tmp_path / "d")
    assert set(DataSet.load(tmp_path / "d").split("train").rows["category"]) == {"traffic"}


@pytest.mark.parametrize(
    ("reviews", "words"),
    [
        ([], "no reviews"),
        (fake_reviews(12), "at least 20 are needed"),
        ([Review("t", "1", str(i), "total", f"글 {i}", 5.0) for i in range(50)], "are positive"),
        ([Review("t", "1", str(i), "total", f"글 {i}", 1.0) for i in range(50)], "are negative"),
        ([Review("t", "1", str(i), "total", "\u200b ", 1.0) for i in range(50)], "Only 0 of 50"),
    ],
)
def test_data_that_cannot_teach_is_a_clear_error(
    reviews: list[Review], words: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=words):
        preprocess(reviews, PreprocessSettings(), tmp_path / "d")
    assert not (tmp_path / "d").exists()


def test_unknown_category_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"trafic.*traffic"):
        preprocess(fake_reviews(40), PreprocessSettings(categories=("trafic",)), tmp_path / "d")


def test_an_error_leaves_the_last_data_set(tmp_path: Path) -> None:
    preprocess(fake_reviews(100), PreprocessSettings(min_count=1), tmp_path / "d")
    with pytest.raises(DataError):
        preprocess([], PreprocessSettings(), tmp_path / "d")
    assert DataSet.load(tmp_path / "d").summary["rows_read"] == 100


def test_a_missing_data_set_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="zigbang-nlp preprocess"):
        DataSet.load(tmp_path)


def test_a_damaged_part_says_what_to_run(tmp_path: Path) -> None:
    preprocess(fake_reviews(100), PreprocessSettings(min_count=1), tmp_path / "d")
    (tmp_path / "d" / "train.npy").write_bytes(b"not an array")
    with pytest.raises(StageError, match="preprocess --force"):
        DataSet.load(tmp_path / "d").split("train")


def test_a_vocabulary_can_build_on_that_of_a_bundle(dataset: DataSet, tmp_path: Path) -> None:
    reviews = [replace(r, text=f"{r.text} 슬세권") for r in fake_reviews(200)]
    settings = PreprocessSettings(vocabulary=str(dataset.directory), min_count=1)
    preprocess(reviews, settings, tmp_path / "d")
    tokens = DataSet.load(tmp_path / "d").encoder.vocabulary.tokens
    base = dataset.encoder.vocabulary.tokens
    assert tokens[: len(base)] == base
    assert len(tokens) > len(base)


def test_a_vocabulary_of_another_tokenizer_is_refused(dataset: DataSet, tmp_path: Path) -> None:
    settings = PreprocessSettings(vocabulary=str(dataset.directory), tokenizer="okt")
    with pytest.raises(ConfigError, match=r"tokenizer mecab, not of okt"):
        preprocess(fake_reviews(100), settings, tmp_path / "d")


def test_sentencepiece_learns_from_the_training_texts_and_travels_along(tmp_path: Path) -> None:
    settings = PreprocessSettings(tokenizer="sentencepiece", sentencepiece_size=200, min_count=1)
    preprocess(fake_reviews(200), settings, tmp_path / "d")
    loaded = DataSet.load(tmp_path / "d")
    part = loaded.split("test")
    assert (loaded.encoder.encode(part.rows["text"]) == part.ids).all()
    assert (part.ids > 1).any()


def test_tokens_are_kept_beside_the_data_set_and_change_nothing(tmp_path: Path) -> None:
    fingerprints = []
    for _ in range(2):
        preprocess(
            fake_reviews(100),
            PreprocessSettings(min_count=1),
            tmp_path / "dataset",
            how=TokenizeSettings(workers=1),
        )
        fingerprints.append(DataSet.load(tmp_path / "dataset").fingerprint())
    preprocess(fake_reviews(100), PreprocessSettings(min_count=1), tmp_path / "other")
    assert list((tmp_path / "tokens").glob("*.segment"))
    assert fingerprints == [DataSet.load(tmp_path / "other").fingerprint()] * 2
