"""A search for better training settings, which can be stopped and gone on with at any time.

Reads a data set, writes `study.db` (SQLite, by Optuna). From the command line: `zigbang-nlp tune`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.trial import Trial, TrialState
from pydantic import ValidationError

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.console import log
from zigbang_nlp.errors import ConfigError, TrainingError
from zigbang_nlp.files import sha256_of_json
from zigbang_nlp.model.network.backend import keras, make_repeatable
from zigbang_nlp.model.training.augmented import augmented
from zigbang_nlp.model.training.fit import fit
from zigbang_nlp.model.training.warm_start import FIXED, initial_network
from zigbang_nlp.text.dataset import DataSet

STUDY_FILE = "study.db"


#: What is searched, of `train`, unless the user has set it. Tuples are written "64,64" in the study.
SPACE: dict[str, BaseDistribution] = {
    "embedding_dim": CategoricalDistribution((32, 64, 128, 256)),
    "lstm_units": CategoricalDistribution(("32", "64", "128", "64,64")),
    "bidirectional": CategoricalDistribution((True, False)),
    "pooling": CategoricalDistribution(("last", "max", "mean", "max_mean")),
    "dense_units": CategoricalDistribution(("", "32", "64")),
    "spatial_dropout": FloatDistribution(0.0, 0.5),
    "dropout": FloatDistribution(0.0, 0.6),
    "token_dropout": FloatDistribution(0.0, 0.2),
    "learning_rate": FloatDistribution(3e-4, 1e-2, log=True),
    "batch_size": CategoricalDistribution((32, 64, 128, 256)),
}


def search_space(base: TrainSettings) -> dict[str, BaseDistribution]:
    """What is searched: `SPACE`, without what a network that is gone on with has already."""
    return {name: way for name, way in SPACE.items() if base.init == "scratch" or name not in FIXED}


@dataclass
class Tuning:
    """What a search has found so far.

    Attributes:
        best: finished trials, the best first: value of the monitor, settings, seconds.
        pruned: trials that were given up since they fell behind.
        interrupted: whether Ctrl-C ended this run.
    """

    best: list[tuple[float, TrainSettings, float]]
    pruned: int
    interrupted: bool


def tune(
    dataset: DataSet,
    base: TrainSettings,
    fixed: Collection[str],
    directory: Path,
    minutes: float | None = None,
    trials: int | None = None,
) -> Tuning:
    """Train with one set of settings after another, and remember which were good.

    The validation part decides, by `base.monitor`; the test part is never looked at. Trials that
    fall behind the median of the others are given up.

    Args:
        dataset: encoded train and validation parts.
        base: settings of everything that is not searched.
        fixed: names of settings to leave as they are in `base`.
        directory: of the study; with the same data and `base`, a later call goes on with it.
        minutes: end after so many, the trial at work after its epoch.
        trials: end when the study has so many finished trials, those of earlier calls included.

    Raises:
        ConfigError: every setting is fixed.
    """
    space = {name: way for name, way in search_space(base).items() if name not in fixed}
    if not space:
        raise ConfigError(
            "Nothing is left to search: every setting that tune searches has been set.",
            f"Leave some of {', '.join(search_space(base))} out of the flags and the settings file.",
        )
    study = _open_study(dataset, base, space, directory)
    deadline = time.monotonic() + minutes * 60 if minutes is not None else float("inf")
    interrupted = False
    while time.monotonic() < deadline and (trials is None or _finished(study) < trials):
        try:
            _run(study, study.ask(space), dataset, base, directory / "trial", deadline)
        except BaseException as stop:
            _give_up_running(study)
            if not isinstance(stop, KeyboardInterrupt):
                raise
            interrupted = True
            break
        finally:
            shutil.rmtree(directory / "trial", ignore_errors=True)
    complete = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
    complete.sort(key=lambda t: t.values[0] * (1 if base.better == "min" else -1))
    return Tuning(
        [(t.values[0], _settings(base, t.params), t.user_attrs["seconds"]) for t in complete],
        _finished(study) - len(complete),
        interrupted,
    )


def _open_study(
    dataset: DataSet, base: TrainSettings, space: Collection[str], directory: Path
) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    directory.mkdir(parents=True, exist_ok=True)
    key = [base.model_dump(mode="json"), sorted(space), dataset.fingerprint()]
    study = optuna.create_study(
        storage=f"sqlite:///{(directory / STUDY_FILE).as_posix()}",
        study_name=sha256_of_json(key)[:16],
        load_if_exists=True,
        direction="minimize" if base.better == "min" else "maximize",
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=1),
    )
    # A killed run left some; the caller sees to it that no other run is at work.
    _give_up_running(study)
    # The same seed again would only suggest what has been tried.
    study.sampler = optuna.samplers.TPESampler(seed=base.seed + len(study.trials))
    if done := _finished(study):
        log.info("Going on with a study of %d finished trials.", done)
    return study


def _give_up_running(study: optuna.Study) -> None:
    for left in study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
        study.tell(left.number, state=TrialState.FAIL)


def _run(
    study: optuna.Study,
    trial: Trial,
    dataset: DataSet,
    base: TrainSettings,
    directory: Path,
    deadline: float,
) -> None:
    chosen = _chosen(base, trial.params)
    log.info("Trial %d: %s", trial.number + 1, ", ".join(f"{k}={v}" for k, v in chosen.items()))
    started = time.monotonic()
    try:
        value = _score(trial, dataset, _settings(base, trial.params), directory, deadline)
    except (optuna.TrialPruned, TrainingError, ValidationError) as given_up:
        study.tell(trial, state=TrialState.PRUNED)
        reason = str(given_up).splitlines()[0] if str(given_up) else "it falls behind the others"
        log.info("Trial %d given up: %s", trial.number + 1, reason)
        return
    trial.set_user_attr("seconds", round(time.monotonic() - started, 1))
    study.tell(trial, value)
    log.info(
        "Trial %d: %s %.4f; best so far %.4f.",
        trial.number + 1,
        base.monitor,
        value,
        study.best_value,
    )


def _score(
    trial: Trial, dataset: DataSet, settings: TrainSettings, directory: Path, deadline: float
) -> float:
    make_repeatable(settings.seed)
    network, _, _ = initial_network(settings, dataset.encoder.vocabulary)
    watch = _Watch(trial, settings.monitor, deadline)
    with augmented(dataset.split("train"), dataset.encoder, settings, directory) as part:
        history = fit(network, part, dataset.split("validation"), settings, directory, more=[watch])
    values = history[settings.monitor]
    return float(np.min(values) if settings.better == "min" else np.max(values))


class _Watch(keras.callbacks.Callback):
    """Tells the study of each epoch; gives a trial up that falls behind, or ends it in time."""

    def __init__(self, trial: Trial, monitor: str, deadline: float) -> None:
        super().__init__()
        self.trial, self.monitor, self.deadline = trial, monitor, deadline

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.monitor in (logs or {}):  # there are epochs without validation
            self.trial.report((logs or {})[self.monitor], epoch)
            if self.trial.should_prune():
                raise optuna.TrialPruned
        if time.monotonic() > self.deadline:
            self.model.stop_training = True


def _finished(study: optuna.Study) -> int:
    ended = [TrialState.COMPLETE, TrialState.PRUNED]
    return len(study.get_trials(deepcopy=False, states=ended))


def _chosen(base: TrainSettings, params: dict[str, Any]) -> dict[str, Any]:
    """The values that a trial's parameters stand for; numbers have three digits."""
    chosen = dict(params)
    for name, value in params.items():
        if isinstance(getattr(base, name), tuple):
            chosen[name] = tuple(map(int, filter(None, value.split(","))))
        elif isinstance(value, float):
            chosen[name] = float(f"{value:.3g}")
    return chosen


def _settings(base: TrainSettings, params: dict[str, Any]) -> TrainSettings:
    return TrainSettings.model_validate({**base.model_dump(), **_chosen(base, params)})
