"""What the benchmarks share: texts, a process a contender, rows, and a picture of them."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
BENCH = [sys.executable, str(ROOT / "scripts" / "bench.py")]

#: The tutorials' network and vocabulary.
VOCABULARY, LENGTH, EMBEDDING, UNITS = 20_000, 30, 100, 128


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes:
        work: what was done.
        ours, rival: what was measured of each, in `unit`.
        ratio: how many times better ours is.
        target: the ratio that was to be reached.
        note: what to know beside it.
    """

    work: str
    ours: float
    rival: float
    unit: str
    ratio: float
    target: float
    note: str = ""


def add_texts(parser: argparse.ArgumentParser, count: int) -> None:
    parser.add_argument("--texts", default="", help="Parquet file with a column text [the sample]")
    parser.add_argument("--count", type=int, default=count, help="texts [%(default)s]")


def read_texts(path: str, count: int) -> list[str]:
    """So many texts of a Parquet file, or of the bundled sample; over and over if need be."""
    if path:
        import pandas as pd

        found = pd.read_parquet(path, columns=["text"])["text"]
        texts = found.sample(min(count, len(found)), random_state=0).tolist()
    else:
        from zigbang_nlp.resources import sample_texts

        texts = sample_texts()
    return (texts * -(-count // len(texts)))[:count]


def alone(module: str, function: str, **arguments: Any) -> dict[str, Any]:
    """Run one contender in a process of its own and give what it reports."""
    command = [*BENCH, "_alone", module, function, json.dumps(arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def measured(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do the work; its figures, with time, CPU and peak memory where it doesn't tell them.

    The memory is this process's peak, and as much for each worker as the largest took.
    """
    began = time.perf_counter()
    said = work()
    said.setdefault("seconds", time.perf_counter() - began)
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    to_mb = 1024 if sys.platform != "darwin" else 1 << 20
    said["cpu"] = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    said["peak_mb"] = (own.ru_maxrss + others.ru_maxrss * said.get("workers", 0)) / to_mb
    return said


def memory_mb(process: int) -> float:
    """What a process and its children take now; a page that several share counts once.

    It is the kernel's proportional set size, so 0 where the kernel isn't Linux.
    """
    own, at = 0.0, Path(f"/proc/{process}")
    try:
        lines = (at / "smaps_rollup").read_text().splitlines()
        own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        children = [int(n) for t in at.glob("task/*/children") for n in t.read_text().split()]
    except OSError:  # it has ended, or this isn't Linux
        children = []
    return own + sum(map(memory_mb, children))


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def show(rows: Sequence[Row]) -> None:
    """The rows as a table, and how busy the machine was."""
    from zigbang_nlp.console import table

    print(
        table(
            [
                (
                    row.work,
                    f"{row.ours:,.4g}",
                    f"{row.rival:,.4g}",
                    row.unit,
                    f"{row.ratio:.2f} x",
                    f"{row.target:g} x" if row.target else "",
                    row.note,
                )
                for row in rows
            ],
            ("work", "zigbang-nlp", "rival", "unit", "ratio", "to reach", "note"),
        )
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{cores()} cores, load at the end {load:.1f}")


def draw(rows: Sequence[Row], file: Path | None, picture: Path) -> None:
    """Bars of the ratios, with a mark where each was to come; the last row of each work counts."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    kept = {row.work: row for row in rows}
    if file:
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = {row.work: row for row in (Row(**json.loads(line)) for line in lines)}
    names = [name for name, row in kept.items() if row.target]
    figure, axes = plt.subplots(figsize=(9, 0.5 * len(names) + 1.2), layout="constrained")
    axes.barh(names, [kept[name].ratio for name in names], color="#4477aa")
    targets = [kept[name].target for name in names]
    axes.plot(targets, names, "k|", markersize=16, markeredgewidth=2, label="to reach")
    axes.set_xscale("log")
    axes.invert_yaxis()
    axes.set_xlabel("times better than the way it is usually done")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False)
    figure.savefig(picture, dpi=110)


def tutorial_network(vocabulary: int = VOCABULARY, masked: bool = False) -> Any:
    """Embedding(100) -> LSTM(128) -> Dense(1, sigmoid), as the tutorials have it."""
    from zigbang_nlp.model.network.backend import keras

    return keras.Sequential(
        [
            keras.layers.Embedding(vocabulary, EMBEDDING, mask_zero=masked),
            keras.layers.LSTM(UNITS),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def tutorial_encoder(tagger: Any, texts: Sequence[str]) -> Callable[[Sequence[str]], Any]:
    """The tutorials' encoding: ids by frequency in `texts`, cut and padded on the left."""
    from collections import Counter

    from zigbang_nlp.model.network.backend import keras

    counts = Counter(token for text in texts for token in tagger.morphs(text))
    ids = {token: i for i, (token, _) in enumerate(counts.most_common(VOCABULARY - 2), start=2)}

    def encode(texts: Sequence[str]) -> Any:
        rows = [[ids.get(token, 1) for token in tagger.morphs(text)] for text in texts]
        return keras.utils.pad_sequences(rows, maxlen=LENGTH)

    return encode
