"""Tokenizing on a Dask cluster of one and of two workers, and what large jobs cost."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.common import Row, add_texts, alone, read_texts

from zigbang_nlp.console import table

HELP = "one and two Dask workers on this machine, and core-hours of large jobs from their rates"


def arguments(parser: argparse.ArgumentParser) -> None:
    add_texts(parser, 200_000)
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")
    parser.add_argument(
        "--rounds", type=int, default=3, help="the fastest of so many counts [%(default)s]"
    )


def tokenize(path: str, count: int, workers: int) -> dict[str, Any]:
    from zigbang_nlp.cluster.client import connected
    from zigbang_nlp.cluster.work import tokenizer_on_cluster
    from zigbang_nlp.config import TokenizeSettings
    from zigbang_nlp.text.tokenizer_settings import TokenizerSettings

    texts = read_texts(path, count)
    with tempfile.TemporaryDirectory() as place, connected("local", workers) as client:
        work = tokenizer_on_cluster(client, Path(place))
        settings, how = TokenizerSettings(), TokenizeSettings()
        list(work(texts[:1_000], settings, 2_000, how))  # the workers import what they need
        began = time.perf_counter()
        done = sum(1 for _ in work(texts, settings, 2_000, how))
        assert done == count
        return {"seconds": time.perf_counter() - began}


def predict(path: str, count: int, model: str) -> dict[str, Any]:
    import pandas as pd

    from zigbang_nlp import Classifier
    from zigbang_nlp.cluster.client import connected
    from zigbang_nlp.cluster.work import predict_on_cluster

    with tempfile.TemporaryDirectory() as place, connected("local", 1) as client:
        source = Path(place) / "in.parquet"
        pd.DataFrame({"text": read_texts(path, count)}).to_parquet(source)
        classifier = Classifier.load(model)
        began = time.perf_counter()
        predict_on_cluster(client, classifier, source, Path(place) / "out", "text")
        return {"seconds": time.perf_counter() - began}


def run(options: argparse.Namespace) -> list[Row]:
    of = {"path": options.texts, "count": options.count}
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(options.rounds):  # by turns, so that a busy moment hits both
        for workers, seconds in times.items():
            seconds.append(alone("dask", "tokenize", workers=workers, **of)["seconds"])
    one, two = (options.count / min(seconds) for seconds in times.values())
    predicted = options.count / alone("dask", "predict", model=options.model, **of)["seconds"]
    print(
        table(
            [
                (f"{n:,}", f"{n / one / 3600:,.2f}", f"{n / predicted / 3600:,.2f}")
                for n in (10**6, 10**8, 10**10)
            ],
            ("reviews", "core-hours to tokenize", "core-hours to predict"),
        )
    )
    return [Row("tokenize on Dask, 2 workers", two, one, "texts/s", two / one, 1.7, "of 1 worker")]
