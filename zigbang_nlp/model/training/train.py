"""The train stage: data set -> model bundle.

Reads the directory that preprocessing wrote, writes a bundle (see `bundle.py`) and checkpoints.
From the command line: `zigbang-nlp train`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from zigbang_nlp import __version__
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.console import log
from zigbang_nlp.errors import DataError
from zigbang_nlp.files import atomic_directory, sha256_of_json, write_json
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import ONNX, Bundle, write_manifest
from zigbang_nlp.model.evaluation.calibration import expected_calibration_error
from zigbang_nlp.model.evaluation.metrics import binary_metrics
from zigbang_nlp.model.evaluation.plots import plot_learning_curves
from zigbang_nlp.model.evaluation.reliability import promises, usual_promise
from zigbang_nlp.model.evaluation.thresholds import (
    LEAST_OF_A_CLASS,
    LEAST_TO_LEAVE_THE_START,
    by_rules,
    choose_threshold,
    choose_unsure_band,
    rarer_class,
)
from zigbang_nlp.model.evaluation.verdict import with_verdict
from zigbang_nlp.model.history import measured_epochs
from zigbang_nlp.model.network.architecture_plot import plot_architecture
from zigbang_nlp.model.network.backend import make_repeatable
from zigbang_nlp.model.network.build import describe
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.topics import TOPICS_FILE
from zigbang_nlp.model.training.augmented import augmented
from zigbang_nlp.model.training.batches import has_known_token
from zigbang_nlp.model.training.checkpoints import drop_backup
from zigbang_nlp.model.training.distribution import Distribution
from zigbang_nlp.model.training.fit import best_epoch, fit
from zigbang_nlp.model.training.keep_start import keep_start
from zigbang_nlp.model.training.relabel import labelled_by_scores, relabelled
from zigbang_nlp.model.training.report import report, write_card
from zigbang_nlp.model.training.serving_form import on_one_device, write_serving_form
from zigbang_nlp.model.training.warm_start import initial_network, say_other_tokenizer
from zigbang_nlp.text.corrections import corrected
from zigbang_nlp.text.dataset import DataSet, Split
from zigbang_nlp.text.encoder import unpadded

#: Settings that change what a training says and not what it gives.
_SAID = ("preset", "verbose", "callback_verbose", "tensorboard")


def train(
    dataset: DataSet,
    settings: TrainSettings,
    bundle_dir: Path,
    checkpoint_dir: Path,
    corrections: Mapping[str, str] | None = None,
) -> Bundle:
    """Train a network and put its bundle at `bundle_dir`, atomically.

    Args:
        dataset: encoded train and validation parts.
        settings: network and training.
        bundle_dir: an earlier bundle here stays until the new one is whole.
        checkpoint_dir: see `checkpoints.py`.
        corrections: {text: label} that people corrected; see `text.corrections`.

    Raises:
        TrainingError: the loss became NaN.
        ConfigError: a callback can't be made, or a setting doesn't fit the data.
        DataError: the data set has no real token to learn from.
    """
    training, validation = dataset.split("train"), dataset.split("validation")
    training = corrected(dataset, training, corrections or {})
    if not has_known_token(training.ids):
        raise DataError(
            "Every token of the training texts is out of vocabulary.",
            "Lower preprocess.min_count, or choose another tokenizer.",
        )
    # First of all: workers can only be joined before anything else is computed.
    distribution = Distribution(settings.distribute)
    make_repeatable(settings.seed)
    with distribution.scope():
        network, architecture, base = initial_network(settings, dataset.encoder.vocabulary)
    if base is not None:
        say_other_tokenizer(base, dataset.encoder)
    start = network.get_weights() if base is not None and settings.keep_start else None
    summary = describe(network)
    log.info("%s", summary.splitlines()[-1])
    learned = training
    if base is not None and settings.trust_start:
        learned = relabelled(training, base, corrections or {})
    with augmented(learned, dataset.encoder, settings, checkpoint_dir) as enlarged:
        history = fit(
            network,
            enlarged,
            validation,
            settings,
            checkpoint_dir,
            key=resume_key(dataset, settings, base, corrections) if settings.resume else None,
            distribution=distribution,
        )
    if distribution.strategy is not None:
        network = on_one_device(network, architecture)
    share = None if start is None else keep_start(network, start, validation)
    named = settings.threshold_for != "auto"
    kept_from = None if base is None else _better_than(validation, named)
    if kept_from:
        log.info("%s; threshold, temperature and unsure band of the start are kept.", kept_from)
    with atomic_directory(bundle_dir) as fresh:
        (fresh / "summary.txt").write_text(summary + "\n", encoding="utf-8")
        write_json(fresh / "history.json", history)
        best = best_epoch(history, settings)
        measured = {name: measured_epochs(history, name, settings) for name in history}
        plot_learning_curves(history, measured, best, fresh / "learning_curves.png")
        plot_architecture(network, fresh / "architecture.png")
        temperature, int8 = write_serving_form(
            network, architecture, validation, settings, fresh, calibrated=not kept_from
        )
        if base is not None and (base.directory / TOPICS_FILE).exists():
            shutil.copy(base.directory / TOPICS_FILE, fresh / TOPICS_FILE)
        last = measured["loss"][-1]
        kept = best if settings.restore_best_weights else last
        epochs: dict[str, Any] = {"best_epoch": best, "epochs": last, "kept_epoch": kept}
        if share is not None:
            epochs["trained_share"] = share
        if int8:
            epochs["int8"] = int8
        bundle = judged_bundle(
            fresh,
            dataset,
            architecture,
            validation,
            temperature,
            epochs,
            settings.threshold_for if named else "macro-f1",
            base if kept_from else None,
        )
        bundle = with_verdict(bundle, training, validation, base)
        write_manifest(bundle)
        write_card(bundle)
    drop_backup(checkpoint_dir)
    report(bundle)
    return replace(bundle, directory=bundle_dir)


def _better_than(validation: Split, named: bool) -> str:
    """Why a start's threshold is better than one chosen here by a rule, `named` or not; or ""."""
    rarer = rarer_class(validation.labels)
    if rarer < (LEAST_OF_A_CLASS if named else LEAST_TO_LEAVE_THE_START):
        return f"Of one label there are only {rarer} validation texts"
    if not named and labelled_by_scores(validation):
        return "The validation labels are scores, and not what texts say"
    return ""


