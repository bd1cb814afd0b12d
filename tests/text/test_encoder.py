from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from zigbang_nlp.errors import BundleError, DataError
from zigbang_nlp.text.encoder import Encoder, pad
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.vocabulary import Vocabulary


@pytest.fixture
def encoder() -> Encoder:
    return Encoder(TokenizerSettings("mecab"), Vocabulary(("역", "이", "멀")), 4, 100)


def test_vocabulary_ranks_by_falling_frequency_and_cuts_rare_tokens() -> None:
    lists = [["역", "가깝"], ["역", "멀"], ["역", "멀", "산"]]
    assert Vocabulary.build(lists, min_count=2, max_size=10).tokens == ("역", "멀")


def test_vocabulary_size_counts_padding_and_unknown() -> None:
    vocabulary = Vocabulary.build([["a", "b", "c", "d"]], min_count=1, max_size=4)
    assert len(vocabulary) == 4
    assert vocabulary.tokens == ("a", "b")


def test_vocabulary_of_nothing_is_an_error() -> None:
    with pytest.raises(DataError, match="min_count"):
        Vocabulary.build([["a"], ["b"]], min_count=2, max_size=10)


def test_unknown_tokens_are_spelled_with_the_longest_pieces() -> None:
    lists = [["주차장", "주차난"], ["주차비", "주차", "주차"]]
    vocabulary = Vocabulary.build(lists, min_count=2, max_size=50, piece_min_count=3)
    assert vocabulary.tokens == ("##주", "##주차", "##차", "주차")
    assert vocabulary.encode(["주차", "주차권", "차주", "권리"]) == [5, 3, 1, 4, 2, 1]


def test_an_extended_vocabulary_keeps_its_ids_and_adds_the_frequent() -> None:
    counts = Counter({"역": 9, "산": 5, "강": 4, "들": 1})
    extended = Vocabulary(("역", "이")).extended(counts, min_count=2, most=10)
    assert extended.tokens == ("역", "이", "산", "강")
    assert Vocabulary(("역",)).extended(counts, min_count=2, most=1).tokens == ("역", "산")


def test_a_long_unknown_token_is_bounded() -> None:
    vocabulary = Vocabulary(("##가", "##나"))
    assert len(vocabulary.encode(["가나" * 500])) == 12


def test_ids_are_exact(encoder: Encoder) -> None:
    assert encoder.ids(["역이 멀다", "산이 역", "", "  "]) == [[2, 3, 4, 1], [1, 3, 2], [], []]


def test_encode_pads_right_and_cuts(encoder: Encoder) -> None:
    array = encoder.encode(["역 이", "역 역 역 역 역 이"])
    assert array.dtype == np.int32
    assert array.tolist() == [[2, 3, 0, 0], [2, 2, 2, 2]]


def test_encode_of_nothing_has_the_right_shape(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 4)


def test_decode_returns_the_tokens(encoder: Encoder) -> None:
    assert encoder.vocabulary.decode([2, 1, 0]) == ["역", "<oov>"]


def test_save_and_load_give_the_same_encoder(encoder: Encoder, tmp_path: Path) -> None:
    encoder.save(tmp_path)
    assert Encoder.load(tmp_path) == encoder


def test_vocabulary_and_size_must_agree(encoder: Encoder, tmp_path: Path) -> None:
    encoder.save(tmp_path)
    (tmp_path / "vocabulary.json").write_text('["역"]', encoding="utf-8")
    with pytest.raises(BundleError, match="makes 3 ids"):
        Encoder.load(tmp_path)


def test_pad_of_unequal_rows() -> None:
    assert pad([[5], [], [6, 7, 8]], 2).tolist() == [[5, 0], [0, 0], [6, 7]]
