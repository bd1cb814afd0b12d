"""The road to the shipped model, on movie reviews made here and a part of the corpus."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ROOT, TINY, made_reviews
from zigbang_nlp import Classifier
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.model.pretraining.data import corpus_dataset, movie_dataset, read_corpus
from zigbang_nlp.model.pretraining.pretrain import Recipe, join, pretrain
from zigbang_nlp.model.training.train import train
from zigbang_nlp.text.clean import duplicate_key
from zigbang_nlp.text.dataset import DataSet

SHORT = TINY.model_copy(update={"epochs": 1})
RECIPE = Recipe(
    movie_training=SHORT,
    corpus_training=SHORT,
    seeds=(1, 2),
    movie_validation=60,
    replayed=40,
    replay_weight=0.1,
)


@pytest.fixture(scope="module")
def movies_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """800 rated texts: half of them benchmark rows, a fifth of those test."""
    rows = [
        {
            "movie_id": int(r.apartment_id),
            "review_id": int(r.review_id),
            "rating": int((r.score or 3) * 2),
            "text": r.text,
            "nsmc200k": None if i % 2 else ("test" if i % 10 == 0 else "train"),
        }
        for i, r in enumerate(made_reviews(800))
    ]
    path = tmp_path_factory.mktemp("movies") / "movies.parquet"
    pd.DataFrame(rows).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def small_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dozen complexes of the corpus, two for validation and two for test."""
    sample = tmp_path_factory.mktemp("sample")
    (sample / "reviews").mkdir()
    source = ROOT / "data" / "sample"
    chosen = sorted(source.glob("reviews/*.json"))[::18][:12]
    for file in chosen:
        shutil.copy(file, sample / "reviews")
    shutil.copy(source / "topics.csv", sample)
    ids = [int(file.stem) for file in chosen]
    (sample / "splits.json").write_text(json.dumps({"validation": ids[:2], "test": ids[2:4]}))
    for name in ("loose.tsv", "plain.tsv"):
        lines = (source / name).read_text(encoding="utf-8").splitlines()[:60]
        (sample / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sample


def keys(data: DataSet, part: str) -> set[str]:
    return {duplicate_key(text) for text in data.split(part).rows["text"]}


def test_movie_reviews_get_soft_labels_and_no_text_is_on_two_sides(
    movies_file: Path, tmp_path: Path
) -> None:
    data = movie_dataset(movies_file, 60, tmp_path / "movies")
    train = data.split("train").rows
    by_rating = train.groupby(train["score"] * 2)["label"].agg(["min", "max"])
    assert by_rating.loc[6].tolist() == pytest.approx([0.3, 0.3])
    assert by_rating.loc[2].tolist() == [0, 0]
    assert by_rating.loc[10].tolist() == [1, 1]
    assert set(data.split("test").rows["label"]) == {0, 1}
    assert len(data.split("validation").rows) == 60
    assert not keys(data, "train") & (keys(data, "test") | keys(data, "validation"))


def test_the_corpus_builds_on_the_movie_vocabulary(
    movies_file: Path, small_sample: Path, tmp_path: Path
) -> None:
    movies = movie_dataset(movies_file, 60, tmp_path / "movies")
    data = corpus_dataset(small_sample, movies, 40, 0.1, tmp_path / "corpus")
    base, extended = movies.encoder.vocabulary.tokens, data.encoder.vocabulary.tokens
    assert extended[: len(base)] == base
    assert len(extended) > len(base)
    train = data.split("train").rows
    assert set(train["source"]) == {"sample", "loose", "nsmc"}
    assert (train["source"] == "nsmc").sum() == 40
    assert set(data.split("test").rows["source"]) == {"sample", "plain"}
    assert not keys(data, "train") & (keys(data, "test") | keys(data, "validation"))


def test_the_whole_corpus_is_read_with_its_topics() -> None:
    rows = read_corpus(ROOT / "data" / "sample")
    assert len(rows) > 10_000
    assert len(set().union(*rows["topics"])) == 23
    assert rows["topics"].map(bool).all()
    assert rows["score"].between(1, 5).all()
    share = rows.loc[rows["source"].eq("sample"), "label"].eq(0).mean()
    assert share > 0.25, "at least a quarter is negative"


@pytest.mark.slow
def test_the_shipped_bundle_is_small_and_whole_and_tells_topics(
    movies_file: Path, small_sample: Path, tmp_path: Path
) -> None:
    bundle = pretrain(movies_file, small_sample, tmp_path / "out", tmp_path / "work", RECIPE)
    assert load_bundle(tmp_path / "out").identity() == bundle.identity()
    assert bundle.architecture.lstm_blocks == 2
    assert not bundle.weights_path.exists()
    (prediction,) = Classifier(bundle).predict(["역이 가까워요"], topics=True, sentences=True)
    assert prediction.category is not None
    assert prediction.topics is not None
    assert [p.text for p in prediction.sentences or ()] == ["역이 가까워요"]
    figures = json.loads((tmp_path / "work" / "movies.json").read_text(encoding="utf-8"))
    assert figures["texts"] >= figures["texts_not_in_train"] > 0
    assert figures["model"].keys() == figures["tfidf"].keys()
    figures = json.loads((tmp_path / "work" / "corpus.json").read_text(encoding="utf-8"))
    assert set(figures) == {"sample", "plain", "topics"}
    assert all(0 < figures["topics"][name] <= 1 for name in ("category_accuracy", "topic_micro_f1"))


@pytest.mark.slow
def test_what_is_ready_is_not_trained_again(
    movies_file: Path, small_sample: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    first = pretrain(movies_file, small_sample, tmp_path / "out", work, RECIPE)
    networks = {p: p.stat().st_mtime_ns for p in work.glob("network-*/manifest.json")}
    assert len(networks) == 4
    again = pretrain(movies_file, small_sample, tmp_path / "out", work, RECIPE)
    assert {p: p.stat().st_mtime_ns for p in work.glob("network-*/manifest.json")} == networks
    assert again.identity() == first.identity()


@pytest.mark.slow
def test_a_merged_network_says_the_mean_of_its_members_log_odds(
    dataset: DataSet, tmp_path: Path
) -> None:
    members = [
        train(dataset, SHORT.model_copy(update={"seed": s}), tmp_path / f"m{s}", tmp_path / f"c{s}")
        for s in (1, 2, 3)
    ]
    joined = join(dataset, members, tmp_path / "joined")
    texts = dataset.split("test").rows["text"].tolist()
    mean = np.mean([logit(Classifier(m).probabilities(texts)) for m in members], axis=0)
    found = logit(Classifier(joined).probabilities(texts)) * joined.metrics["temperature"]
    assert np.ptp(mean) > 0.5
    np.testing.assert_allclose(found, mean, atol=0.05)  # 8 bits a number of the embedding
