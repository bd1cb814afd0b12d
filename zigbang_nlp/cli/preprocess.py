"""`zigbang-nlp preprocess`."""

from zigbang_nlp.cli.common import force_option, run_stage, settings_command
from zigbang_nlp.config import LoadedSettings


@settings_command("preprocess", sections=["preprocess", "tokenize"])
@force_option
def command(loaded: LoadedSettings, force: bool) -> None:
    """Make the data set: labels, tokens, integers, splits.

    Reads the store, writes the directory `dataset` in --work: integer arrays, the texts with
    their labels, the vocabulary, and a summary with class balance and coverage.

    \b
    Examples:
      zigbang-nlp preprocess
      zigbang-nlp preprocess --tokenizer okt --stem --min-count 3
      zigbang-nlp preprocess --tokenizer okt --dask tcp://scheduler:8786
      zigbang-nlp preprocess --categories traffic,care --length 40
    """
    run_stage("preprocess", loaded, force)
