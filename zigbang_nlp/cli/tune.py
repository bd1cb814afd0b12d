"""`zigbang-nlp tune`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings, TrainSettings
from zigbang_nlp.config.toml import toml_value
from zigbang_nlp.config.train import train_changes
from zigbang_nlp.console import log, table
from zigbang_nlp.files import write_text

_SHOWN = 10
_MINUTES = 30.0


@settings_command("tune", sections=["train"])
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help=f"End after so many minutes  [default: {_MINUTES:g}, unless --trials is given]",
)
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    help="End at so many finished trials, those of earlier runs included.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the best settings go  [default: tuned.toml in --work]",
)
def command(
    loaded: LoadedSettings, minutes: float | None, trials: int | None, output: Path | None
) -> None:
    """Search for better training settings.

    Trains on the data set again and again and compares on its validation part. What you set
    yourself, by flag or file, stays as it is; dropouts, learning rate and batch size are searched
    otherwise, and with --init scratch the sizes of the network too. Stop it with Ctrl-C and run it again: it goes on. The best settings are
    written to a file for --config.

    \b
    Examples:
      zigbang-nlp tune --minutes 60
      zigbang-nlp tune --trials 20 --epochs 8 --init scratch --lstm-units 128
      zigbang-nlp train --config data/tuned.toml
    """
    from zigbang_nlp.model.training.tune import search_space, tune
    from zigbang_nlp.pipeline import exclusive_run
    from zigbang_nlp.text.dataset import DataSet

    settings = loaded.settings
    dataset = DataSet.load(settings.dataset_dir)
    space = search_space(settings.train)
    searched = [name for name in space if loaded.origins[f"train.{name}"] == "default"]
    fixed = space.keys() - set(searched)
    if minutes is None and trials is None:
        minutes = _MINUTES
    with exclusive_run(settings):
        search = tune(dataset, settings.train, fixed, settings.paths.work / "tune", minutes, trials)
    if search.best:
        monitor = settings.train.monitor
        rows = [
            [i, f"{value:.4f}", f"{seconds:.0f}", _line(searched, train)]
            for i, (value, train, seconds) in enumerate(search.best[:_SHOWN], start=1)
        ]
        click.echo(table(rows, ["#", monitor, "seconds", "settings"]))
        output = output or settings.paths.work / "tuned.toml"
        value, best, _ = search.best[0]
        lines = [f"# Found by zigbang-nlp tune: {monitor} {value:.4f}.", "[train]"]
        lines += [f"{name} = {toml_value(v)}" for name, v in train_changes(best).items()]
        write_text(output, "\n".join(lines) + "\n")
        log.info(
            "%d trials finished, %d given up. Train with the best settings:\n"
            "  zigbang-nlp train --config %s",
            len(search.best),
            search.pruned,
            output,
        )
    else:
        log.info("No trial has finished; allow more --minutes.")
    if search.interrupted:
        raise KeyboardInterrupt


def _line(names: Collection[str], train: TrainSettings) -> str:
    return " ".join(f"{name}={toml_value(getattr(train, name))}" for name in names)
