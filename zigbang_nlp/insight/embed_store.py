"""The work of embedding a store's texts: what there is to do, and doing it so that a kill loses little."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from zigbang_nlp.console import progress
from zigbang_nlp.files import disk_errors, make_directory
from zigbang_nlp.insight.embedder import passage
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.resources import without_sample
from zigbang_nlp.store import Store
from zigbang_nlp.store.staging import batched
from zigbang_nlp.text.text_keys import KEY

#: Texts that are read at once, that are embedded side by side, and that a file takes: a kill loses
#: what would have been the next file.
_READ, _BATCH, _FILE = 5_000, 32, 128
#: Texts whose embedding says how long all will take, and texts below which nobody asks.
_PROBE, _WORTH = 24, 200


@dataclass(frozen=True)
class Plan:
    """What there is to do.

    Attributes:
        keys: of the distinct texts of the store: uint64 (texts, 2).
        missing: how many of them have no vector.
        gone: vectors of texts that the store doesn't hold any more, or of another model.
        sample: some of the missing texts, from all over the store.
    """

    keys: np.ndarray
    missing: int
    gone: int
    sample: list[str]

    def seconds(self, threads: int) -> float | None:
        """How long embedding will take on this machine now, by trying; None where it is moments.

        Raises:
            InsightError: the package is not installed.
        """
        if not self.missing:
            return None
        passage(self.sample[0])  # loads the model
        if self.missing < _WORTH:
            return None
        began = time.monotonic()
        for _ in _side_by_side(self.sample, threads):
            pass
        return (time.monotonic() - began) / len(self.sample) * self.missing


def plan(store: Store, embeddings: Embeddings) -> Plan:
    """What there is to do for the texts of a store that search reads.

    Raises:
        InsightError: it holds none.
    """
    keys, seen = [np.empty((0, 2), KEY)], 0
    sample: list[str] = []
    rng = np.random.default_rng(0)
    for texts in _windows(store):
        own = embeddings.keys(texts)
        keys.append(own)
        for row in np.flatnonzero(embeddings.places(own) < 0).tolist():
            # Each has the same chance to be in the sample (reservoir sampling).
            seen += 1
            if len(sample) < _PROBE:
                sample.append(texts[row])
            elif (place := int(rng.integers(seen))) < _PROBE:
                sample[place] = texts[row]
    kept = np.unique(np.concatenate(keys), axis=0)
    if not len(kept):
        raise insight_error(
            "저장된 리뷰가 없습니다.",
            "먼저 `zigbang-nlp crawl`이나 `zigbang-nlp import FILE`을 실행하세요.",
        )
    there = embeddings.places(kept)
    gone = len(embeddings) - len(np.unique(there[there >= 0]))
    return Plan(kept, int((there < 0).sum()), gone, sample)


def embed_store(store: Store, directory: Path, threads: int, total: int) -> int:
    """Embed the texts that have no vector, and drop the vectors of those that are gone.

    Args:
        store: of the texts.
        directory: of the vectors.
        threads: texts that are embedded side by side.
        total: how many there are to do, for the progress bar.

    Returns:
        How many texts were embedded.

    Raises:
        InsightError: another process is at it, or the package is not installed.
    """
    make_directory(directory)
    try:
        with disk_errors(directory), FileLock(directory / "lock", blocking=False):
            done = sum(
                1 for _ in progress(_embed_missing(store, directory, threads), "embedding", total)
            )
            embeddings = Embeddings(directory)
            embeddings.tidy(plan(store, embeddings).keys)
            return done
    except Timeout as error:
        raise insight_error(
            "다른 프로세스가 {directory} 폴더에 이미 임베딩을 만들고 있습니다.",
            "끝나기를 기다리거나 --work로 다른 폴더를 지정하세요.",
            directory=directory,
        ) from error


def _embed_missing(store: Store, directory: Path, threads: int) -> Iterator[str]:
    """Embed what has no vector; gives each text when it is done."""
    # A round at a time, so that no database holds a cursor open for an hour.
    while texts := _missing(store, embeddings := Embeddings(directory)):
        vectors = _side_by_side(texts, threads)
        for part in batched(texts, _FILE):
            done: list[np.ndarray] = []
            try:
                for text, vector in zip(part, vectors, strict=False):
                    done.append(vector)
                    yield text
            finally:
                if done:
                    embeddings.add(embeddings.keys(part[: len(done)]), np.array(done))


def _missing(store: Store, embeddings: Embeddings) -> list[str]:
    """The first texts that have no vector, each once."""
    missing: dict[str, None] = {}
    for texts in _windows(store):
        rows = np.flatnonzero(embeddings.places(embeddings.keys(texts)) < 0)
        missing.update(dict.fromkeys(texts[row] for row in rows.tolist()))
        if len(missing) >= _READ:
            break
    return list(missing)


def _side_by_side(texts: list[str], threads: int) -> Iterator[np.ndarray]:
    """The vector of each text, in order: float32 (384,)."""
    with ThreadPoolExecutor(threads) as pool:
        # Without Python's lock while the engine works; a batch, so that Ctrl-C waits for few.
        for batch in batched(texts, _BATCH):
            yield from pool.map(passage, batch)


def _windows(store: Store) -> Iterator[list[str]]:
    """The texts that search reads, some thousands at a time."""
    sources = without_sample(store.sources())
    if sources:
        yield from batched((review.text for review in store.reviews(sources)), _READ)
