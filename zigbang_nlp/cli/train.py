"""`zigbang-nlp train`."""

from zigbang_nlp.cli.common import force_option, run_stage, settings_command
from zigbang_nlp.config import LoadedSettings


@settings_command("train", sections=["train"])
@force_option
def command(loaded: LoadedSettings, force: bool) -> None:
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
    """
    run_stage("train", loaded, force)
