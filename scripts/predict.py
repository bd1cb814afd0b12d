"""`python scripts/predict.py` is `zigbang-nlp predict`, for people who work from scripts."""

import sys

from zigbang_nlp.cli import cli, run_safely

sys.exit(run_safely(cli, ["predict", *sys.argv[1:]]))
