"""The group of commands, which imports a command only when it is used."""

from __future__ import annotations

import importlib

import click

from zigbang_nlp import __version__

#: Each command and its line in `zigbang-nlp --help`; its module is `zigbang_nlp.cli.<name>`.
COMMANDS: dict[str, str] = {
    "crawl": "Collect apartments and residents' reviews of a region into the store.",
    "import": "Read reviews from CSV, TSV, JSON lines, Parquet or Excel files.",
    "preprocess": "Make the data set: labels, tokens, integers, splits.",
    "train": "Train the network on the data set.",
    "runs": "List, compare and choose among trainings.",
    "tune": "Search for better training settings.",
    "evaluate": "Score the trained network on the held-out texts.",
    "predict": "Classify texts, lines or files.",
    "trace": "Show one text on its way through every step, from characters to the label.",
    "report": "Write what residents say as one page: where, what, when, why.",
    "run": "Run all stages, skipping those with nothing new.",
    "embed": "Prepare the search by meaning: a vector of every text.",
    "similar": "Write texts that nearly repeat an earlier one, in pairs, to FILE.",
    "export": "Write all reviews, with their apartments and predictions, to FILE.",
    "tokenizers": "List the tokenizers: ready or not, licence, speed on this machine.",
    "serve": "Serve the REST API and the pages.",
    "config": "Show the settings in force and where each came from.",
    "help": "Show a guide: how to learn with, analyse with, and operate this.",
}


class LazyGroup(click.Group):
    """Finds commands by name in `COMMANDS`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported only now; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        # "import" is a keyword, so its module carries an underscore.
        module = "import_" if cmd_name == "import" else cmd_name
        loaded: click.Command = importlib.import_module(f"zigbang_nlp.cli.{module}").command
        return loaded

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands into `--help`."""
        with formatter.section("Commands (in the order of the pipeline)"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First time? `zigbang-nlp run` works through the bundled sample in minutes.",
)
@click.version_option(__version__, prog_name="zigbang-nlp")
def cli() -> None:
    """From what residents write about Korean apartments to labels one can trust."""
