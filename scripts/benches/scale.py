"""How cost grows: each stage on 10^3 to 10^6 reviews, time and memory against size.

Time is the processor's, of which other work on the machine takes none.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from benches.common import Row, add_texts, alone, read_texts

from zigbang_nlp.console import table

HELP = "time and memory of each stage against the number of reviews"
STAGES = ("store", "tokenize", "preprocess", "predict", "export")


def arguments(parser: argparse.ArgumentParser) -> None:
    add_texts(parser, 1_000_000)
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")


def store(path: str, count: int, place: str, model: str) -> dict[str, Any]:
    """Reviews into the store."""
    from zigbang_nlp.records import Review
    from zigbang_nlp.store import open_store

    texts = read_texts(path, min(count, 200_000))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    reviews = (
        Review(
            "bench",
            str(i % 5_000),
            str(i),
            "total",
            f"{texts[i % len(texts)]} {i}",
            float(i % 2 * 4 + 1),
            None,
            now,
        )
        for i in range(count)
    )
    with open_store(f"sqlite:///{place}/{count}.db") as opened:
        opened.add_reviews(reviews)
    return {}


def tokenize(path: str, count: int, place: str, model: str) -> dict[str, Any]:
    """Texts to tokens, which are thrown away."""
    from zigbang_nlp.config import TokenizeSettings
    from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
    from zigbang_nlp.text.tokenizing import tokenize_texts

    texts = read_texts(path, min(count, 200_000))
    many = (texts[i % len(texts)] for i in range(count))
    how = TokenizeSettings(workers=1)
    for _ in tokenize_texts(many, TokenizerSettings(), 2_000, how):
        pass
    return {}


def preprocess(path: str, count: int, place: str, model: str) -> dict[str, Any]:
    """The store's reviews to a data set."""
    from zigbang_nlp.config import PreprocessSettings
    from zigbang_nlp.store import open_store
    from zigbang_nlp.text.preprocess import preprocess as stage

    with open_store(f"sqlite:///{place}/{count}.db") as opened:
        stage(opened.reviews(), PreprocessSettings(), Path(place) / f"dataset-{count}")
    return {}


def predict(path: str, count: int, place: str, model: str) -> dict[str, Any]:
    """The store's reviews to predictions in the store."""
    from zigbang_nlp import Classifier
    from zigbang_nlp.predict.reviews import predict_store
    from zigbang_nlp.store import open_store

    with open_store(f"sqlite:///{place}/{count}.db") as opened:
        predict_store(Classifier.load(model), opened)
    return {}


def export(path: str, count: int, place: str, model: str) -> dict[str, Any]:
    """The store's reviews and predictions to a CSV."""
    from zigbang_nlp.store import open_store
    from zigbang_nlp.store.export import export as stage

    with open_store(f"sqlite:///{place}/{count}.db") as opened:
        stage(opened, Path(place) / f"{count}.csv")
    return {}


def run(options: argparse.Namespace) -> list[Row]:
    sizes = [n for n in (10**3, 10**4, 10**5, 10**6) if n <= options.count]
    model = str(Path(options.model).resolve())
    lines = []
    with tempfile.TemporaryDirectory() as place:
        for stage in STAGES:
            said = [
                alone("scale", stage, path=options.texts, count=n, place=place, model=model)
                for n in sizes
            ]
            seconds = np.array([s["cpu"] for s in said])
            memory = [s["peak_mb"] for s in said]
            # Of the two largest sizes, since starting up hides the work in the small ones.
            power = float(np.diff(np.log(seconds[-2:]))[0] / np.diff(np.log(sizes[-2:]))[0])
            grown = (memory[-1] - memory[-2]) / (sizes[-1] - sizes[-2]) * 1e6 / 1_000
            lines.append(
                (
                    stage,
                    *(f"{s:.1f}" for s in seconds),
                    f"{power:.2f}",
                    *(f"{m:.0f}" for m in memory),
                    f"{grown:.2f}",
                )
            )
    header = (
        "stage",
        *(f"CPU s, {n:,}" for n in sizes),
        "power",
        *(f"MB, {n:,}" for n in sizes),
        "kB a review",
    )
    print(table(lines, header))
    print("power: time grows with size to this power between the two largest sizes")
    return []
