"""Traces hold what the network really had: the probability follows from them."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.factories.bundles import TOKENS, fake_bundle
from zigbang_nlp import Classifier
from zigbang_nlp.errors import BundleError, InputError
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.serving.onnx_export import read_constants
from zigbang_nlp.trace.as_json import trace_as_dict
from zigbang_nlp.trace.described import steps_of
from zigbang_nlp.trace.traced import Window
from zigbang_nlp.trace.tracer import Tracer

TEXT = "역이 가깝고 공원도 있지만 주차할 데가 없어요ㅠㅠㅠㅠ"


@pytest.fixture(scope="module")
def shipped() -> Tracer:
    return Tracer(Classifier.load())


SIZE = len(TOKENS) + 2
ARCHITECTURES = {
    "last": Architecture(SIZE, 6, (5,), bidirectional=False, pooling="last"),
    "mean": Architecture(SIZE, 6, (5,), bidirectional=False, pooling="mean"),
    "stacked last": Architecture(SIZE, 6, (5, 4), bidirectional=True, pooling="last"),
    "blocks": Architecture(SIZE, 6, (5, 4), True, "max_mean", lstm_blocks=3),
    "blocks last": Architecture(SIZE, 6, (5,), bidirectional=False, pooling="last", lstm_blocks=2),
    "hidden": Architecture(SIZE, 6, (5,), True, "max_mean", dense_units=(7, 4)),
    "normalized": Architecture(SIZE, 6, (5,), True, "mean", batch_normalization=True),
    "n-grams": Architecture(SIZE, 6, (5,), True, "max", ngram_buckets=97),
    "n-grams hidden": Architecture(
        SIZE, 6, (5,), False, "last", dense_units=(4,), ngram_buckets=97
    ),
    "hidden normalized": Architecture(
        *(SIZE, 6, (5,), True, "max"),
        dense_units=(7, 6),
        dense_activation="silu",
        batch_normalization=True,
    ),
}


def tracer_of(name: str, place: Path) -> Tracer:
    return Tracer(Classifier(fake_bundle(ARCHITECTURES[name], place)))


def pooled_by_hand(window: Window, kind: str, directions: int, blocks: int) -> np.ndarray:
    if kind == "last":
        parts = np.split(window.states, directions * blocks, axis=1)
        return np.concatenate([p[0 if i % directions else -1] for i, p in enumerate(parts)])
    pooled = {"max": window.states.max(axis=0), "mean": window.states.mean(axis=0)}
    return np.concatenate([pooled[part] for part in kind.split("_")])


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_probability_and_gates_follow_from_the_states(name: str, tmp_path: Path) -> None:
    tracer = tracer_of(name, tmp_path)
    shape = tracer.classifier.bundle.architecture
    directions = 1 + shape.bidirectional
    served = tracer.classifier.predict([TEXT])[0].probability
    for unit in range(tracer.unit_count):
        trace = tracer.trace(TEXT, "mecab", unit)
        (window,) = trace.windows
        assert trace.gates is not None
        assert trace.gates.off < 1e-5
        inside = np.abs([trace.gates.input, trace.gates.forget, trace.gates.output]).max()
        assert 0 < inside <= 1
    assert window.states.shape == (len(window.ids), tracer.unit_count)
    by_hand = pooled_by_hand(window, shape.pooling, directions, shape.lstm_blocks)
    np.testing.assert_allclose(window.pooled, by_hand, atol=1e-6)
    constants = read_constants(tmp_path / "network.onnx")
    last = window.dense[-1] if shape.dense_units else window.pooled
    if shape.batch_normalization and not shape.dense_units:
        last = last * constants["normalization_0_scale"] + constants["normalization_0_shift"]
    last = np.concatenate([last, window.ngrams])
    logit = float(last @ constants["logit_2d_kernel"][:, 0] + constants["logit_2d_bias"][0])
    assert logit == pytest.approx(window.logit, abs=1e-5)
    assert 1 / (1 + np.exp(-logit)) == pytest.approx(served, abs=1e-5)


def test_the_model_that_ships_in_8_bits(shipped: Tracer) -> None:
    """States are those of the 8-bit network, so the probability is exact; gates are rounded."""
    trace = shipped.trace(TEXT, "mecab", 32)
    (window,) = trace.windows
    constants = read_constants(shipped.classifier.bundle.onnx_path)
    pooled = np.concatenate([pooled_by_hand(window, "max_mean", 2, 2), window.ngrams])
    logit = float(pooled @ constants["logit_2d_kernel"][:, 0] + constants["logit_2d_bias"][0])
    assert 1 / (1 + np.exp(-logit)) == pytest.approx(trace.prediction.probability, abs=1e-5)
    added = shipped.contributions(window)
    assert added is not None
    by_ngrams = float(window.ngrams @ constants["logit_2d_kernel"][-2:, 0])
    assert abs(by_ngrams) > 0.1
    by_all = added.sum() + by_ngrams + constants["logit_2d_bias"][0]
    assert by_all == pytest.approx(window.logit, abs=1e-4)
    assert trace.gates is not None
    assert 1e-6 < trace.gates.off < 0.02
    assert trace.prediction == shipped.classifier.predict([TEXT])[0]
    assert len(set(trace.units)) == 16


def test_every_step_is_what_the_encoder_does(shipped: Tracer) -> None:
    encoder = shipped.classifier.bundle.encoder
    trace = shipped.trace("주차할 데가 없어요ㅠㅠㅠ 홻쉙", "mecab")
    assert trace.cleaned == "주차할 데가 없어요ㅠㅠ 홻쉙"
    assert [[token.form for token in trace.tokenized.tokens]] == list(
        encoder.tokenize(["주차할 데가 없어요ㅠㅠㅠ 홻쉙"])
    )
    assert trace.tokenized.tokens[0] == ("주차", "NNG")
    assert [i for token in trace.ids for i in token.ids] == list(trace.windows[0].ids)
    assert trace.padded.tolist() == encoder.encode(["주차할 데가 없어요ㅠㅠㅠ 홻쉙"])[0].tolist()
    assert [token.state for token in trace.ids][-1] == "unknown"
    assert trace.ids[0].state == "known"
    assert trace.names == [name for token in trace.ids for name in token.names]
    near = trace.neighbours[trace.ids[0].ids[0]]
    cosines = [cosine for _, cosine in near]
    assert cosines == sorted(cosines, reverse=True)
    assert all(-1 <= cosine < 0.9999 for cosine in cosines), "not the token itself"
    rows = read_constants(shipped.classifier.bundle.onnx_path)["embedding"]
    mine, best = (rows[encoder.vocabulary.ids[token]] for token in ("주차", near[0][0]))
    cosine = mine @ best / np.linalg.norm(mine) / np.linalg.norm(best)
    assert cosine == pytest.approx(cosines[0], abs=1e-5)


def test_a_long_text_is_read_in_windows(shipped: Tracer) -> None:
    text = " ".join(["공원은 가까운데 주차할 데가 없어요."] * 60)
    trace = shipped.trace(text, "mecab")
    assert len(trace.windows) > 1
    assert all(len(window.ids) <= 256 for window in trace.windows)
    mean = np.mean([window.probability for window in trace.windows])
    assert mean == pytest.approx(trace.prediction.probability, abs=2e-3)  # 8 bits, by batch
    assert np.count_nonzero(trace.padded) == 256


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_a_blank_text_goes_as_far_as_it_can(shipped: Tracer, text: str) -> None:
    trace = shipped.trace(text, "mecab", 3)
    steps = steps_of(trace, "max_mean", Translator("ko"))
    keys = [step.key for step in steps]
    assert keys == ["raw", "clean", "tokenize", "encode", "pad", "label"]
    assert trace.prediction.label is None
    json.dumps(trace_as_dict(trace, steps), allow_nan=False)


def test_steps_lead_from_shape_to_shape(shipped: Tracer) -> None:
    trace = shipped.trace(TEXT, "mecab")
    count = len(trace.windows[0].ids)
    steps = {step.key: step for step in steps_of(trace, "max_mean", Translator("ko"))}
    assert steps["embed"].input == (count,)
    assert steps["embed"].output == steps["lstm"].input == (count, 256)
    assert steps["lstm"].output == steps["pool"].input == (count, 512)
    assert steps["pool"].output == (1024,)
    assert steps["ngrams"].input == (count,)
    assert steps["ngrams"].output == (2,)
    assert steps["logit"].input == (1026,)


def test_a_unit_that_is_none(shipped: Tracer) -> None:
    for unit in (-1, 512):
        with pytest.raises(InputError, match="this network has 512"):
            shipped.trace(TEXT, "mecab", unit)


def test_a_network_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    tracer = tracer_of("last", tmp_path)
    tracer.classifier.predict([TEXT])
    tracer_of("mean", tmp_path)
    with pytest.raises(BundleError, match=r"can't be|gives"):
        tracer.trace(TEXT, "mecab")
