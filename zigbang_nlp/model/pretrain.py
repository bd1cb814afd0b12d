"""The model that ships: movie ratings teach it Korean, this project's corpus teaches it apartments.

Two data sets, two trainings, one bundle. Run by `scripts/train_pretrained.py`; both trainings go
on where they were after a kill. What was tried is in data/LOG.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.files import atomic_directory
from zigbang_nlp.model.bundle import ONNX, WEIGHTS, Bundle, load_bundle, seal
from zigbang_nlp.model.initial import bundle_weights
from zigbang_nlp.model.onnx_form import write_onnx
from zigbang_nlp.model.pretrain_data import corpus_dataset, movie_dataset, read_corpus
from zigbang_nlp.model.topics import TopicModel, fit_topics
from zigbang_nlp.model.train import train

_MOVIE_TRAINING = TrainSettings(
    spatial_dropout=0.2,
    dropout=0.4,
    token_dropout=0.03,
    learning_rate=2e-3,
    learning_rate_schedule="cosine",
    warmup_share=0.05,
    global_clip_norm=1.0,
    class_weight="none",
    # The third epoch over-fits.
    epochs=2,
    early_stopping=False,
    seed=1,
)
_CORPUS_TRAINING = TrainSettings(
    spatial_dropout=0.3,
    dropout=0.4,
    token_dropout=0.05,
    augment_copies=1,
    spacing_noise=0.15,
    typo_noise=0.02,
    learning_rate=2e-3,
    learning_rate_schedule="cosine",
    warmup_share=0.1,
    global_clip_norm=1.0,
    batch_size=64,
    epochs=5,
    early_stopping=False,
    seed=1,
)


@dataclass(frozen=True)
class Recipe:
    """How the shipped model is made.

    Attributes:
        movie_training, corpus_training: settings of the two trainings.
        movie_validation: rows held out of the benchmark's training rows, to choose on.
        replayed: movie reviews that are trained on again with the corpus,
        replay_weight: and how much each of them counts there.
    """

    movie_training: TrainSettings = _MOVIE_TRAINING
    corpus_training: TrainSettings = _CORPUS_TRAINING
    movie_validation: int = 20_000
    replayed: int = 20_000
    replay_weight: float = 0.15


def pretrain(
    movies_file: Path, sample: Path, target: Path, work: Path, recipe: Recipe | None = None
) -> Bundle:
    """Train the shipped model and put its bundle at `target`, atomically.

    Args:
        movies_file: Parquet with text, rating (1 to 10) and nsmc200k ("train", "test" or null).
        sample: the corpus, `data/sample`.
        target: where the bundle goes.
        work: for the data sets, the movie model and checkpoints; reused by the next run.
        recipe: None for the one of the shipped model.
    """
    recipe = recipe or Recipe()
    movies = movie_dataset(movies_file, recipe.movie_validation, work / "movies")
    movie_model = work / "movie-model"
    if not (movie_model / "manifest.json").exists():
        train(movies, recipe.movie_training, movie_model, work / "movie-checkpoints")
    corpus = corpus_dataset(sample, movies, recipe.replayed, recipe.replay_weight, work / "corpus")
    settings = recipe.corpus_training.model_copy(update={"init": str(movie_model)})
    train(corpus, settings, work / "model", work / "checkpoints")
    bundle = load_bundle(work / "model")
    topics = corpus_topics(sample, bundle)
    return ship(bundle, topics, target)


def ship(bundle: Bundle, topics: TopicModel, target: Path) -> Bundle:
    """Put a small copy of a bundle at `target`: a float16 embedding, and what tells topics."""
    with atomic_directory(target) as fresh:
        for name in ("history.json", "learning_curves.png", "summary.txt"):
            (fresh / name).write_bytes((bundle.directory / name).read_bytes())
        write_onnx(bundle.architecture, bundle_weights(bundle), fresh / ONNX, half_embedding=True)
        topics.save(fresh)
        card = target / "README.md"
        if card.exists():
            (fresh / "README.md").write_bytes(card.read_bytes())
        shipped = replace(bundle, directory=fresh)
        seal(shipped)
        assert not (fresh / WEIGHTS).exists()
    return load_bundle(target)


def corpus_topics(sample: Path, bundle: Bundle) -> TopicModel:
    """What tells categories and topics, fitted on the training texts of the corpus."""
    rows = read_corpus(sample)
    rows = rows[rows["split"].eq("train")]
    return fit_topics(
        bundle.encoder.ids(rows["text"]),
        rows["category"].tolist(),
        rows["topics"].tolist(),
        len(bundle.encoder.vocabulary),
    )
