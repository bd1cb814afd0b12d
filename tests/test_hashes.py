"""Equal texts of a file are counted in little memory, however many there are."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from zigbang_nlp.importing import hashes as module
from zigbang_nlp.importing.hashes import Hashes, together


@pytest.mark.parametrize("held", [3, 50, 1_000])
def test_texts_are_counted_wherever_they_wait(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory, in the file, or in both."""
    monkeypatch.setattr(module, "HELD", held)
    draw = random.Random(7)
    texts = [[f"글 {draw.randrange(90)}" for _ in range(200)] for _ in range(2)]
    with Hashes() as one, Hashes() as other:
        for hashes, said in zip((one, other), texts, strict=True):
            for text in said:
                assert hashes.add(text) == hash(text)
        assert len(one) == 200
        assert one.count_repeated() == 200 - len(set(texts[0]))
        held_by_both = [
            {int(key): int(count) for key, count in zip(*counted, strict=True)}
            for counted in zip(*together([one, other]), strict=True)
            for counted in [tuple(map(np.concatenate, zip(*counted, strict=True)))]
        ]
    assert held_by_both == [Counter(map(hash, said)) for said in texts]


def test_nothing_has_no_repeats() -> None:
    with Hashes() as hashes:
        assert (len(hashes), hashes.count_repeated()) == (0, 0)
