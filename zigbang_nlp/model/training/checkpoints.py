"""What a training keeps on disk while it goes on.

checkpoints/
  best.weights.h5      the best epoch by `train.monitor`
  epoch-03-0.412...    checkpoints by name, with `train.checkpoints`
  README.txt           how plain Keras opens those that are whole models
  tensorboard/         logs, with `train.tensorboard`
  backup/              the whole state after the last epoch, until the training has ended well
  backup-before/       that after the epoch before, where several workers train together
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.checkpoint_name import measures_in
from zigbang_nlp.config.measures import MONITORS
from zigbang_nlp.console import log
from zigbang_nlp.files import atomic_directory, recover_swap, write_json, write_text
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.training.batches import Batches
from zigbang_nlp.model.training.registered import HOW_TO_OPEN

BEST = "best.weights.h5"
OPENING = "README.txt"
_BACKUP, _BEFORE = "backup", "backup-before"
_STATE, _VARIABLES = "state.json", "variables.npz"

#: What Keras's own callbacks remember from epoch to epoch.
_REMEMBERED: dict[type, tuple[str, ...]] = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
    keras.callbacks.ModelCheckpoint: (
        "best",
        "_batches_seen_since_last_saving",
        "_last_batch_seen",
    ),
}


class Checkpoint(keras.callbacks.ModelCheckpoint):
    """A ModelCheckpoint that waits for epochs in which what it needs was measured.

    Args:
        path: of the file, with measures in braces.
        needs: measures without which nothing is saved at the end of an epoch.
        every: epochs from one checkpoint to the next, as `period` once was.
        options: of `keras.callbacks.ModelCheckpoint`.
    """

    def __init__(self, path: Path, needs: Collection[str], every: int = 1, **options: Any) -> None:
        super().__init__(path, **options)
        self.needs, self.every = needs, every

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save where it is time and everything was measured."""
        if (epoch + 1) % self.every == 0 and set(self.needs) <= (logs or {}).keys():
            super().on_epoch_end(epoch, logs)


def checkpoint_callbacks(settings: TrainSettings, directory: Path) -> list[Any]:
    """The ModelCheckpoint of the best epoch, and the one that the settings describe."""
    verbose = int(settings.callback_verbose)
    chosen = [
        Checkpoint(
            directory / BEST,
            {settings.best_by},
            monitor=settings.best_by,
            mode=MONITORS[settings.best_by],
            verbose=verbose,
            save_best_only=True,
            save_weights_only=True,
        )
    ]
    if settings.checkpoints:
        ending = ".weights.h5" if settings.save_weights_only else ".keras"
        chosen.append(
            Checkpoint(
                directory / f"{settings.checkpoint_name}{ending}",
                needed_measures(settings),
                settings.checkpoint_epochs,
                monitor=settings.checkpoint_monitor,
                mode=MONITORS[settings.checkpoint_monitor],
                verbose=verbose,
                save_best_only=settings.save_best_only,
                save_weights_only=settings.save_weights_only,
                save_freq=settings.checkpoint_batches or "epoch",
            )
        )
    return chosen


def needed_measures(settings: TrainSettings) -> set[str]:
    """The measures without which a checkpoint by name can't be saved."""
    best = {settings.checkpoint_monitor} if settings.save_best_only else set()
    return {*measures_in(settings.checkpoint_name), *best} - {"epoch", "batch"}


def say_how_to_open(settings: TrainSettings, directory: Path) -> None:
    """Say beside `.keras` checkpoints how plain Keras opens them."""
    if settings.checkpoints and not settings.save_weights_only:
        write_text(directory / OPENING, HOW_TO_OPEN)


def clear_checkpoints(directory: Path) -> None:
    """Remove what an earlier training left."""
    for pattern in ("*.weights.h5", "*.keras", OPENING):
        for old in directory.glob(pattern):
            old.unlink()
    drop_backup(directory)


def drop_backup(directory: Path) -> None:
    """Remove the backup; a training that has ended well needs it no more."""
    for path in (directory / _BACKUP, directory / f".{_BACKUP}.old", directory / _BEFORE):
        shutil.rmtree(path, ignore_errors=True)


