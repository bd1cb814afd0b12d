"""Equal texts of a file are counted in little memory, however many there are."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter

import numpy as np
import pytest

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.importing import contradictions
from zigbang_nlp.importing import hashes as module
from zigbang_nlp.importing.contradictions import Contradictions
from zigbang_nlp.importing.hashes import Hashes, together
from zigbang_nlp.records import Review
from zigbang_nlp.tables.source import Notes


@pytest.mark.parametrize("held", [3, 50, 1_000])
def test_texts_are_counted_wherever_they_wait(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory, in the file, or in both."""
    monkeypatch.setattr(module, "HELD", held)
    draw = random.Random(7)
    texts = [[f"글 {draw.randrange(90)}" for _ in range(200)] for _ in range(2)]
    with Hashes() as one, Hashes() as other:
        for hashes, added in zip((one, other), texts, strict=True):
            for text in added:
                assert hashes.add(text) == hash(text)
        assert len(one) == 200
        assert one.count_repeated() == 200 - len(set(texts[0]))
        held_by_both = [
            {int(key): int(count) for key, count in zip(*counted, strict=True)}
            for counted in zip(*together([one, other]), strict=True)
            for counted in [tuple(map(np.concatenate, zip(*counted, strict=True)))]
        ]
    assert held_by_both == [Counter(map(hash, added)) for added in texts]


def test_memory_grows_neither_with_the_rows_nor_with_long_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "HELD", 1_000)
    peaks = []
    for rows, text in ((4_000, "글"), (16_000, "글"), (4_000, "긴 글 " * 2_000)):
        with Contradictions(PreprocessSettings()) as seen:
            monkeypatch.setattr(contradictions, "_NAMED", 1_000)
            tracemalloc.start()
            for row in range(rows):
                label = "positive" if row % 2 else "negative"
                seen.see(Review("a", "b", str(row), "total", f"{row // 4} {text}", label=label))
            notes = Notes()
            seen.note(notes)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert [note.count for note in notes] == [rows // 4]
    # 12,000 more rows were 96 kB of hashes; the beginnings of the long texts are 80 kB, all of
    # them 12 MB.
    assert peaks[1] < peaks[0] + 60_000, peaks
    assert peaks[2] < peaks[0] + 200_000, peaks


def test_nothing_has_no_repeats() -> None:
    with Hashes() as hashes:
        assert (len(hashes), hashes.count_repeated()) == (0, 0)
