"""`python scripts/preprocess.py` is `zigbang-nlp preprocess`, for people who work from scripts."""

import sys

from zigbang_nlp.cli import cli, run_safely

sys.exit(run_safely(cli, ["preprocess", *sys.argv[1:]]))
