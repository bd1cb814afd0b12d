"""N-grams beside the LSTM: by hand, by Keras, and what they know that single tokens don't."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.bundles import TOKENS, fake_bundle
from zigbang_nlp import Classifier
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.network.layers import NgramFeatures
from zigbang_nlp.model.ngrams import MULTIPLIER, extend_codes, ngram_rows, token_features
from zigbang_nlp.model.pretraining.linear_part import fit_ngrams, ngram_counts
from zigbang_nlp.model.training.warm_start import initial_network
from zigbang_nlp.predict.explain import Explainer
from zigbang_nlp.text.dataset import Split
from zigbang_nlp.text.encoder import pad
from zigbang_nlp.text.vocabulary import Vocabulary


def test_rows_by_hand() -> None:
    one, two, three = ngram_rows(np.array([7, 2, 9]), 1_000)
    assert one.tolist() == [7, 2, 9]
    pairs = [(7 * MULTIPLIER + 2) % 1_000, (2 * MULTIPLIER + 9) % 1_000]
    assert two.tolist() == pairs
    assert three.tolist() == [(pairs[0] * MULTIPLIER + 9) % 1_000]


def test_large_codes_do_not_overflow() -> None:
    codes = np.array([2**31 - 1, 2**31 - 2], np.int32)
    buckets = 2**20
    assert ngram_rows(codes, buckets)[1].tolist() == [
        (int(codes[0]) % buckets * MULTIPLIER + int(codes[1])) % buckets
    ]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 29), max_size=9))
def test_tokens_share_what_the_text_gets_and_keras_adds_the_same(ids: list[int]) -> None:
    random = np.random.default_rng(2)
    codes, table = random.permutation(30), random.normal(size=(61, 2)).astype(np.float32)
    own_codes = codes[np.array(ids, np.int64)]
    (whole,) = ngram_counts([own_codes.tolist()], len(table)) @ table
    own = token_features(own_codes, table)
    assert own.shape == (len(ids), 2)
    np.testing.assert_allclose(own.sum(axis=0), whole, atol=1e-5)
    layer = NgramFeatures(30, 61)
    layer.build((None, None))
    layer.set_weights([codes, table])
    for length in (len(ids) + 1, 20):
        (by_keras,) = np.asarray(layer(pad([ids], length)))
        np.testing.assert_allclose(by_keras, whole, atol=1e-5)


def test_order_is_learned_where_single_tokens_say_nothing() -> None:
    """Half of the texts have the same two tokens the other way round."""
    random = np.random.default_rng(4)
    labels = random.integers(0, 2, 400)
    rows = [[2, 3] if label else [3, 2] for label in labels]
    rows = [[*random.integers(4, 40, 3).tolist(), *row] for row in rows]
    frame = pd.DataFrame({"label": labels, "score": labels * 4.0 + 1, "weight": 1.0})
    frame.loc[::2, "score"] = np.nan
    table = fit_ngrams(Split(pad(rows, 8), frame), 4_099)
    features = ngram_counts(rows, len(table)) @ table
    for column in (0, 1):
        lowest, highest = features[labels == 1, column].min(), features[labels == 0, column].max()
        assert lowest > highest, "the label, and the score from half of the texts"
    single = ngram_counts([[2], [3]], len(table)) @ table
    assert np.abs(single[:, 0]).max() < 0.2 * np.ptp(features[:, 0])


def test_tokens_keep_their_codes_in_another_vocabulary(tmp_path: Path) -> None:
    shape = Architecture(len(TOKENS) + 2, 6, (5,), True, "max", stars=True, ngram_buckets=97)
    bundle = fake_bundle(shape, tmp_path)
    other = Vocabulary((TOKENS[4], "새말", *TOKENS[:4], *TOKENS[5:]))
    settings = TrainSettings(init=str(tmp_path))
    network, architecture, _ = initial_network(settings, other)
    assert architecture.ngram_buckets == 97
    texts = [["역", "이", "가깝", "고"], ["공원", "도", "있", "지만", "주차"], ["가깝"]]
    before = Classifier(bundle)
    rows = [bundle.encoder.vocabulary.encode(tokens) for tokens in texts]
    expected = before.network.probabilities(rows)
    by_keras = network(pad([other.encode(tokens) for tokens in texts], 8), training=False)
    np.testing.assert_allclose(np.asarray(by_keras[0])[:, 0], expected, atol=1e-5)
    assert np.ptp(expected) > 0.01
    codes = extend_codes(np.array([0, 1, *range(9, 9 + len(TOKENS))]), Vocabulary(TOKENS), other)
    assert codes[other.ids["새말"]] == 1, "as an unknown token's"
    assert codes[other.ids[TOKENS[4]]] == 13


@pytest.mark.parametrize("pooling", ["max_mean", "last"])
def test_what_tokens_add_sums_up_with_n_grams(pooling: str, tmp_path: Path) -> None:
    shape = Architecture(len(TOKENS) + 2, 6, (5,), True, pooling, stars=True, ngram_buckets=97)
    without = Architecture(len(TOKENS) + 2, 6, (5,), True, pooling, stars=True)
    (tmp_path / "plain").mkdir()
    classifier = Classifier(fake_bundle(shape, tmp_path))
    plain = Classifier(fake_bundle(without, tmp_path / "plain"))
    for text in ("역이 가깝고 공원도 있지만 주차할 데가 없어요", "뷰는 최고"):
        (explained,) = Explainer(classifier.bundle, classifier.network).explain([text])
        assert abs(explained.gap) < 0.01
        (beside,) = Explainer(plain.bundle, plain.network).explain([text])
        assert explained.probability != pytest.approx(beside.probability, abs=1e-3)
