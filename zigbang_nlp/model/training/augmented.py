"""Training texts together with noisy copies of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.console import log, progress
from zigbang_nlp.text.augment import noisy
from zigbang_nlp.text.dataset import Split
from zigbang_nlp.text.encoder import Encoder

#: Texts encoded and written together.
_CHUNK = 4_096


@contextlib.contextmanager
def augmented(
    part: Split, encoder: Encoder, settings: TrainSettings, directory: Path
) -> Iterator[Split]:
    """The part with `augment_copies` noisy copies of each text behind it.

    Args:
        part: the training part; no other may be given noise.
        encoder: of the data set, which the copies are encoded with.
        settings: `augment_copies`, `spacing_noise`, `typo_noise` and `seed`.
        directory: where the ids lie while the block runs, so that they needn't fit into memory.

    Yields:
        The same part where no copies are wanted.
    """
    copies = settings.augment_copies
    if not copies:
        yield part
        return
    directory.mkdir(parents=True, exist_ok=True)
    count, length = part.ids.shape
    path = directory / "augmented.npy"
    try:
        ids = np.lib.format.open_memmap(path, "w+", np.int32, (count * (copies + 1), length))
        for start in range(0, count, _CHUNK):
            stop = min(start + _CHUNK, count)
            ids[start:stop] = part.ids[start:stop]
        random = np.random.default_rng(settings.seed)
        starts = [(copy, at) for copy in range(1, copies + 1) for at in range(0, count, _CHUNK)]
        for copy, start in progress(starts, "adding noise", unit="chunks"):
            texts = [
                noisy(text, settings.spacing_noise, settings.typo_noise, random)
                for text in part.rows["text"].iloc[start : start + _CHUNK]
            ]
            at = copy * count + start
            ids[at : at + len(texts)] = encoder.encode(texts)
        ids.flush()
        log.info("%s noisy copies are trained on as well.", f"{copies * count:,}")
        yield Split(ids, pd.concat([part.rows] * (copies + 1), ignore_index=True))
    finally:
        path.unlink(missing_ok=True)
