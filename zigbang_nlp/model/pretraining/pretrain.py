"""The model that ships: movie ratings teach it Korean, residents' texts teach it apartments.

1. Some networks that differ by their seed only are trained on the movie reviews.
2. Each is trained on with the residents' texts that were read, but for a fold of complexes of its
   own, and with this project's corpus. Together with what else is known of a text they give every
   other text a soft label (see `teacher.py`).
3. Each is trained on with all residents' texts: what they say, and the score they came with.
4. They go a little back to what the movies had taught, and become one network of as many blocks
   (see `merge.py`) beside a linear model of n-grams (see `linear_part.py`), calibrated on texts
   that several readers read.

Run by `scripts/train_pretrained.py`; every training goes on where it was after a kill, and what is
ready is not done again. What was tried is in data/LOG.md.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.console import log, show_log
from zigbang_nlp.files import atomic_directory
from zigbang_nlp.model.bundle import CARD, MANIFEST, ONNX, Bundle, load_bundle, write_manifest
from zigbang_nlp.model.evaluation.calibration import fit_temperature
from zigbang_nlp.model.evaluation.thresholds import steady_threshold
from zigbang_nlp.model.network.backend import tf
from zigbang_nlp.model.pretraining.apartments import (
    LENGTH,
    read_sources,
    reading_dataset,
    resident_dataset,
)
from zigbang_nlp.model.pretraining.data import movie_dataset, read_corpus
from zigbang_nlp.model.pretraining.evaluate import apartment_figures, kept_figures, movie_figures
from zigbang_nlp.model.pretraining.linear_part import beside_ngrams
from zigbang_nlp.model.pretraining.merge import merge_networks, moved_back
from zigbang_nlp.model.pretraining.recipe import Material, Recipe
from zigbang_nlp.model.pretraining.residents import texts_stood_for
from zigbang_nlp.model.pretraining.teacher import teach
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.int8 import quantize, quantize_checked
from zigbang_nlp.model.serving.onnx_export import write_onnx
from zigbang_nlp.model.serving.onnx_layers import Weights
from zigbang_nlp.model.serving.topics import fit_topics
from zigbang_nlp.model.training.report import report
from zigbang_nlp.model.training.train import judged_bundle, resume_key, train
from zigbang_nlp.model.training.warm_start import bundle_weights
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.encoder import unpadded
from zigbang_nlp.workers.parent import end_with_parent


def pretrain(
    material: Material,
    target: Path,
    work: Path,
    recipe: Recipe | None = None,
    jobs: int = 1,
) -> Bundle:
    """Train the shipped model and put its bundle at `target`, atomically.

    Args:
        material: what is learned from.
        target: where the bundle goes; a model card in it stays.
        work: for the data sets, the networks and checkpoints; reused by the next run.
        recipe: None for the one of the shipped model.
        jobs: networks trained at the same time, each on its share of the cores.
    """
    recipe = recipe or Recipe()
    count, folds = len(recipe.seeds), recipe.folds
    movies = movie_dataset(material.movies, recipe.movie_validation, work / "movies")
    starts = _members([movies] * count, recipe.movie_training, None, recipe, work, jobs)
    movie_model = join(movies, starts, work / "movie-model", ngram_buckets=recipe.ngram_buckets)
    sources = read_sources(material, movies, recipe)
    read = [reading_dataset(sources, k, folds, work / f"readings-{k + 1}") for k in range(count)]
    readers = _members(read, recipe.reading_training, starts, recipe, work, jobs)
    rows = [sources.vocabulary.encode(tokens)[:LENGTH] for tokens in sources.tokens[0]]
    probabilities = [Network(reader.onnx_path).probabilities(rows) for reader in readers]
    learned = resident_dataset(
        sources, teach(sources.residents, probabilities, folds), work / "residents"
    )
    members = _members([learned] * count, recipe.resident_training, readers, recipe, work, jobs)
    back = [(bundle_weights(start), recipe.movie_share) for start in starts]
    bundle = join(
        learned,
        members,
        target,
        back,
        sample=material.sample,
        ngram_buckets=recipe.ngram_buckets,
        residents=sources.residents,
    )
    file = work / "movies.json"
    figures = kept_figures(
        file, movie_model, lambda: movie_figures(movie_model, movies, material.movies)
    )
    log.info("Movie reviews: %s", figures)
    figures = kept_figures(
        work / "apartments.json",
        bundle,
        lambda: apartment_figures(bundle, learned, sources.residents, movies, material.sample),
    )
    log.info("Apartment texts: %s", figures)
    return bundle


def join(
    dataset: DataSet,
    members: list[Bundle],
    target: Path,
    back: Sequence[tuple[Weights, float]] = (),
    sample: Path | None = None,
    ngram_buckets: int = 0,
    residents: pd.DataFrame | None = None,
) -> Bundle:
    """Make one small bundle of several networks: merged, 8-bit embedding, calibrated, judged.

    Args:
        dataset: that the members were trained on; its validation part calibrates and judges.
        members: one network each, all of the same architecture.
        target: where the bundle goes; a model card in it stays.
        back: for each member the weights that it goes back towards, and how far; see `moved_back`.
        sample: the corpus, where the bundle shall tell topics too.
        ngram_buckets: rows of the table of n-grams beside them; 0 = none.
        residents: whose validation scores say what n-grams count for stars, and how many texts
            each read one stands for; None without stars.
    """
    validation = dataset.split("validation")
    stands_for = None if residents is None else texts_stood_for(validation.rows, residents)
    own = [bundle_weights(member) for member in members]
    if back:
        own = [moved_back(now, *start) for now, start in zip(own, back, strict=True)]
    architecture, weights = merge_networks(members[0].architecture, own)
    if ngram_buckets:
        architecture, weights = beside_ngrams(
            architecture, weights, dataset, ngram_buckets, residents
        )
    with atomic_directory(target) as fresh:
        write_onnx(architecture, weights, fresh / ONNX, small_embedding=True)
        rows = unpadded(validation.ids)
        bits = quantize_checked(fresh / ONNX, rows, validation.labels)
        temperature = fit_temperature(validation.labels, Network(fresh / ONNX).probabilities(rows))
        weights["probability"] = [part / temperature for part in weights["probability"]]
        write_onnx(architecture, weights, fresh / ONNX, small_embedding=True)
        if bits["kept"] == "int8":
            quantize(fresh / ONNX)
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
        metrics = {"networks": [member.metrics for member in members], "int8": bits}
        # Both labels count the same: how many complaints there are differs from place to place, and
        # validation has more than life. Within a label scores count as in life.
        choose = partial(steady_threshold, weights=stands_for)
        bundle = judged_bundle(
            fresh,
            dataset,
            architecture,
            validation,
            temperature,
            metrics,
            rule="balanced",
            choose=choose,
        )
        write_manifest(bundle)
    report(bundle)
    return replace(bundle, directory=target)


def _members(
    datasets: list[DataSet],
    settings: TrainSettings,
    starts: list[Bundle] | None,
    recipe: Recipe,
    work: Path,
    jobs: int,
) -> list[Bundle]:
    """One trained network a seed, from `starts` or scratch; those in `work` aren't trained again."""
    tasks = []
    for place, (seed, dataset) in enumerate(zip(recipe.seeds, datasets, strict=True)):
        base = starts[place] if starts else None
        init = str(base.directory) if base else "scratch"
        seeded = settings.model_copy(update={"seed": seed, "init": init})
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
    end_with_parent()
    show_log()
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def _train(task: tuple[DataSet, TrainSettings, Path, Path]) -> None:
    train(*task)
