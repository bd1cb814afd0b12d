"""Train the model that ships, from a Parquet file of movie ratings and the bundled corpus.

    python scripts/train_pretrained.py nsmc_reviews.parquet

Writes data/pretrained. About half an hour on 2 free cores; a killed run goes on where it was.
"""

import argparse
from pathlib import Path

from zigbang_nlp.console import show_log
from zigbang_nlp.model.pretrain import pretrain
from zigbang_nlp.resources import resource_dir

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("movies", type=Path, help="Parquet with text, rating and nsmc200k")
parser.add_argument("--output", type=Path, default=Path("data/pretrained"))
parser.add_argument("--work", type=Path, default=Path("data/pretraining"))
chosen = parser.parse_args()
show_log()
pretrain(chosen.movies, resource_dir("sample"), chosen.output, chosen.work)
