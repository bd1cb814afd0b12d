"""`zigbang-nlp evaluate`."""

from zigbang_nlp.cli.common import force_option, run_stage, settings_command
from zigbang_nlp.config import LoadedSettings


@settings_command("evaluate", sections=["evaluate"])
@force_option
def command(loaded: LoadedSettings, force: bool) -> None:
    """Score the trained network on the held-out texts.

    Writes metrics.json (with 95% intervals, beside a TF-IDF baseline), plots and the worst
    mistakes to the directory `evaluation` in --work.

    \b
    Examples:
      zigbang-nlp evaluate
      zigbang-nlp evaluate --no-baseline --bootstrap 200
    """
    run_stage("evaluate", loaded, force)
