"""A file of many lines, against read_csv + predict: time, memory, and a kill in the middle."""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.common import ROOT, Row, add_texts, alone, cores, read_texts, watched_memory

from zigbang_nlp.console import table

HELP = "a file of 5 million lines: memory, and --resume after a kill"


def arguments(parser: argparse.ArgumentParser) -> None:
    add_texts(parser, 5_000_000)
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")
    parser.add_argument(
        "--rival-count", type=int, default=500_000, help="lines the rival gets [%(default)s]"
    )


def write_lines(path: str, count: int, target: str) -> dict[str, Any]:
    """A CSV of so many numbered texts."""
    texts = read_texts(path, min(count, 500_000))
    with Path(target).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["number", "text"])
        writer.writerows((i, texts[i % len(texts)]) for i in range(count))
    return {}


def ours(source: str, target: str, model: str, workers: int) -> dict[str, Any]:
    """`predict_file` in this process and its workers."""
    from zigbang_nlp import Classifier
    from zigbang_nlp.config import TokenizeSettings
    from zigbang_nlp.predict.files import predict_file

    said: dict[str, Any] = {}
    with watched_memory(said):
        how = TokenizeSettings(workers=workers)
        said["rows"] = predict_file(Classifier.load(model), Path(source), Path(target), "text", how)
    return said


def rival(source: str, target: str, model: str) -> dict[str, Any]:
    """read_csv, predict, to_csv: with our network, so that only the way counts."""
    import pandas as pd

    from zigbang_nlp import Classifier

    said: dict[str, Any] = {}
    with watched_memory(said):
        frame = pd.read_csv(source)
        predictions = Classifier.load(model).predict(frame["text"].astype(str).tolist())
        frame["label"] = [p.label for p in predictions]
        frame["probability"] = [p.probability for p in predictions]
        frame.to_csv(target, index=False)
        said["rows"] = len(frame)
    return said


def run(options: argparse.Namespace) -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        source, shorter = f"{place}/in.csv", f"{place}/shorter.csv"
        fewer = min(options.count, options.rival_count)
        for target, count in ((source, options.count), (shorter, fewer)):
            alone("file", "write_lines", path=options.texts, count=count, target=target)
        model = str(Path(options.model).resolve())
        said = {
            way: alone("file", way, source=lines, target=f"{place}/{way}.csv", model=model, **more)
            for way, lines, more in (("rival", shorter, {}), ("ours", source, {"workers": cores()}))
        }
        _check_order(Path(place) / "ours.csv", options.count)
        print(
            table(
                [
                    (name, f"{s['rows']:,}", f"{s['seconds']:.0f}", f"{s['memory_mb']:.0f}")
                    for name, s in said.items()
                ],
                ("way", "rows", "seconds", "MB at most"),
            )
        )
        print(_killed_and_resumed(source, place, model))
    rival, ours = (s["memory_mb"] for s in said.values())
    note = f"{options.count:,} lines against {fewer:,}; under 700 MB asked"
    return [Row("memory for a file", ours, rival, "MB", rival / ours, 0, note)]


def _check_order(path: Path, count: int) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        assert next(rows)[:2] == ["number", "text"]
        seen = 0
        for row in rows:
            assert row[0] == str(seen), f"row {seen} is {row[0]}"
            seen += 1
    assert seen == count, f"{seen} rows of {count}"


def _killed_and_resumed(source: str, place: str, model: str) -> str:
    """Kill the command in the middle, resume it, and compare with what came undisturbed."""
    target = Path(place) / "resumed.csv"
    command = [sys.executable, "-m", "zigbang_nlp", "predict", "--quiet", "--model", model]
    command += ["--input", source, "--output", str(target), "--resume"]
    parts = target.with_name(f".{target.name}.parts")
    running = subprocess.Popen(command, cwd=ROOT)
    while running.poll() is None and len(list(parts.glob("0*.csv"))) < 3:
        time.sleep(0.05)
    running.kill()
    running.wait()
    subprocess.run(command, cwd=ROOT, check=True)
    same = target.read_bytes() == (Path(place) / "ours.csv").read_bytes()
    return f"killed after 3 parts and resumed: {'the same bytes' if same else 'DIFFERENT'}"
