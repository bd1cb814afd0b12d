"""`python scripts/train.py` is `zigbang-nlp train`, for people who work from scripts."""

import sys

from zigbang_nlp.cli import cli, run_safely

sys.exit(run_safely(cli, ["train", *sys.argv[1:]]))
