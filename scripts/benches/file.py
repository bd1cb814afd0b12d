"""A file of many lines, killed in the middle and resumed, against read_csv + predict."""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.common import ROOT, Row, add_texts, alone, memory_mb, read_texts

from zigbang_nlp.console import table
from zigbang_nlp.tables.read import CHUNK

HELP = "a file of 5 million lines: memory, and --resume after a kill"
#: So many texts, over and over, are the lines.
_TEXTS = 500_000
#: Two batches of other texts may round the last digit of a probability otherwise.
_ROUNDED = 2e-6


def arguments(parser: argparse.ArgumentParser) -> None:
    add_texts(parser, 5_000_000)
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")
    parser.add_argument(
        "--rival-count", type=int, default=500_000, help="lines the rival gets [%(default)s]"
    )


def write_lines(path: str, count: int, target: str) -> dict[str, Any]:
    """A CSV of so many numbered texts."""
    texts = read_texts(path, min(count, _TEXTS))
    with Path(target).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["number", "text"])
        writer.writerows((i, texts[i % len(texts)]) for i in range(count))
    return {}


def rival(source: str, target: str, model: str) -> dict[str, Any]:
    """read_csv, predict, to_csv: with our network, so that only the way counts."""
    import pandas as pd

    from zigbang_nlp import Classifier

    frame = pd.read_csv(source)
    predictions = Classifier.load(model).predict(frame["text"].astype(str).tolist())
    frame["label"] = [p.label for p in predictions]
    frame["probability"] = [p.probability for p in predictions]
    frame.to_csv(target, index=False)
    return {"rows": len(frame)}


def run(options: argparse.Namespace) -> list[Row]:
    model, fewer = str(Path(options.model).resolve()), min(options.count, options.rival_count)
    with tempfile.TemporaryDirectory() as place:
        source, shorter = f"{place}/in.csv", f"{place}/shorter.csv"
        for target, count in ((source, options.count), (shorter, fewer)):
            alone("file", "write_lines", path=options.texts, count=count, target=target)
        theirs = alone("file", "rival", source=shorter, target=f"{place}/theirs.csv", model=model)
        ours = _killed_and_resumed(source, Path(place) / "ours.csv", model, options.count)
        print(_checked(Path(place) / "ours.csv", options.count))
    rows = [
        (name, f"{count:,}", f"{s['seconds']:.0f}", f"{count / s['seconds']:,.0f}", mb)
        for name, count, s, mb in (
            ("zigbang-nlp predict", options.count, ours, f"{ours['peak_mb']:.0f}"),
            ("read_csv + predict", fewer, theirs, f"{theirs['peak_mb']:.0f}"),
        )
    ]
    print(table(rows, ("way", "lines", "seconds", "lines/s", "MB at most")))
    mine, other = ours["peak_mb"], theirs["peak_mb"]
    note = f"{options.count:,} lines against {fewer:,}; under 700 MB asked"
    return [Row("memory for a file", mine, other, "MB", other / mine, 0, note)]


def _killed_and_resumed(source: str, target: Path, model: str, count: int) -> dict[str, float]:
    """Run the command, kill it when half of the parts are there, and have it go on."""
    command = [sys.executable, "-m", "zigbang_nlp", "predict", "--quiet", "--model", model]
    command += ["--input", source, "--output", str(target), "--resume"]
    parts = target.with_name(f".{target.name}.parts")
    half = -(-count // CHUNK) // 2
    began, peak = time.perf_counter(), 0.0
    for ends_at in (half, float("inf")):
        running = subprocess.Popen(command, cwd=ROOT)
        while running.poll() is None and len(list(parts.glob("0*.csv"))) < ends_at:
            peak = max(peak, memory_mb(running.pid))
            time.sleep(0.2)
        if ends_at == half:
            running.kill()
        if running.wait() and ends_at != half:
            raise SystemExit(f"{' '.join(command)} ended with {running.returncode}")
    return {"seconds": time.perf_counter() - began, "peak_mb": peak}


def _checked(path: Path, count: int) -> str:
    """That each line came once and in order, and equal texts came out equal."""
    first: list[float] = []
    seen = 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            assert row["number"] == str(seen), f"line {seen} is {row['number']}"
            probability = float(row["probability"])
            if seen < _TEXTS:
                first.append(probability)
            apart = abs(probability - first[seen % _TEXTS])
            assert apart <= _ROUNDED, f"line {seen}: {apart} from its first"
            seen += 1
    assert seen == count, f"{seen} lines of {count}"
    return f"killed in the middle and resumed: {seen:,} lines, each once and in order"
