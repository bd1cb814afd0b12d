"""From text to probability, against Okt + `model.predict`; and the network against its own sums."""

from __future__ import annotations

import argparse
import time
from typing import Any

from benches.common import Row, add_texts, alone, read_texts, tutorial_encoder, tutorial_network

HELP = "reviews from text to probability, against Okt + model.predict"


def arguments(parser: argparse.ArgumentParser) -> None:
    add_texts(parser, 100_000)
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")
    parser.add_argument("--rival-count", type=int, default=10_000, help="texts the rival gets")


def rival(path: str, count: int) -> dict[str, Any]:
    """Okt in a loop, left padding, `model.predict` as it is."""
    from zigbang_nlp.text.taggers import java_tagger

    texts, network, tagger = read_texts(path, count), tutorial_network(), java_tagger("Okt")
    encode = tutorial_encoder(tagger, texts[:500])
    network.predict(encode(texts[:64]), verbose=0)
    began = time.perf_counter()
    network.predict(encode(texts), verbose=0)
    return {"seconds": time.perf_counter() - began}


def ours(path: str, count: int, model: str) -> dict[str, Any]:
    """`predict_chunks`, with the start of its workers."""
    from benches.common import cores

    from zigbang_nlp import Classifier
    from zigbang_nlp.config import TokenizeSettings
    from zigbang_nlp.predict.bulk import predict_chunks

    texts = read_texts(path, count)
    classifier = Classifier.load(model)
    classifier.start()
    chunks = (texts[at : at + 20_000] for at in range(0, count, 20_000))
    began = time.perf_counter()
    scored = sum(len(s["label"]) for s in predict_chunks(classifier, chunks, TokenizeSettings()))
    assert scored == count
    return {"seconds": time.perf_counter() - began, "workers": cores()}


def network_alone(path: str, count: int, model: str) -> dict[str, Any]:
    """Sums a second of the network, and of a large matrix product, on one core each.

    A multiplication and an addition count as two. Of the network only its LSTM's products count,
    and seconds are of the processor, of which other work takes none.
    """
    import numpy as np
    import onnxruntime  # noqa: F401 - before the pools are limited
    from threadpoolctl import threadpool_limits

    from zigbang_nlp import Classifier

    classifier = Classifier.load(model, threads=1)
    ids = classifier.bundle.encoder.ids(read_texts(path, count))
    architecture = classifier.bundle.architecture
    directions, wide, sums = 1 + architecture.bidirectional, architecture.embedding_dim, 0
    for units in architecture.lstm_units:
        sums += 2 * directions * 4 * units * (wide + units)
        wide = directions * units
    sums *= architecture.lstm_blocks * sum(map(len, ids))
    classifier.network.probabilities(ids[:2_000])
    rng = np.random.default_rng(0)
    a, b = (rng.random((2_048, 2_048), np.float32) for _ in range(2))
    best_network, best_matrix = float("inf"), float("inf")
    with threadpool_limits(1):
        for _ in range(8):  # in turn, so that a busy moment hits both
            began = time.process_time()
            classifier.network.probabilities(ids)
            best_network = min(best_network, time.process_time() - began)
            for _ in range(5):
                began = time.process_time()
                a @ b
                best_matrix = min(best_matrix, time.process_time() - began)
    return {"network": sums / best_network / 1e9, "matrix": 2 * 2_048**3 / best_matrix / 1e9}


def run(options: argparse.Namespace) -> list[Row]:
    few = min(options.count, options.rival_count)
    slow = few / alone("predict", "rival", path=options.texts, count=few)["seconds"]
    said = alone("predict", "ours", path=options.texts, count=options.count, model=options.model)
    fast = options.count / said["seconds"]
    own = alone("predict", "network_alone", path=options.texts, count=5_000, model=options.model)
    return [
        Row(
            "predict from text", fast, slow, "texts/s", fast / slow, 12, f"{said['peak_mb']:.0f} MB"
        ),
        Row(
            "network, against a matrix product",
            own["network"],
            own["matrix"],
            "GFLOPS a core",
            own["network"] / own["matrix"],
            0.6,
        ),
    ]
