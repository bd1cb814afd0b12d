"""The model that ships: movie ratings teach it Korean, this project's corpus teaches it apartments.

Some networks that differ by their seed only are trained on the movie reviews, each is trained on
with the corpus, and they become one network of as many blocks (see `merge.py`). Run by
`scripts/train_pretrained.py`; every training goes on where it was after a kill, and what is ready
is not done again. What was tried is in data/LOG.md.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.console import log, show_log
from zigbang_nlp.files import atomic_directory
from zigbang_nlp.model.bundle import CARD, MANIFEST, ONNX, Bundle, load_bundle, write_manifest
from zigbang_nlp.model.evaluation.calibration import fit_temperature
from zigbang_nlp.model.network.backend import tf
from zigbang_nlp.model.pretraining.data import corpus_dataset, movie_dataset, read_corpus
from zigbang_nlp.model.pretraining.evaluate import corpus_figures, movie_figures
from zigbang_nlp.model.pretraining.merge import merge_networks
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.onnx_export import write_onnx
from zigbang_nlp.model.serving.topics import fit_topics
from zigbang_nlp.model.training.train import judged_bundle, report, resume_key, train
from zigbang_nlp.model.training.warm_start import bundle_weights
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.vocabulary import PADDING

_MOVIE_TRAINING = TrainSettings(
    init="scratch",
    spatial_dropout=0.15,
    dropout=0.3,
    token_dropout=0.01,
    # On a fifth of the reviews: 0.001 gives ROC AUC 0.929, 0.002 0.931, 0.004 0.933.
    optimizer="lazy_adam",
    optimizer_parameters={"embedding_factor": 5},
    learning_rate=3e-3,
    learning_rate_schedule="cosine",
    warmup_share=0.05,
    class_weight="none",
    # The third epoch over-fits. The last is kept: validation loss, which knows two classes only,
    # doesn't like what soft labels teach.
    epochs=2,
    monitor="loss",
    early_stopping=False,
)
_CORPUS_TRAINING = TrainSettings(
    spatial_dropout=0.3,
    dropout=0.5,
    token_dropout=0.1,
    augment_copies=1,
    spacing_noise=0.15,
    typo_noise=0.02,
    optimizer="lazy_adam",
    optimizer_parameters={"embedding_factor": 5},
    learning_rate=1e-3,
    learning_rate_schedule="cosine",
    warmup_share=0.1,
    class_weight="none",
    batch_size=128,
    epochs=3,
    monitor="loss",
    early_stopping=False,
)


@dataclass(frozen=True)
class Recipe:
    """How the shipped model is made.

    Attributes:
        movie_training, corpus_training: settings of the two trainings.
        seeds: one a network.
        movie_validation: rows held out of the benchmark's training rows, to choose on.
        replayed: movie reviews that are trained on again with the corpus,
        replay_weight: and how much each of them counts there.
    """

    movie_training: TrainSettings = _MOVIE_TRAINING
    corpus_training: TrainSettings = _CORPUS_TRAINING
    seeds: tuple[int, ...] = (1, 2, 3)
    movie_validation: int = 20_000
    replayed: int = 30_000
    replay_weight: float = 0.3


def pretrain(
    movies_file: Path,
    sample: Path,
    target: Path,
    work: Path,
    recipe: Recipe | None = None,
    jobs: int = 1,
) -> Bundle:
    """Train the shipped model and put its bundle at `target`, atomically.

    Args:
        movies_file: Parquet with text, rating (1 to 10) and nsmc200k ("train", "test" or null).
        sample: the corpus, `data/sample`.
        target: where the bundle goes; a model card in it stays.
        work: for the data sets, the networks and checkpoints; reused by the next run.
        recipe: None for the one of the shipped model.
        jobs: networks trained at the same time, each on its share of the cores.
    """
    recipe = recipe or Recipe()
    movies = movie_dataset(movies_file, recipe.movie_validation, work / "movies")
    starts = _members(movies, [recipe.movie_training] * len(recipe.seeds), recipe, work, jobs)
    movie_model = join(movies, starts, work / "movie-model")
    log.info(
        "Movie reviews: %s", movie_figures(movie_model, movies, movies_file, work / "movies.json")
    )
    corpus = corpus_dataset(sample, movies, recipe.replayed, recipe.replay_weight, work / "corpus")
    going_on = [
        recipe.corpus_training.model_copy(update={"init": str(start.directory)}) for start in starts
    ]
    members = _members(corpus, going_on, recipe, work, jobs)
    bundle = join(corpus, members, target, sample=sample)
    log.info("Apartment reviews: %s", corpus_figures(bundle, corpus, sample, work / "corpus.json"))
    return bundle


def join(
    dataset: DataSet, members: list[Bundle], target: Path, sample: Path | None = None
) -> Bundle:
    """Make one small bundle of several networks: merged, 8-bit embedding, calibrated, judged.

    Args:
        dataset: that the members were trained on; its validation part calibrates and judges.
        members: one network each, all of the same architecture.
        target: where the bundle goes; a model card in it stays.
        sample: the corpus, where the bundle shall tell topics too.
    """
    validation = dataset.split("validation")
    architecture, weights = merge_networks(
        members[0].architecture, [bundle_weights(member) for member in members]
    )
    with atomic_directory(target) as fresh:
        write_onnx(architecture, weights, fresh / ONNX, small_embedding=True)
        rows = [row[row != PADDING].tolist() for row in validation.ids]
        temperature = fit_temperature(validation.labels, Network(fresh / ONNX).probabilities(rows))
        weights["probability"] = [part / temperature for part in weights["probability"]]
        write_onnx(architecture, weights, fresh / ONNX, small_embedding=True)
        if sample is not None:
            corpus = read_corpus(sample)
            corpus = corpus[corpus["split"].eq("train")]
            fit_topics(
                dataset.encoder.ids(corpus["text"]),
                corpus["category"].tolist(),
                corpus["topics"].tolist(),
                len(dataset.encoder.vocabulary),
            ).save(fresh)
        card = target / CARD
        if card.exists():
            (fresh / CARD).write_bytes(card.read_bytes())
        metrics = {"networks": [member.metrics for member in members]}
        bundle = judged_bundle(fresh, dataset, architecture, validation, temperature, metrics)
        write_manifest(bundle)
    report(bundle)
    return replace(bundle, directory=target)


def _members(
    dataset: DataSet, settings: list[TrainSettings], recipe: Recipe, work: Path, jobs: int
) -> list[Bundle]:
    """One trained network a seed; those that are there already are not trained again."""
    tasks = []
    for seed, chosen in zip(recipe.seeds, settings, strict=True):
        seeded = chosen.model_copy(update={"seed": seed})
        base = None if seeded.init == "scratch" else load_bundle(Path(seeded.init))
        name = f"network-{seed}-{resume_key(dataset, seeded, base)[:8]}"
        tasks.append((dataset, seeded, work / name, work / f"{name}-checkpoints"))
    missing = [task for task in tasks if not (task[2] / MANIFEST).exists()]
    if jobs == 1:
        for task in missing:
            train(*task)
    elif missing:
        # TensorFlow doesn't survive a fork.
        spawn = multiprocessing.get_context("spawn")
        threads = max(1, (os.cpu_count() or 1) // jobs)
        with ProcessPoolExecutor(jobs, spawn, _begin, (threads,)) as pool:
            for done in [pool.submit(_train, task) for task in missing]:
                done.result()
    return [load_bundle(directory) for _, _, directory, _ in tasks]


def _begin(threads: int) -> None:
    show_log()
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def _train(task: tuple[DataSet, TrainSettings, Path, Path]) -> None:
    train(*task)