@dataclass
class State:
    """Where a training was after its last whole epoch."""

    epochs: int = 0
    ended: bool = False
    history: dict[str, list[float]] = field(default_factory=dict)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    order: dict[str, Any] = field(default_factory=dict)
    variables: list[np.ndarray] = field(default_factory=list)


def read_backups(directory: Path, key: str) -> list[State]:
    """The states of a killed training with the same key, the last first; none to go on from: [].

    Args:
        directory: of the checkpoints.
        key: of the settings and the data.
    """
    recover_swap(directory / _BACKUP)
    states = [_read(directory, directory / name, key) for name in (_BACKUP, _BEFORE)]
    return [state for state in states if state is not None]


def _read(directory: Path, backup: Path, key: str) -> State | None:
    if not (backup / _STATE).is_file() or not (directory / BEST).is_file():
        return None
    try:
        values = json.loads((backup / _STATE).read_text(encoding="utf-8"))
        if values.pop("key") != key:
            return None
        with np.load(backup / _VARIABLES, allow_pickle=False) as stored:
            variables = [stored[f"v{i}"] for i in range(len(stored.files))]
        return State(**values, variables=variables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("The backup of the killed training can't be read (%s); starting over.", error)
        return None


class Backup(keras.callbacks.Callback):
    """Saves the whole state after each epoch, so that a killed training can go on.

    More than `keras.callbacks.BackupAndRestore`: it also keeps the history, what EarlyStopping
    and the others remember, and the state of every random generator, so that the training goes
    on exactly as it would have without the kill; and it replaces the last backup atomically. It
    must be the last of the callbacks. Only callbacks of the user's own begin anew.

    Args:
        directory: of the checkpoints.
        key: of the settings and the data.
        batches: whose order goes on where it was.
        callbacks: all others.
        state: to begin from.
        twice: also keep the backup before the last. A worker may be killed before it has written
            what the others have, and then all go on from the one before.
    """

    def __init__(
        self,
        directory: Path,
        key: str,
        batches: Batches,
        callbacks: list[Any],
        state: State,
        twice: bool = False,
    ) -> None:
        super().__init__()
        self._twice = twice
        self.directory, self.key, self.batches, self.others = directory, key, batches, callbacks
        self.history = state.history
        self._state = state

    def on_train_begin(self, _logs: dict[str, Any] | None = None) -> None:
        """Restore the state that was kept, once Keras has made its callbacks forget all."""
        if not self._state.epochs:
            return
        for callback, remembered in zip(self.others, self._state.callbacks, strict=True):
            for name, value in remembered.items():
                setattr(callback, name, value)
        restore_variables(self.model, self._state)
        self.batches.order_state = self._state.order
        self._state = State()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep all that the next epoch needs, as a whole or not at all."""
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        if self._twice and (self.directory / _BACKUP).exists():
            shutil.rmtree(self.directory / _BEFORE, ignore_errors=True)
            (self.directory / _BACKUP).rename(self.directory / _BEFORE)
        with atomic_directory(self.directory / _BACKUP) as fresh:
            variables: dict[str, Any] = {
                f"v{i}": np.asarray(v) for i, v in enumerate(_variables(self.model))
            }
            np.savez(fresh / _VARIABLES, **variables)
            state = {
                "key": self.key,
                "epochs": epoch + 1,
                "ended": bool(self.model.stop_training),
                "history": self.history,
                "callbacks": [_remembered(callback) for callback in self.others],
                "order": self.batches.order_state,
            }
            write_json(fresh / _STATE, state)


def restore_variables(network: keras.Model, state: State) -> None:
    """Give a compiled network and its optimizer what they had."""
    for variable, value in zip(_variables(network), state.variables, strict=True):
        variable.assign(value)


def _variables(network: keras.Model) -> list[Any]:
    """Weights, moving statistics, seeds of dropout, and what the optimizer keeps."""
    if not network.optimizer.built:
        network.optimizer.build(network.trainable_variables)
    return [*network.variables, *network.optimizer.variables]


def _remembered(callback: Any) -> dict[str, Any]:
    for kind, names in _REMEMBERED.items():
        if isinstance(callback, kind):
            return {name: _plain(getattr(callback, name)) for name in names}
    return {}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else float(value)
