"""The train stage: data set -> model bundle.

Reads the directory that preprocessing wrote, writes a bundle (see `bundle.py`) and checkpoints.
From the command line: `zigbang-nlp train`.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from zigbang_nlp import __version__
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.console import log
from zigbang_nlp.errors import DataError
from zigbang_nlp.files import atomic_directory, write_json
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.backend import keras, make_repeatable
from zigbang_nlp.model.batches import Batches
from zigbang_nlp.model.bundle import ONNX, WEIGHTS, Bundle, seal
from zigbang_nlp.model.callbacks import Progress, StopOnNaN
from zigbang_nlp.model.inference import Network
from zigbang_nlp.model.metrics import binary_metrics
from zigbang_nlp.model.network import build_network, describe
from zigbang_nlp.model.onnx_form import write_onnx
from zigbang_nlp.model.plots import plot_learning_curves
from zigbang_nlp.model.thresholds import choose_threshold, choose_unsure_band
from zigbang_nlp.text.dataset import DataSet, Part
from zigbang_nlp.text.vocabulary import PADDING

BEST = "best.weights.h5"
#: `class_weight = "auto"` balances where the smaller class has less than this share.
_UNBALANCED = 0.4
#: The ONNX form must give Keras's probabilities to this, on up to `_COMPARED` texts.
_TOLERANCE = 1e-5
_COMPARED = 1_000


def train(
    dataset: DataSet, settings: TrainSettings, bundle_dir: Path, checkpoint_dir: Path
) -> Bundle:
    """Train a network and put its bundle at `bundle_dir`, atomically.

    Args:
        dataset: encoded train and validation parts.
        settings: network and training.
        bundle_dir: an earlier bundle here stays until the new one is whole.
        checkpoint_dir: `best.weights.h5`, and each epoch's weights where asked for.

    Raises:
        TrainingError: the loss became NaN.
        DataError: the data set has no real token to learn from.
    """
    training, validation = dataset.part("train"), dataset.part("validation")
    if not np.any(np.asarray(training.ids) > 1):
        raise DataError(
            "Every token of the training texts is out of vocabulary.",
            "Lower preprocess.min_count, or choose another tokenizer.",
        )
    make_repeatable(settings.seed)
    architecture = Architecture.from_settings(settings, len(dataset.encoder.vocabulary))
    network = build_network(architecture)
    summary = describe(network)
    log.info("%s", summary.splitlines()[-1])
    history = _fit(network, training, validation, settings, checkpoint_dir)
    with atomic_directory(bundle_dir) as fresh:
        (fresh / "summary.txt").write_text(summary + "\n", encoding="utf-8")
        write_json(fresh / "history.json", history)
        plot_learning_curves(history, fresh / "learning_curves.png")
        _save_weights(network, architecture, fresh / WEIGHTS)
        weights = {layer.name: layer.get_weights() for layer in network.layers}
        write_onnx(architecture, weights, fresh / ONNX)
        check_onnx(network, fresh / ONNX, validation.ids)
        bundle = _bundle(fresh, dataset, architecture, validation, history)
        seal(bundle)
    report(bundle)
    return bundle


def report(bundle: Bundle) -> None:
    """Log what came out of training."""
    validation = bundle.metrics["validation"]
    log.info(
        "Best epoch %d of %d. Validation accuracy %.4f (larger class %.4f), F1 %.4f, ROC AUC %.4f "
        "at threshold %.3f; unsure between %.3f and %.3f (%.1f%% of texts).",
        bundle.metrics["best_epoch"],
        bundle.metrics["epochs"],
        validation["accuracy"],
        validation["larger_class_share"],
        validation["f1"],
        validation["roc_auc"],
        bundle.threshold,
        bundle.unsure_low,
        bundle.unsure_high,
        100 * bundle.metrics["unsure"]["share"],
    )


def _fit(
    network: Any, training: Part, validation: Part, settings: TrainSettings, checkpoints: Path
) -> dict[str, list[float]]:
    checkpoints.mkdir(parents=True, exist_ok=True)
    for old in checkpoints.glob("*.weights.h5"):
        old.unlink()
    network.compile(
        optimizer=_optimizer(settings),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=[],
    )
    callbacks = [
        StopOnNaN(),
        keras.callbacks.ModelCheckpoint(
            checkpoints / BEST,
            monitor="val_loss",
            mode="min",
            save_best_only=True,
            save_weights_only=True,
        ),
        keras.callbacks.EarlyStopping(
            monitor="val_loss",
            mode="min",
            patience=settings.patience,
            min_delta=settings.min_delta,
            restore_best_weights=True,
        ),
        Progress(),
    ]
    if settings.checkpoint_every_epoch:
        name = "epoch-{epoch:02d}-{val_loss:.3f}.weights.h5"
        callbacks.append(
            keras.callbacks.ModelCheckpoint(checkpoints / name, save_weights_only=True)
        )
    labels = training.labels
    weights = _weights(labels, settings)
    batches = Batches(training.ids, labels, weights, settings.batch_size, settings.seed)
    held = Batches(validation.ids, validation.labels, None, 1_024, None)
    fitted = network.fit(
        batches.as_tf(),
        validation_data=held.as_tf(),
        epochs=settings.epochs,
        callbacks=callbacks,
        shuffle=False,  # Batches does it
        verbose=0,
    )
    # EarlyStopping only restores when it stopped; the best checkpoint is right in both cases.
    network.load_weights(checkpoints / BEST)
    return {name: [float(v) for v in values] for name, values in fitted.history.items()}


def _optimizer(settings: TrainSettings) -> Any:
    return keras.optimizers.get(
        {"class_name": settings.optimizer, "config": {"learning_rate": settings.learning_rate}}
    )


def _weights(labels: np.ndarray, settings: TrainSettings) -> np.ndarray | None:
    """A weight a text so that both classes count the same; mean 1. None where not wanted."""
    positive = float(labels.mean())
    balanced = settings.class_weight == "balanced" or (
        settings.class_weight == "auto" and min(positive, 1 - positive) < _UNBALANCED
    )
    if not balanced:
        return None
    log.info("Classes are weighted: %.1f%% of the training texts are positive.", 100 * positive)
    return np.where(labels == 1, 0.5 / positive, 0.5 / (1 - positive)).astype(np.float32)


def _save_weights(network: Any, architecture: Architecture, path: Path) -> None:
    """Save the weights alone: a compiled network would add its optimizer's, twice their size."""
    bare = build_network(architecture)
    bare.set_weights(network.get_weights())
    bare.save_weights(path)


