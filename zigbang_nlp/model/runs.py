"""Every training as files: its settings, figures, curves and model.

runs/
  1/ run.json                 number, time, settings, figures, epochs of the curves
     history.json, bundle.json, network.onnx ...   the whole bundle, see `bundle.py`
  2/ ...

From the command line: `zigbang-nlp runs`.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.train import train_changes
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.files import atomic_directory, recover_swap, write_json
from zigbang_nlp.model.bundle import Bundle, load_bundle
from zigbang_nlp.model.history import MEASURES, measured_epochs, panels
from zigbang_nlp.plotting import BLUE, ORANGE, figure

RUN, HISTORY = "run.json", "history.json"
#: Bytes from which on a file is shared with the model in place; none of these is ever written into.
_LARGE = 1 << 20
#: Of the validation texts, as tables show them.
FIGURES = ("macro_f1", "roc_auc", "accuracy")


@dataclass(frozen=True)
class Run:
    """One training.

    Attributes:
        name: its number, from 1.
        directory: of its bundle.
        finished_at: local time, ISO 8601.
        seconds: it took.
        settings: of `train`, all of them, as plain values.
        changes: those that differ from their defaults.
        figures: of the validation texts, at the chosen threshold.
        best_epoch, epochs: the best one, and the last.
        epochs_of: measure -> the epochs of its values.
        data: fingerprint of the data set.
        model: identity of the bundle.
        warnings: what is wrong with the model.
    """

    name: str
    directory: Path
    finished_at: str
    seconds: float
    settings: dict[str, Any]
    changes: dict[str, Any]
    figures: dict[str, float]
    best_epoch: int
    epochs: int
    epochs_of: dict[str, list[int]]
    data: str
    model: str
    warnings: list[str]

    @property
    def history(self) -> dict[str, list[float]]:
        """Its measures by epoch."""
        values: dict[str, list[float]] = json.loads(
            (self.directory / HISTORY).read_text(encoding="utf-8")
        )
        return values

    def as_dict(self) -> dict[str, Any]:
        """All that is known of it, with its curves."""
        return {**_plain(self), "history": self.history}


def record_run(directory: Path, bundle: Bundle, settings: TrainSettings, seconds: float) -> Run:
    """Keep a training that has just ended, as a whole or not at all.

    The large files of its bundle are the same files on disk, where the file system can do that.

    Args:
        directory: of all runs.
        bundle: in place.
        settings: it was trained with.
        seconds: it took.
    """
    history = json.loads((bundle.directory / HISTORY).read_text(encoding="utf-8"))
    name = str(max(_numbers(directory), default=0) + 1)
    run = Run(
        name=name,
        directory=directory / name,
        finished_at=datetime.now().astimezone().isoformat(" ", "seconds"),
        seconds=round(seconds, 1),
        settings=settings.model_dump(mode="json"),
        changes=train_changes(settings),
        figures={name: bundle.metrics["validation"][name] for name in FIGURES},
        best_epoch=bundle.metrics["best_epoch"],
        epochs=bundle.metrics["epochs"],
        epochs_of={name: measured_epochs(history, name, settings) for name in history},
        data=bundle.data_fingerprint,
        model=bundle.identity(),
        warnings=[fact for _, fact in bundle.warnings],
    )
    with atomic_directory(run.directory) as fresh:
        _copy_bundle(bundle.directory, fresh)
        write_json(fresh / RUN, _plain(run))
    return run


def list_runs(directory: Path) -> list[Run]:
    """All trainings, the first first; those that can't be read are left out."""
    runs = []
    for number in sorted(_numbers(directory)):
        place = directory / str(number)
        recover_swap(place)
        try:
            values = json.loads((place / RUN).read_text(encoding="utf-8"))
            runs.append(Run(**values, directory=place))
        except (OSError, ValueError, TypeError):
            continue
    return runs


def _numbers(directory: Path) -> list[int]:
    return [int(path.name) for path in directory.glob("*") if path.name.isdecimal()]


def find_run(directory: Path, name: str) -> Run:
    """The training of a number.

    Raises:
        ConfigError: there is none.
    """
    runs = {run.name: run for run in list_runs(directory)}
    if name not in runs:
        raise ConfigError(
            f"There is no run {name} in {directory}.",
            f"There are {', '.join(runs)}." if runs else "Run `zigbang-nlp train` first.",
        )
    return runs[name]


def use_run(run: Run, model_dir: Path) -> Bundle:
    """Put a training's model in place, atomically.

    Args:
        run: to use.
        model_dir: where predictions look for the model; what lies there is replaced.

    Raises:
        BundleError: the kept model is damaged.
    """
    load_bundle(run.directory)
    with atomic_directory(model_dir) as fresh:
        _copy_bundle(run.directory, fresh)
    return load_bundle(model_dir)


def differences(first: Run, second: Run) -> dict[str, tuple[Any, Any]]:
    """The settings that differ between two trainings: {name: (first, second)}."""
    names = [*first.settings, *(name for name in second.settings if name not in first.settings)]
    pairs = {name: (first.settings.get(name), second.settings.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and name != "preset"}


def plot_runs(first: Run, second: Run, path: Path) -> None:
    """The learning curves of two trainings in one picture, a panel for each measure.

    Args:
        first: of the two.
        second: of the two.
        path: of the PNG.
    """
    histories = first.history, second.history
    names = panels(*histories)
    # The first is wider, so that it shows where both are the same.
    looks = {"color": BLUE, "linewidth": 4.0}, {"color": ORANGE, "linewidth": 1.5}
    with figure(path, columns=len(names), size=(6.4, 4.4)) as axes:
        for ax, name in zip(axes, names, strict=True):
            for run, history, look in zip((first, second), histories, looks, strict=True):
                for measure, style, side in ((name, ":", "학습"), (f"val_{name}", "o-", "검증")):
                    if measure in history:
                        epochs, label = run.epochs_of[measure], f"{run.name}번 {side}"
                        ax.plot(epochs, history[measure], style, label=label, **look)
                ax.axvline(run.best_epoch, color=look["color"], linestyle="--", linewidth=0.8)
            ax.set(title=MEASURES[name], xlabel="에폭 (세로선: 가장 좋은 에폭)")
            ax.xaxis.get_major_locator().set_params(integer=True)
            ax.legend()


def sparkline(values: list[float]) -> str:
    """A curve as one line of characters.

    >>> sparkline([0.9, 0.5, 0.4, 0.6])
    '█▂▁▄'
    """
    low, high = min(values, default=0.0), max(values, default=0.0)
    steps = "▁▂▃▄▅▆▇█"
    scale = (len(steps) - 1) / (high - low) if high > low else 0.0
    return "".join(steps[round((value - low) * scale)] for value in values)


def _plain(run: Run) -> dict[str, Any]:
    return {name: value for name, value in vars(run).items() if name != "directory"}


def _copy_bundle(source: Path, target: Path) -> None:
    for path in source.iterdir():
        if not path.is_file() or path.name == RUN:
            continue
        if path.stat().st_size < _LARGE:  # among them the card, in which people write on
            shutil.copy2(path, target / path.name)
            continue
        try:
            os.link(path, target / path.name)
        except OSError:  # another file system, or one without links
            shutil.copy2(path, target / path.name)