def resume_key(
    dataset: DataSet,
    settings: TrainSettings,
    base: Bundle | None = None,
    corrections: Mapping[str, str] | None = None,
) -> str:
    """What must be the same for a killed training to go on: settings, data, start, versions."""
    # Where a start lies says nothing beside what it is: a work folder may be moved.
    place = set() if base is None else {"init"}
    kept = settings.model_dump(mode="json", exclude={"resume", *_SAID, *place})
    versions = [__version__, version("keras"), version("tensorflow")]
    start = None if base is None else base.identity()
    learned = [dataset.fingerprint(), sorted((corrections or {}).items())]
    return sha256_of_json([kept, learned, start, versions])


def judged_bundle(
    directory: Path,
    dataset: DataSet,
    architecture: Architecture,
    validation: Split,
    temperature: float,
    metrics: dict[str, Any],
    rule: str,
    start: Bundle | None = None,
    choose: Callable[[np.ndarray, np.ndarray, str], float] = choose_threshold,
) -> Bundle:
    """The bundle of a network that lies in `directory`, judged on the validation texts.

    They choose its threshold and its unsure band, unless those of another are given.

    Args:
        directory: has the ONNX form.
        dataset: whose encoder the network takes its ids from.
        architecture: of the network.
        validation: never test.
        temperature: its last layer was divided by.
        metrics: further ones.
        rule: that the threshold is chosen by, see `thresholds.choose_threshold`.
        start: whose threshold and band are kept, see `_better_than`.
        choose: a threshold by labels, probabilities and the rule.
    """
    rows = unpadded(validation.ids)
    probabilities = Network(directory / ONNX).probabilities(rows)
    labels = validation.labels
    threshold = choose(labels, probabilities, rule)
    low, high = choose_unsure_band(labels, probabilities, threshold)
    kept = promises(labels, probabilities, threshold)
    if promise := usual_promise(kept):
        low, high = promise.low, promise.high
    if start is not None:
        threshold, low, high = start.threshold, start.unsure_low, start.unsure_high
        kept = ()
    unsure = (probabilities > low) & (probabilities < high)
    right = (probabilities >= threshold) == (labels == 1)
    return Bundle(
        directory=directory,
        encoder=dataset.encoder,
        architecture=architecture,
        threshold=threshold,
        unsure_low=low,
        unsure_high=high,
        data_fingerprint=dataset.fingerprint(),
        metrics={
            **metrics,
            "validation": binary_metrics(labels, probabilities, threshold),
            "calibration_error": expected_calibration_error(labels, probabilities),
            "temperature": temperature,
            "threshold_for": rule if start is None else "kept from the start",
            "kept_from_start": start is not None,
            "by_rules": by_rules(labels, probabilities),
            "promises": [asdict(promise) for promise in kept],
            "unsure": {
                "share": float(unsure.mean()),
                "accuracy": float(right[unsure].mean()) if unsure.any() else None,
                "accuracy_outside": float(right[~unsure].mean()) if (~unsure).any() else None,
            },
        },
        versions={
            "zigbang_nlp": __version__,
            **{name: version(name) for name in ("tensorflow", "keras", "onnx", "konlpy")},
        },
    )