def check_onnx(network: Any, path: Path, ids: np.ndarray) -> None:
    """Assert that the ONNX form gives Keras's probabilities.

    Args:
        network: the Keras model.
        path: its ONNX form.
        ids: int32 (texts, length); the first 1,000 are compared.
    """
    sample = np.asarray(ids[:_COMPARED])
    by_keras = np.asarray(network.predict(sample, verbose=0, batch_size=256))[:, 0]
    rows = [row[row != PADDING].tolist() for row in sample]
    by_onnx = Network(path).probabilities(rows)
    with_tokens = np.array([bool(row) for row in rows])
    worst = float(np.abs(by_keras - by_onnx)[with_tokens].max(initial=0.0))
    assert worst <= _TOLERANCE, f"ONNX differs from Keras by {worst}"


def _bundle(
    directory: Path,
    dataset: DataSet,
    architecture: Architecture,
    validation: Part,
    history: dict[str, list[float]],
) -> Bundle:
    rows = [row[row != PADDING].tolist() for row in np.asarray(validation.ids)]
    probabilities = Network(directory / ONNX).probabilities(rows)
    labels = validation.labels
    threshold = choose_threshold(labels, probabilities)
    low, high = choose_unsure_band(labels, probabilities, threshold)
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
            "best_epoch": int(np.argmin(history["val_loss"])) + 1,
            "epochs": len(history["val_loss"]),
            "validation": binary_metrics(labels, probabilities, threshold),
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
