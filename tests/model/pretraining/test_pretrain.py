"""The road to the shipped model, on movie reviews made here and a part of the corpus."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from tests.conftest import ROOT, TINY
from tests.factories.reviews import fake_reviews
from zigbang_nlp import Classifier
from zigbang_nlp.errors import InputError
from zigbang_nlp.model.bundle import Bundle, load_bundle
from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.model.pretraining.apartments import (
    CORPUS_WEIGHT,
    READING_WEIGHT,
    read_sources,
    reading_dataset,
    resident_dataset,
)
from zigbang_nlp.model.pretraining.data import movie_dataset, read_corpus
from zigbang_nlp.model.pretraining.merge import moved_back
from zigbang_nlp.model.pretraining.pretrain import join, pretrain
from zigbang_nlp.model.pretraining.recipe import Material, Recipe
from zigbang_nlp.model.pretraining.residents import fold_of, read_residents
from zigbang_nlp.model.pretraining.teacher import teach
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.training.warm_start import bundle_weights
from zigbang_nlp.text.clean import duplicate_key
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.encoder import unpadded

SHORT = TINY.model_copy(update={"epochs": 1})
#: As the recipe has it: what was learned before is neither kept nor trusted.
AGAIN = SHORT.model_copy(update={"stars": True, "keep_start": False, "trust_start": False})
RECIPE = Recipe(
    movie_training=SHORT,
    reading_training=AGAIN,
    resident_training=AGAIN,
    seeds=(1, 2),
    movie_validation=60,
    replayed=40,
    replay_weight=0.1,
    ngram_buckets=4_099,
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
        for i, r in enumerate(fake_reviews(800))
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
    for name in ("loose.tsv", "plain.tsv", "short.tsv"):
        head, *lines = (source / name).read_text(encoding="utf-8").splitlines()
        some = lines[:: len(lines) // 60]
        (sample / name).write_text("\n".join([head, *some]) + "\n", encoding="utf-8")
    return sample


def write_residents(directory: Path, count: int) -> tuple[Path, list[Path]]:
    """Made texts of 31 complexes, a fifth of them for validation and a fifth for test, read."""
    texts, readings = [], [directory / f"reader_{k}.tsv" for k in (1, 2, 3)]
    lines: list[list[str]] = [[], [], []]
    for i, r in enumerate(fake_reviews(count, seed=3)):
        place = int(r.apartment_id) % 5
        split = {0: "validation", 1: "test"}.get(place, "train")
        texts.append(
            {
                "apartment_id": r.apartment_id,
                "review": i // 5,
                "category": r.category,
                "score": int(r.score or 3),
                "text": f"{r.text} {i}",
                "split": split,
            }
        )
        grade = {1: "1", 2: "2", 3: "3", 4: "4", 5: "5"}[int(r.score or 3)]
        if split == "train" and i % 2:
            lines[i % 3].append(f"{i}\t{grade}")
        if split == "validation":
            for reader in lines:
                reader.append(f"{i}\t{grade}")
    pd.DataFrame(texts).to_parquet(directory / "residents.parquet")
    for path, grades in zip(readings, lines, strict=True):
        path.write_text("\n".join(grades) + "\n", encoding="utf-8")
    return directory / "residents.parquet", readings


@pytest.fixture(scope="module")
def material(
    movies_file: Path, small_sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> Material:
    residents, readings = write_residents(tmp_path_factory.mktemp("residents"), 900)
    return Material(movies_file, residents, tuple(readings), small_sample)


def keys(data: DataSet, part: str) -> set[str]:
    return {duplicate_key(text) for text in data.split(part).rows["text"]}


def test_movie_reviews_get_soft_labels_and_no_text_is_on_two_sides(
    movies_file: Path, tmp_path: Path
) -> None:
    data = movie_dataset(movies_file, 60, tmp_path / "movies")
    train = data.split("train").rows
    by_rating = train.groupby(train["score"] * 2)["label"].agg(["min", "max"])
    assert list(by_rating.loc[6]) == pytest.approx([0.3, 0.3])
    assert list(by_rating.loc[2]) == [0, 0]
    assert list(by_rating.loc[10]) == [1, 1]
    assert set(data.split("test").rows["label"]) == {0, 1}
    assert len(data.split("validation").rows) == 60
    assert not keys(data, "train") & (keys(data, "test") | keys(data, "validation"))


def test_readings_are_joined_by_row_and_a_majority_needs_more_than_half(tmp_path: Path) -> None:
    texts = pd.DataFrame(
        {
            "apartment_id": [1, 1, 2, 3],
            "review": [1, 2, 3, 4],
            "category": "total",
            "score": [5, 1, 3, 4],
            "text": ["햇볕이 잘 들어요", "벌레가 많아요", "그저 그래요", "햇볕이  잘 들어요!"],
            "split": ["validation", "train", "train", "train"],
        }
    )
    texts.to_parquet(tmp_path / "residents.parquet")
    one, two, three = (tmp_path / f"{name}.tsv" for name in ("one", "two", "three"))
    one.write_text("0\t5\n1\t1\n", encoding="utf-8")
    two.write_text("0\t4\n", encoding="utf-8")
    three.write_text("0\t3\n2\tx\n", encoding="utf-8")
    rows = read_residents(tmp_path / "residents.parquet", [one, two, three])
    assert rows["text"].tolist() == ["햇볕이 잘 들어요", "벌레가 많아요", "그저 그래요"], (
        "a training text that validation has too is left out"
    )
    assert rows["reading"].tolist()[:2] == pytest.approx([(1 + 0.92 + 0.5) / 3, 0.0])
    assert np.isnan(rows["reading"][2])
    assert rows["majority"].tolist()[:2] == [1.0, 0.0]
    assert np.isnan(rows["majority"][2])
    two.write_text("9\t4\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"Line 1 of two\.tsv is no reading"):
        read_residents(tmp_path / "residents.parquet", [two])


def test_each_network_leaves_out_the_readings_of_a_fold(material: Material, tmp_path: Path) -> None:
    movies = movie_dataset(material.movies, 60, tmp_path / "movies")
    sources = read_sources(material, movies, replace(RECIPE, replayed_praise=0.5))
    data = reading_dataset(sources, 1, 3, tmp_path / "readings")
    base, extended = movies.encoder.vocabulary.tokens, data.encoder.vocabulary.tokens
    assert extended[: len(base)] == base
    assert len(extended) > len(base)
    train = data.split("train").rows
    assert set(train["source"]) == {"residents", "sample", "loose", "short", "nsmc"}
    again = train[train["source"].eq("nsmc")]
    whole = movies.split("train").rows.set_index("review_id").loc[again["review_id"], "weight"]
    praise = np.where(again["label"] > 0.5, 0.5, 1.0)
    np.testing.assert_allclose(again["weight"], whole.to_numpy() * 0.1 * praise, rtol=1e-5)
    people = train[train["source"].eq("residents")]
    assert set(fold_of(people["apartment_id"], 3)) == {0, 2}
    assert set(people["weight"].round(3)) == {1.2, READING_WEIGHT}
    assert train["score"].notna().equals(train["source"].eq("residents")), (
        "only residents teach stars"
    )
    held, test = data.split("validation").rows, data.split("test").rows
    assert set(held["label"]) == set(test["label"]) == {0, 1}
    assert set(held["source"]) == set(test["source"]) == {"residents"}
    assert not keys(data, "train") & (keys(data, "test") | keys(data, "validation"))


def test_a_teacher_knows_more_than_its_sources(material: Material, tmp_path: Path) -> None:
    movies = movie_dataset(material.movies, 60, tmp_path / "movies")
    sources = read_sources(material, movies, replace(RECIPE, replayed_praise=0.5))
    people = sources.residents
    truth = people["score"].sub(3).clip(-1, 1).to_numpy() / 2 + 0.5
    random = np.random.default_rng(0)
    readings = [np.clip(0.3 + 0.4 * random.random(len(people)), 0, 1) for _ in range(2)]
    taught = teach(people, readings, 3)
    sure = truth != 0.5
    assert ((taught > 0.5) == (truth > 0.5))[sure].mean() > 0.97, "scores and words tell it"
    data = resident_dataset(sources, taught, tmp_path / "residents")
    rows = data.split("train").rows
    corpus = rows[rows["source"].isin(["sample", "loose", "short"])]
    assert set(corpus["weight"]) == {CORPUS_WEIGHT}, "not forgotten beside so many residents"
    rows = rows[rows["source"].eq("residents")]
    assert len(rows) == people["split"].eq("train").sum(), "each is learned, read or not"
    assert rows["label"].between(0, 1).all()


def test_the_whole_corpus_is_read_with_its_topics() -> None:
    rows = read_corpus(ROOT / "data" / "sample")
    assert len(rows) > 10_000
    assert len(set().union(*rows["topics"])) == 24
    assert rows["topics"].map(bool).all()
    assert rows["score"].between(1, 5).all()
    complaints = rows["label"].eq(0).groupby(rows["source"]).mean()
    assert complaints["loose"] > 0.25, "at least a quarter is negative"
    assert 0.05 < complaints["sample"] < 0.1, "of what looks like life, one in fourteen"


@pytest.fixture(scope="module")
def pretrained(material: Material, tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Path]:
    """A bundle pretrained once, and the directory that holds it as `out` and its way as `work`."""
    place = tmp_path_factory.mktemp("pretrained")
    return pretrain(material, place / "out", place / "work", RECIPE), place


@pytest.mark.slow
def test_the_shipped_bundle_is_small_and_whole_and_tells_topics(
    pretrained: tuple[Bundle, Path],
) -> None:
    bundle, place = pretrained
    assert load_bundle(place / "out").identity() == bundle.identity()
    assert bundle.architecture.lstm_blocks == 2
    assert bundle.architecture.ngram_buckets == RECIPE.ngram_buckets
    assert not bundle.weights_path.exists()
    (prediction,) = Classifier(bundle).predict(["역이 가까워요"], topics=True, sentences=True)
    assert prediction.category is not None
    assert prediction.topics is not None
    assert [p.text for p in prediction.sentences or ()] == ["역이 가까워요"]
    figures = json.loads((place / "work" / "movies.json").read_text(encoding="utf-8"))
    assert figures["texts"] >= figures["texts_not_in_train"] > 0
    assert figures["model"].keys() == figures["tfidf"].keys()
    assert bundle.architecture.stars
    figures = json.loads((place / "work" / "apartments.json").read_text(encoding="utf-8"))
    assert set(figures["corpus"]) == {"sample", "plain", "short"}
    for judge in ("read", "scores_by_label", "scores_by_stars", "scores_by_tfidf"):
        assert figures[judge]["roc_auc"] > 0.7, judge
    assert all(0 < figures["topics"][name] <= 1 for name in ("category_accuracy", "topic_micro_f1"))


@pytest.mark.slow
def test_what_is_ready_is_not_trained_again(
    material: Material, pretrained: tuple[Bundle, Path]
) -> None:
    first, place = pretrained
    work = place / "work"
    networks = {p: p.stat().st_mtime_ns for p in work.glob("network-*/manifest.json")}
    assert len(networks) == 6
    again = pretrain(material, place / "out", work, RECIPE)
    assert {p: p.stat().st_mtime_ns for p in work.glob("network-*/manifest.json")} == networks
    assert again.identity() == first.identity()


@pytest.mark.slow
def test_a_merged_network_says_the_mean_of_its_members_log_odds(
    pretrained: tuple[Bundle, Path], tmp_path: Path
) -> None:
    work = pretrained[1] / "work"
    networks = [load_bundle(file.parent) for file in sorted(work.glob("network-*/manifest.json"))]
    members = [network for network in networks if not network.architecture.stars]
    assert len(members) == 2, "those of the movies"
    dataset = DataSet.load(work / "movies")
    joined = join(dataset, members, tmp_path / "joined")
    texts = dataset.split("test").rows["text"].tolist()
    mean = np.mean([logit(Classifier(m).probabilities(texts)) for m in members], axis=0)
    merged = logit(Classifier(joined).probabilities(texts)) * joined.metrics["temperature"]
    assert np.ptp(mean) > 0.5
    np.testing.assert_allclose(merged, mean, atol=0.05)  # 8 bits a number of the embedding


@pytest.mark.slow
def test_n_grams_are_weighed_beside_the_lstms(
    pretrained: tuple[Bundle, Path], material: Material, tmp_path: Path
) -> None:
    """On validation texts both together have no larger log loss than the LSTMs by themselves."""
    work = pretrained[1] / "work"
    networks = [load_bundle(file.parent) for file in sorted(work.glob("network-*/manifest.json"))]
    dataset = DataSet.load(work / "residents")
    members = [n for n in networks if n.data_fingerprint == dataset.fingerprint()]
    assert len(members) == 2
    residents = read_residents(material.residents, material.readings)
    alone = join(dataset, members, tmp_path / "alone")
    both = join(dataset, members, tmp_path / "both", ngram_buckets=509, residents=residents)
    held, scored = dataset.split("validation"), residents[residents["split"].eq("validation")]
    losses, of_stars = [], []
    for bundle in (alone, both):
        network = Network(bundle.onnx_path)
        losses.append(log_loss(held.labels, network.probabilities(unpadded(held.ids))))
        shares = network.with_stars(bundle.encoder.ids(scored["text"]))[1].astype(np.float64)
        shares /= shares.sum(axis=1, keepdims=True)
        of_stars.append(log_loss(scored["score"], shares, labels=[1, 2, 3, 4, 5]))
    assert losses[1] < losses[0] + 0.002
    assert of_stars[1] < of_stars[0] + 0.002


def test_a_network_goes_back_a_part_of_the_way(pretrained: tuple[Bundle, Path]) -> None:
    work = pretrained[1] / "work"
    networks = [load_bundle(file.parent) for file in sorted(work.glob("network-1-*/manifest.json"))]
    (start,) = (network for network in networks if not network.architecture.stars)
    later = next(network for network in networks if network.architecture.stars)
    now, before = bundle_weights(later), bundle_weights(start)
    moved = moved_back(now, before, 0.25)
    assert set(moved) == set(now) > set(before), "stars came later"
    np.testing.assert_allclose(
        moved["probability"][0],
        0.75 * now["probability"][0] + 0.25 * before["probability"][0],
        rtol=1e-5,
        atol=1e-6,
    )
    ids = len(before["embedding"][0])
    assert ids < len(now["embedding"][0])
    np.testing.assert_allclose(
        moved["embedding"][0][:ids],
        0.75 * now["embedding"][0][:ids] + 0.25 * before["embedding"][0],
        rtol=1e-5,
        atol=1e-6,
    )
    np.testing.assert_array_equal(moved["embedding"][0][ids:], now["embedding"][0][ids:])
    np.testing.assert_array_equal(moved["stars"][0], now["stars"][0])
