"""One review at a time, warm, against Okt + `model.predict`."""

from __future__ import annotations

import argparse
import time
from typing import Any

from benches.common import Row, add_texts, alone, read_texts, tutorial_encoder, tutorial_network

HELP = "one review, warm, against Okt + model.predict"


def arguments(parser: argparse.ArgumentParser) -> None:
    add_texts(parser, 5_000)
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")


def _times(work: Any, texts: list[str]) -> dict[str, Any]:
    import numpy as np

    times = []
    for text in texts:
        began = time.perf_counter()
        work([text])
        times.append(1_000 * (time.perf_counter() - began))
    return {"median": float(np.median(times)), "p99": float(np.percentile(times, 99))}


def rival(path: str, count: int) -> dict[str, Any]:
    from zigbang_nlp.text.taggers import java_tagger

    texts, network = read_texts(path, count), tutorial_network()
    encode = tutorial_encoder(java_tagger("Okt"), texts)
    for text in texts[:10]:
        network.predict(encode([text]), verbose=0)
    return _times(lambda one: network.predict(encode(one), verbose=0), texts)


def ours(path: str, count: int, model: str) -> dict[str, Any]:
    from zigbang_nlp import Classifier

    classifier = Classifier.load(model)
    classifier.start()
    texts = read_texts(path, count)
    classifier.predict(texts[:100])
    return _times(classifier.predict, texts)


def run(options: argparse.Namespace) -> list[Row]:
    slow = alone("latency", "rival", path=options.texts, count=200)
    fast = alone("latency", "ours", path=options.texts, count=options.count, model=options.model)
    ratio = slow["median"] / fast["median"]
    note = f"median; p99 {fast['p99']:.2f} ms against {slow['p99']:.1f} ms"
    return [Row("one review, warm", fast["median"], slow["median"], "ms", ratio, 50, note)]
