"""A search for better training settings, which can be stopped and gone on with at any time.

Reads a data set, writes `study.db` (SQLite, by Optuna). From the command line: `zigbang-nlp tune`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.trial import FrozenTrial, Trial, TrialState
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


@dataclass(frozen=True)
class Choice:
    """One of these values; tuples are written "64,64" in the study."""

    values: tuple[Any, ...]

    def suggest(self, trial: Trial, name: str) -> Any:
        """The value of the setting `name` that this trial is to try."""
        shown = [",".join(map(str, v)) if isinstance(v, tuple) else v for v in self.values]
        return self.values[shown.index(trial.suggest_categorical(name, shown))]


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`, by its logarithm where `log`."""

    low: float
    high: float
    log: bool = False

    def suggest(self, trial: Trial, name: str) -> float:
        """The number that this trial is to try, to three digits."""
        return float(f"{trial.suggest_float(name, self.low, self.high, log=self.log):.3g}")


#: What is searched, of `train`, unless the user has set it.
SPACE: dict[str, Choice | Range] = {
    "embedding_dim": Choice((32, 64, 128, 256)),
    "lstm_units": Choice(((32,), (64,), (128,), (64, 64))),
    "bidirectional": Choice((True, False)),
    "pooling": Choice(("last", "max", "mean", "max_mean")),
    "dense_units": Choice(((), (32,), (64,))),
    "spatial_dropout": Range(0.0, 0.5),
    "dropout": Range(0.0, 0.6),
    "token_dropout": Range(0.0, 0.2),
    "learning_rate": Range(3e-4, 1e-2, log=True),
    "batch_size": Choice((32, 64, 128, 256)),
}


def search_space(base: TrainSettings) -> dict[str, Choice | Range]:
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

    best: list[tuple[float, TrainSettings, float]] = field(default_factory=list)
    pruned: int = 0
    interrupted: bool = False


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
        trial = study.ask()
        try:
            _run(study, trial, dataset, base, space, directory / "trial", deadline)
        except BaseException as stop:
            study.tell(trial, state=TrialState.FAIL)
            if not isinstance(stop, KeyboardInterrupt):
                raise
            interrupted = True
            break
        finally:
            shutil.rmtree(directory / "trial", ignore_errors=True)
    return _tuning(study, base, space, interrupted)


def _open_study(
    dataset: DataSet, base: TrainSettings, space: dict[str, Any], directory: Path
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
    for left in study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
        # A killed run left it; the caller sees to it that no other run is at work.
        study.tell(left.number, state=TrialState.FAIL)
    # The same seed again would only suggest what has been tried.
    study.sampler = optuna.samplers.TPESampler(seed=base.seed + len(study.trials))
    if done := _finished(study):
        log.info("Going on with a study of %d finished trials.", done)
    return study


def _run(
    study: optuna.Study,
    trial: Trial,
    dataset: DataSet,
    base: TrainSettings,
    space: dict[str, Choice | Range],
    directory: Path,
    deadline: float,
) -> None:
    chosen = {name: way.suggest(trial, name) for name, way in space.items()}
    log.info("Trial %d: %s", trial.number + 1, ", ".join(f"{k}={v}" for k, v in chosen.items()))
    started = time.monotonic()
    try:
        settings = TrainSettings.model_validate({**base.model_dump(), **chosen})
        value = _score(trial, dataset, settings, directory, deadline)
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


def _tuning(
    study: optuna.Study, base: TrainSettings, space: dict[str, Any], interrupted: bool
) -> Tuning:
    complete = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
    complete.sort(key=lambda t: t.values[0] * (1 if base.better == "min" else -1))
    return Tuning(
        [(t.values[0], _settings_of(t, base, space), t.user_attrs["seconds"]) for t in complete],
        _finished(study) - len(complete),
        interrupted,
    )


def _settings_of(
    trial: FrozenTrial, base: TrainSettings, space: dict[str, Choice | Range]
) -> TrainSettings:
    """The settings a finished trial had, made from its parameters again."""
    again = optuna.trial.FixedTrial(trial.params)
    chosen = {name: way.suggest(again, name) for name, way in space.items()}  # type: ignore[arg-type]
    return TrainSettings.model_validate({**base.model_dump(), **chosen})
