"""The callbacks of a training: progress, a clear end, and those that settings ask for."""

from __future__ import annotations

import importlib
import math
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tqdm import tqdm

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.console import log
from zigbang_nlp.errors import ConfigError, TrainingError
from zigbang_nlp.model.network.backend import keras

#: Beneath the directory of checkpoints.
TENSORBOARD = "tensorboard"


class Progress(keras.callbacks.Callback):
    """A bar over the batches of each epoch, and one line an epoch in the log.

    Args:
        verbose: 0 = neither, 1 = both, 2 = the line.
    """

    def __init__(self, verbose: int = 1) -> None:
        super().__init__()
        self._verbose = verbose
        self._bar: tqdm[Any] | None = None
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, _logs: dict[str, Any] | None = None) -> None:
        """Open a bar for the epoch's batches."""
        self._started = time.monotonic()
        self._bar = tqdm(
            total=self.params.get("steps"),
            desc=f"epoch {epoch + 1}/{self.params['epochs']}",
            unit=" batches",
            disable=None if self._verbose == 1 else True,
            leave=False,
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar on; every ten batches the loss beside it."""
        assert self._bar is not None
        self._bar.update()
        if logs and batch % 10 == 0:
            self._bar.set_postfix(loss=f"{logs['loss']:.3f}", accuracy=f"{logs['accuracy']:.3f}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the epoch's measures, those of validation where there was one."""
        assert self._bar is not None
        self._bar.close()
        if self._verbose:
            log.info(
                "epoch %d/%d: %s (%.0f s)",
                epoch + 1,
                self.params["epochs"],
                _measures(logs or {}),
                time.monotonic() - self._started,
            )

    def on_train_end(self, _logs: dict[str, Any] | None = None) -> None:
        """Close the bar of an epoch that was broken off."""
        if self._bar is not None:
            self._bar.close()


def _measures(logs: dict[str, Any]) -> str:
    """`loss 0.4, accuracy 0.8; validation loss 0.5, accuracy 0.7`."""
    sides = {"": [], "validation ": []}  # type: dict[str, list[str]]
    # Keras's own order is by the alphabet.
    first = [name for name in ("loss", "accuracy", "val_loss", "val_accuracy") if name in logs]
    for name, value in ((name, logs[name]) for name in dict.fromkeys([*first, *logs])):
        if name != "learning_rate":
            side = "validation " if name.startswith("val_") else ""
            sides[side].append(f"{name.removeprefix('val_')} {value:.4f}")
    return "; ".join(f"{side}{', '.join(measures)}" for side, measures in sides.items() if measures)


class _WhereMeasured:
    """Leaves out the epochs without validation, in which Keras's callbacks would warn."""

    monitor: str

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.monitor in (logs or {}):
            super().on_epoch_end(epoch, logs)  # type: ignore[misc]


class _EarlyStopping(_WhereMeasured, keras.callbacks.EarlyStopping):
    pass


class _ReduceOnPlateau(_WhereMeasured, keras.callbacks.ReduceLROnPlateau):
    pass


class StopOnNaN(keras.callbacks.Callback):
    """End training when the loss is no number any more; the best checkpoint is kept."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Raise `TrainingError` when the batch's loss is NaN or infinite."""
        loss = (logs or {}).get("loss", 0.0)
        if math.isnan(loss) or math.isinf(loss):
            raise TrainingError(
                f"The loss became {loss} at batch {batch + 1}; the last good checkpoint is kept.",
                "Lower train.learning_rate (a tenth of it, say) or set train.clip_norm = 1, and train "
                "again.",
            )


def stopping_callbacks(settings: TrainSettings) -> list[Any]:
    """EarlyStopping and ReduceLROnPlateau, where the settings want them."""
    watched = {
        "monitor": settings.monitor,
        "mode": settings.better,
        "min_delta": settings.min_delta,
        "verbose": int(settings.callback_verbose),
    }
    chosen: list[Any] = []
    if settings.early_stopping:
        # The best epoch's weights are read from their checkpoint, so none are kept in memory.
        chosen.append(
            _EarlyStopping(
                patience=settings.patience,
                baseline=None if settings.baseline == "none" else settings.baseline,
                start_from_epoch=settings.start_from_epoch,
                **watched,
            )
        )
    if settings.learning_rate_schedule == "reduce_on_plateau":
        chosen.append(
            _ReduceOnPlateau(
                factor=settings.plateau_factor,
                patience=settings.plateau_patience,
                min_lr=settings.learning_rate * settings.learning_rate_end,
                **watched,
            )
        )
    return chosen


def tensorboard_callback(directory: Path) -> keras.callbacks.Callback:
    """Keras's TensorBoard callback: the curves of training and validation, epoch by epoch.

    Raises:
        ConfigError: the package that defines the format isn't installed.
    """
    if find_spec("tensorboard") is None:
        raise ConfigError(
            "train.tensorboard needs the package tensorboard, which isn't installed.",
            "Run `pip install 'zigbang-nlp[tensorboard]'`, or leave it out.",
        )
    return keras.callbacks.TensorBoard(directory, write_graph=False)


def load_callbacks(paths: tuple[str, ...]) -> list[Any]:
    """Make the callbacks that `train.callbacks` names.

    Args:
        paths: each module:Class; modules are looked for in the current directory too. A class is
            a `keras.callbacks.Callback` that can be made without arguments.

    Raises:
        ConfigError: there is no such module or class, it is no callback, or it can't be made.
    """
    return [_load_callback(*path.split(":")) for path in paths]


def _load_callback(module_name: str, class_name: str) -> keras.callbacks.Callback:
    here = str(Path.cwd())
    added = here not in sys.path
    if added:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise ConfigError(
            f"train.callbacks: the module {module_name} can't be imported "
            f"({type(error).__name__}: {error}).",
            f"Put {module_name}.py in the current directory, or install its package.",
        ) from error
    finally:
        if added:
            sys.path.remove(here)
    kind = getattr(module, class_name, None)
    if not (isinstance(kind, type) and issubclass(kind, keras.callbacks.Callback)):
        callbacks = [
            name
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, keras.callbacks.Callback)
        ]
        what = "nothing named" if kind is None else "no Keras callback"
        raise ConfigError(
            f"train.callbacks: the module {module_name} has {what} {class_name}.",
            f"It has {', '.join(callbacks)}."
            if callbacks
            else "Make the class a keras.callbacks.Callback.",
        )
    try:
        return kind()
    except Exception as error:
        raise ConfigError(
            f"train.callbacks: {module_name}:{class_name} can't be made without arguments "
            f"({type(error).__name__}: {error}).",
            "Give its arguments defaults.",
        ) from error
