"""Train the model that ships: movie ratings, residents' texts with readings, and the corpus.

    python scripts/train_pretrained.py nsmc_reviews.parquet zigbang_reviews.parquet data/readings/*.tsv

Writes data/pretrained, and its figures to movies.json and apartments.json in the work directory.
A killed run goes on where it was; what is ready is not done again.
"""

import argparse
import json
import resource
import time
from pathlib import Path

from zigbang_nlp.console import show_log
from zigbang_nlp.model.pretraining.pretrain import pretrain
from zigbang_nlp.model.pretraining.recipe import Material
from zigbang_nlp.resources import resource_dir


def main() -> None:
    """Read the arguments, train, and say what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("movies", type=Path, help="Parquet with text, rating and nsmc200k")
    parser.add_argument(
        "residents",
        type=Path,
        help="Parquet with apartment_id, review, category, score, text and split",
    )
    parser.add_argument(
        "readings", type=Path, nargs="+", help="row of that file, tab, grade from 1 to 5 (or x)"
    )
    parser.add_argument("--output", type=Path, default=Path("data/pretrained"))
    parser.add_argument("--work", type=Path, default=Path("data/pretraining"))
    parser.add_argument("--jobs", type=int, default=2, help="networks trained at the same time")
    chosen = parser.parse_args()
    show_log()
    started = time.monotonic()
    material = Material(
        chosen.movies, chosen.residents, tuple(chosen.readings), resource_dir("sample")
    )
    pretrain(material, chosen.output, chosen.work, jobs=chosen.jobs)
    memory = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    minutes = (time.monotonic() - started) / 60
    print(f"{minutes:.1f} minutes; {memory / 1e6:.1f} GB in the largest process.")
    for name in ("movies", "apartments"):
        print(json.dumps(json.loads((chosen.work / f"{name}.json").read_text()), indent=2))


if __name__ == "__main__":  # the workers import this file again
    main()
