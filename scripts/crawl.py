"""`python scripts/crawl.py` is `zigbang-nlp crawl`, for people who work from scripts."""

import sys

from zigbang_nlp.cli import cli, run_safely

sys.exit(run_safely(cli, ["crawl", *sys.argv[1:]]))
