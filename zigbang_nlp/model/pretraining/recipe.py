"""What the shipped model is made of, and with which settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zigbang_nlp.config import TrainSettings

#: What all three trainings have in common.
_COMMON: dict[str, Any] = {
    "optimizer": "lazy_adam",
    "optimizer_parameters": {"embedding_factor": 5},
    "learning_rate_schedule": "cosine",
    "class_weight": "none",
    # The last is kept: validation loss, which knows two classes only, doesn't like what soft labels
    # teach.
    "monitor": "loss",
    "early_stopping": False,
}
_MOVIE_TRAINING = TrainSettings(
    **_COMMON,
    init="scratch",
    spatial_dropout=0.15,
    dropout=0.3,
    token_dropout=0.01,
    # On a fifth of the reviews: 0.001 gives ROC AUC 0.929, 0.002 0.931, 0.004 0.933.
    learning_rate=3e-3,
    warmup_share=0.05,
    epochs=2,  # the third over-fits
)
_READING_TRAINING = TrainSettings(
    **_COMMON,
    stars=True,
    keep_start=False,
    trust_start=False,
    spatial_dropout=0.25,
    dropout=0.4,
    token_dropout=0.05,
    learning_rate=1e-3,
    warmup_share=0.1,
    batch_size=128,
    epochs=2,  # the third gives nothing
)
_RESIDENT_TRAINING = _READING_TRAINING.model_copy(
    update={"batch_size": 256, "epochs": 3, "stars_weight": 0.7}
)


@dataclass(frozen=True)
class Recipe:
    """How the shipped model is made.

    Attributes:
        movie_training, reading_training, resident_training: settings of the three trainings.
        seeds: one a network.
        folds: groups of complexes, of which each network leaves out one in its second training.
        movie_validation: rows held out of the benchmark's training rows, to choose on.
        replayed: movie reviews that are trained on again with the apartment texts,
        replay_weight: and how much each of them counts there.
        replayed_praise: times so much where they praise, so that the threshold that readings
            choose suits them too: with 1 theirs is at 0.84, where readings choose 0.69.
        movie_share: how far each network goes back at the end to what the movies had taught it;
            see `moved_back`. On validation 0.1 brings 0.005 of the movies' accuracy back for
            0.0002 of the readings' ROC AUC.
        ngram_buckets: rows of the table of n-grams beside the LSTMs; 0 = none.
    """

    movie_training: TrainSettings = _MOVIE_TRAINING
    reading_training: TrainSettings = _READING_TRAINING
    resident_training: TrainSettings = _RESIDENT_TRAINING
    seeds: tuple[int, ...] = (1, 2)
    folds: int = 3
    movie_validation: int = 20_000
    replayed: int = 240_000
    replay_weight: float = 1.0
    replayed_praise: float = 0.6
    movie_share: float = 0.1
    ngram_buckets: int = 262_144


@dataclass(frozen=True)
class Material:
    """Files that the shipped model is made of.

    Attributes:
        movies: Parquet with text, rating (1 to 10) and nsmc200k ("train", "test" or null).
        residents, readings: see `residents.read_residents`.
        sample: the corpus, `data/sample`.
    """

    movies: Path
    residents: Path
    readings: tuple[Path, ...]
    sample: Path
