"""Bundles of any architecture with random weights: whole and servable in milliseconds, untrained."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zigbang_nlp.model.architecture import STARS, Architecture
from zigbang_nlp.model.bundle import ONNX, Bundle, write_manifest
from zigbang_nlp.model.ngrams import FEATURES
from zigbang_nlp.model.serving.onnx_export import write_onnx
from zigbang_nlp.text.encoder import Encoder
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.vocabulary import Vocabulary

TOKENS = (
    *("역", "이", "가깝", "고", "공원", "도", "있", "지만", "주차", "할", "데", "가", "없", "어요"),
    *("ㅠㅠ", "가까워요", "멀", "##차", "##장", "는", "뷰", "최고"),
)


def fake_bundle(architecture: Architecture, place: Path, length: int = 40) -> Bundle:
    """Write a bundle that knows `TOKENS`; its architecture's vocabulary has as many ids."""
    assert architecture.vocabulary_size == len(TOKENS) + 2
    random = np.random.default_rng(3)

    def drawn(*shape: int) -> np.ndarray:
        return random.normal(0, 0.6, shape).astype(np.float32)

    blocks, dim = architecture.lstm_blocks, architecture.embedding_dim
    directions = 1 + architecture.bidirectional
    weights = {"embedding": [drawn(len(TOKENS) + 2, blocks * dim)]}
    for block in range(blocks):
        width = dim
        for name, units in zip(
            architecture.lstm_names(block), architecture.lstm_units, strict=True
        ):
            shapes = [(width, 4 * units), (units, 4 * units), (4 * units,)] * directions
            weights[name] = [drawn(*shape) for shape in shapes]
            width = directions * units
    width *= blocks * (2 if architecture.pooling == "max_mean" else 1)
    for i, units in enumerate((0, *architecture.dense_units)):
        if i:
            weights[f"dense_{i}"] = [drawn(width, units), drawn(units)]
            width = units
        if architecture.batch_normalization:
            spread = random.uniform(0.4, 1.6, width).astype(np.float32)
            weights[f"normalization_{i}"] = [drawn(width), drawn(width), drawn(width), spread]
    if architecture.ngram_buckets:
        codes = random.permutation(len(TOKENS) + 2)
        weights["ngrams"] = [codes, drawn(architecture.ngram_buckets, FEATURES)]
        width += FEATURES
    weights["probability"] = [drawn(width, 1), drawn(1)]
    if architecture.stars:
        weights["stars"] = [drawn(width, STARS), drawn(STARS)]
    write_onnx(architecture, weights, place / ONNX)
    encoder = Encoder(TokenizerSettings(), Vocabulary(TOKENS), length, 2_000)
    bundle = Bundle(place, encoder, architecture, 0.5, 0.4, 0.6, "made")
    write_manifest(bundle)
    return bundle
