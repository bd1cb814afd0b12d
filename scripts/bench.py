"""Benchmarks: `python scripts/bench.py MEASURE`. Each is a file of the folder benches.

Every contender runs in a process of its own, which reports its time, CPU and peak memory. The
rivals are the way the tutorials do it. A ratio compares two contenders of one run on one machine;
--json appends the rows to a file, --picture draws them against what was to be reached.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from benches.common import draw, measured, show

MEASURES = (
    *("crawl", "tokenize", "predict", "latency", "cold", "train", "file", "scale", "dask"),
    *("insight", "pages", "serve"),
)


def main() -> None:
    if sys.argv[1:2] == ["_alone"]:
        module, function, arguments = sys.argv[2:]
        work = getattr(importlib.import_module(f"benches.{module}"), function)
        print(json.dumps(measured(lambda: work(**json.loads(arguments)))))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    benches = parser.add_subparsers(dest="measure", required=True)
    for name in MEASURES:
        bench = importlib.import_module(f"benches.{name}")
        own = benches.add_parser(name, help=bench.HELP)
        bench.arguments(own)
        own.add_argument("--json", type=Path, help="append the rows to this file")
        own.add_argument(
            "--picture", type=Path, help="draw the ratios of that file, or of this run"
        )
        own.set_defaults(run=bench.run)
    options = parser.parse_args()
    rows = options.run(options)
    if rows:
        show(rows)
    if options.json:
        with options.json.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(vars(row), ensure_ascii=False) + "\n" for row in rows)
    if options.picture:
        draw(rows, options.json, options.picture)


if __name__ == "__main__":
    main()
