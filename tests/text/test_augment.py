"""Noise: what it changes, what it never changes, and that only training texts get it."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.training.augmented import augmented
from zigbang_nlp.text.augment import NEIGHBOURS, add_spacing_noise, add_typos, noisy
from zigbang_nlp.text.dataset import DataSet

KOREAN = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3) | st.sampled_from(" .a"))
STRENGTH = st.floats(0, 1)
SEED = st.integers(0, 2**32 - 1)


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(KOREAN | st.text(), STRENGTH, SEED)
def test_spacing_noise_changes_nothing_but_spaces(text: str, strength: float, seed: int) -> None:
    changed = add_spacing_noise(text, strength, chance(seed))
    assert changed.replace(" ", "") == text.replace(" ", "")


@given(KOREAN | st.text(), STRENGTH, SEED)
def test_typos_keep_length_and_spaces(text: str, strength: float, seed: int) -> None:
    changed = add_typos(text, strength, chance(seed))
    assert len(changed) == len(text)
    assert [c == " " for c in changed] == [c == " " for c in text]


@given(KOREAN, SEED)
def test_typed_syllables_are_whole(text: str, seed: int) -> None:
    changed = add_typos(text, 1.0, chance(seed))
    assert unicodedata.is_normalized("NFC", changed)


@given(KOREAN, STRENGTH, STRENGTH, SEED)
def test_same_seed_same_noise(text: str, spacing: float, typos: float, seed: int) -> None:
    assert noisy(text, spacing, typos, chance(seed)) == noisy(text, spacing, typos, chance(seed))


@given(st.text())
def test_no_strength_no_noise(text: str) -> None:
    assert noisy(text, 0, 0, chance()) == text


def test_strength_is_the_share_that_changes() -> None:
    text = "층간 소음이 심하고 주차가 힘들어요 " * 500
    lost = 1 - add_spacing_noise(text, 0.3, chance()).count(" ") / text.count(" ")
    assert lost == pytest.approx(0.3, abs=0.15)  # others come in
    letters = len(text.replace(" ", ""))
    changed = sum(a != b for a, b in zip(text, add_typos(text, 0.1, chance()), strict=True))
    assert changed / letters == pytest.approx(0.1, abs=0.03)
    assert add_spacing_noise("역이 가까워요", 1.0, chance(1)).count(" ") <= 1


def test_typos_are_those_of_the_keyboard() -> None:
    typos = {add_typos("가", 1.0, chance(seed)) for seed in range(200)}
    # ㄱ lies between ㄷ and ㅅ, above ㄹ; ㅏ between ㅓ and ㅣ, below ㅑ, above ㅡ.
    assert typos == {"가", "다", "사", "라", "거", "기", "갸", "그"} - ({"가"} - typos)
    assert NEIGHBOURS["ㅃ"] == "ㅂ"


def test_copies_stand_behind_the_texts_and_keep_their_labels(
    dataset: DataSet, tmp_path: Path
) -> None:
    part = dataset.split("train")
    settings = TrainSettings(augment_copies=2, typo_noise=0.2, spacing_noise=0.5)
    count = len(part.ids)
    copies = []
    for _ in range(2):
        with augmented(part, dataset.encoder, settings, tmp_path) as enlarged:
            ids = np.array(enlarged.ids)
            assert np.array_equal(ids[:count], part.ids)
            assert np.array_equal(enlarged.labels, np.tile(part.labels, 3))
            changed = (ids[count:] != np.tile(part.ids, (2, 1))).any(axis=1)
            assert 0.5 < changed.mean() <= 1
            assert not np.array_equal(ids[count : 2 * count], ids[2 * count :])
        copies.append(ids)
        assert not list(tmp_path.iterdir()), "the copies lie on disk only while they are used"
    assert np.array_equal(copies[0], copies[1])
    with augmented(part, dataset.encoder, TrainSettings(), tmp_path) as same:
        assert same is part
