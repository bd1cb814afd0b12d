"""The training itself: data and settings -> a network with its best epoch's weights."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.measures import MONITORS
from zigbang_nlp.console import log
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.model.architecture import STARS
from zigbang_nlp.model.history import History, measured_epochs
from zigbang_nlp.model.network.backend import keep_freed_memory, keras
from zigbang_nlp.model.training.batches import Batches
from zigbang_nlp.model.training.callbacks import (
    TENSORBOARD,
    Progress,
    StopOnNaN,
    load_callbacks,
    stopping_callbacks,
    tensorboard_callback,
)
from zigbang_nlp.model.training.checkpoints import (
    BEST,
    Backup,
    State,
    checkpoint_callbacks,
    clear_checkpoints,
    read_backups,
    restore_variables,
    say_how_to_open,
)
from zigbang_nlp.model.training.distribution import Distribution
from zigbang_nlp.model.training.measures import make_loss, watched_metrics
from zigbang_nlp.model.training.optimizers import make_optimizer
from zigbang_nlp.model.training.stars_loss import learning_form, stars_to_learn
from zigbang_nlp.text.dataset import Split

#: `class_weight = "auto"` balances where the smaller class has less than this share.
_UNBALANCED = 0.4


def fit(
    network: keras.Model,
    training: Split,
    validation: Split,
    settings: TrainSettings,
    checkpoints: Path,
    key: str | None = None,
    more: Sequence[Any] = (),
    distribution: Distribution | None = None,
) -> History:
    """Train a network; afterwards it has the weights of its best epoch.

    Without `restore_best_weights` it has those of its last one.

    Args:
        network: built, not compiled.
        training: what is learned from; its weights count.
        validation: what the monitor is measured on; every text counts the same.
        settings: of the training.
        checkpoints: directory, see `checkpoints.py`.
        key: of the settings and the data; a killed training with the same key goes on. None
            starts anew and can't be gone on with.
        more: further callbacks.
        distribution: over what; the network was made in its scope. None = this device.

    Returns:
        The measures of every epoch, of those before a kill too.

    Raises:
        TrainingError: the loss became NaN.
        ConfigError: a callback of the settings can't be made, or no checkpoint would be saved.
    """
    keep_freed_memory()
    distribution = distribution or Distribution("none")
    weights = text_weights(training, settings)
    stars = stars_to_learn(network, training)
    with distribution.scope():  # a model is trained by the strategy that it was made in
        learner = learning_form(network, settings.stars_weight, stars is not None)
    batches = Batches(
        training.ids,
        training.labels,
        weights,
        settings.batch_size,
        settings.seed,
        settings.token_dropout,
        distribution.shard,
        stars,
        settings.shuffle,
        settings.steps_per_epoch,
    )
    no_stars = None if stars is None else np.zeros((len(validation.labels), STARS), np.float32)
    # Every worker measures all of it, so that all decide the same; devices share it.
    shared = distribution.shard if distribution.shard[0] is None else (0, 1)
    held = Batches(
        validation.ids, validation.labels, None, 1_024, None, shard=shared, stars=no_stars
    )
    steps = (settings.epochs - settings.initial_epoch) * len(batches)
    if settings.checkpoint_batches > steps:
        raise ConfigError(
            f"train.save_freq = {settings.save_freq} batches, and the whole training has {steps}.",
            'Lower it, or use "epoch".',
        )
    custom = load_callbacks(settings.callbacks)
    checkpoints.mkdir(parents=True, exist_ok=True)
    states = read_backups(checkpoints, key) if key else []
    epoch = distribution.common_epoch([state.epochs for state in states]) if key else 0
    kept = next((state for state in states if state.epochs == epoch), None)
    if kept is None:
        clear_checkpoints(checkpoints)
        shutil.rmtree(checkpoints / TENSORBOARD, ignore_errors=True)
    say_how_to_open(settings, checkpoints)
    callbacks = [
        StopOnNaN(),
        *checkpoint_callbacks(settings, checkpoints),
        *stopping_callbacks(settings),
        Progress(settings.verbose),
        *([tensorboard_callback(checkpoints / TENSORBOARD)] if settings.tensorboard else []),
        *custom,
        *more,
    ]
    with distribution.scope():
        learner.compile(
            optimizer=make_optimizer(settings, steps),
            loss=make_loss(settings.loss),
            metrics=watched_metrics(settings),
            weighted_metrics=[],
        )
    if distribution.strategy is None:  # else Keras does it
        _make_variables(learner)
    callbacks = [*distribution.prepare(learner, batches), *callbacks]
    state = kept or State()
    if state.epochs > settings.initial_epoch:
        log.info("Resuming after epoch %d of a training that was interrupted.", state.epochs)
    if state.ended or state.epochs >= settings.epochs:
        with distribution.scope():
            restore_variables(learner, state)
    else:
        if key:
            backup = Backup(checkpoints, key, batches, callbacks, state, distribution.apart)
            callbacks = [*callbacks, backup]
        # Standard output is for results; what callbacks print goes to the log.
        with contextlib.redirect_stdout(_ToLog()):
            fitted = learner.fit(
                batches.as_tf(),
                validation_data=held.as_tf(),
                epochs=settings.epochs,
                initial_epoch=max(state.epochs, settings.initial_epoch),
                validation_freq=settings.validation_freq,
                callbacks=callbacks,
                shuffle=False,  # Batches does it
                verbose=0,
            )
        if not key:
            state.history = {n: list(map(float, v)) for n, v in fitted.history.items()}
    if not learner.optimizer.built:  # nothing was left to train
        learner.optimizer.build(learner.trainable_variables)
    if settings.restore_best_weights:
        learner.load_weights(checkpoints / BEST)
    return state.history


def best_epoch(history: History, settings: TrainSettings) -> int:
    """The epoch, counted from 1, that was best by the monitor (by the checkpoints' with `load_best`)."""
    name = settings.best_by
    values = history[name]
    at = int(np.argmin(values) if MONITORS[name] == "min" else np.argmax(values))
    return measured_epochs(history, name, settings)[at]


def text_weights(part: Split, settings: TrainSettings) -> np.ndarray | None:
    """A weight a text: its own times its class's. None where all count the same.

    Args:
        part: its labels (0 to 1) and, where it has them, its own weights.
        settings: `class_weight`; the balanced weights make both classes count the same, with a
            mean of 1.
    """
    labels, own = part.labels, part.weights
    pair = class_weights(part, settings)
    if pair is None:
        return own
    of_class = pair[0] * (1 - labels) + pair[1] * labels
    return (of_class if own is None else of_class * own).astype(np.float32)


def class_weights(part: Split, settings: TrainSettings) -> tuple[float, float] | None:
    """The weights of a negative and a positive text of a part; None where they count the same."""
    positive = float(np.average(part.labels, weights=part.weights))
    if isinstance(settings.class_weight, tuple):
        return settings.class_weight
    balanced = settings.class_weight == "balanced" or (
        settings.class_weight == "auto" and min(positive, 1 - positive) < _UNBALANCED
    )
    if not balanced:
        return None
    log.info("Classes are weighted: %.1f%% of the training texts are positive.", 100 * positive)
    return 0.5 / (1 - positive), 0.5 / positive


def _make_variables(learner: keras.Model) -> None:
    """Make what the optimizer and the measures keep, which Keras does in the first step otherwise.

    TensorFlow traces a step that made variables a second time, which takes seconds.
    """
    learner.optimizer.build(learner.trainable_variables)
    one = np.ones(1, np.float32)
    learner.compute_metrics(None, one, one[:, None], one)
    learner.reset_metrics()


class _ToLog(io.TextIOBase):
    """A stream whose lines become messages of the log."""

    def __init__(self) -> None:
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in filter(None, map(str.strip, lines)):
            log.info("%s", line)
        return len(text)
