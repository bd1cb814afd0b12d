"""The command line: `zigbang-nlp COMMAND`. Each command is a module here, imported when used."""

from __future__ import annotations

import signal
import sys

from zigbang_nlp.cli.group import cli
from zigbang_nlp.cli.run_safely import run_safely

__all__ = ["cli", "main", "run_safely"]


def main() -> None:
    """Entry point of the `zigbang-nlp` command."""
    code = run_safely(cli, sys.argv[1:])
    # A Ctrl-C that is pressed again, by a hand or by us, must not change how the program ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where it fell into the `exec` of a library's import, CPython remembers an unhandled
    # interrupt and would end by the signal; each evaluation of source forgets it.
    exec("")
    sys.exit(code)
