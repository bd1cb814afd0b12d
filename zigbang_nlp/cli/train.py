"""`zigbang-nlp train`."""

from pathlib import Path

import click

from zigbang_nlp.cli.common import force_option, run_stage, settings_command
from zigbang_nlp.cli.notices import say_outdated
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log


@settings_command("train", sections=["train"])
@force_option
@click.option(
    "--as-code",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.py",
    help="Don't train: write a Keras script that does, without this package, with comments in Korean.",
)
@click.option(
    "--style",
    type=click.Choice(["sequential", "functional"]),
    help="Of the network in --as-code  [default: sequential, where it has no branches]",
)
def command(loaded: LoadedSettings, force: bool, as_code: Path | None, style: str | None) -> None:
    """Train the network on the data set.

    Embedding -> LSTM -> Dense(sigmoid), with EarlyStopping and ModelCheckpoint. Goes on with the
    model that ships, or with --init scratch begins from nothing. Writes a bundle
    to the directory `model` in --work, with history.json, learning_curves.png and
    architecture.png. When it was killed, the same command goes on where it was.

    \b
    Examples:
      zigbang-nlp train
      zigbang-nlp train --epochs 5
      zigbang-nlp train --init scratch --lstm-units 64,64 --no-bidirectional
      zigbang-nlp train --optimizer rmsprop --learning-rate 0.0005 --force
      zigbang-nlp train --optimizer sgd --optimizer-parameters momentum=0.9,nesterov=true
      zigbang-nlp train --learning-rate-schedule one_cycle --clip-norm 1
      zigbang-nlp train --augment-copies 1 --typo-noise 0.05 --spacing-noise 0.3
      zigbang-nlp train --preset textbook --force
      zigbang-nlp train --preset textbook --as-code lstm.py
    """
    if as_code is None:
        if style is not None:
            raise click.UsageError("--style belongs to --as-code FILE.py.")
        run_stage("train", loaded, force)
        return
    from zigbang_nlp.model.training.as_code import write_script
    from zigbang_nlp.text.dataset import DataSet

    settings = loaded.settings
    say_outdated("train", loaded)
    written = write_script(DataSet.load(settings.dataset_dir), settings.train, as_code, style)
    log.info("Written: %s. Run it with:\n  python %s", ", ".join(map(str, written)), as_code)
