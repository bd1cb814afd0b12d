"""`python scripts/run_pipeline.py` is `zigbang-nlp run`, for people who work from scripts."""

import sys

from zigbang_nlp.cli import cli, run_safely

sys.exit(run_safely(cli, ["run", *sys.argv[1:]]))
