"""The data set on disk: what preprocessing writes and training reads.

dataset/
  encoder.json, vocabulary.json   how text became integers
  train.npy, validation.npy, test.npy           int32 (texts, length), 0 on the right
  train.parquet, validation.parquet, test.parquet   the same rows: text, label, score, origin
  summary.json                    counts, class balance, coverage
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from zigbang_nlp.errors import DataError, StageError
from zigbang_nlp.files import recover_swap, sha256_of, sha256_of_json, write_json
from zigbang_nlp.records import SPLITS
from zigbang_nlp.text.encoder import Encoder
from zigbang_nlp.text.review_spool import SCHEMA
from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY, PADDING

SUMMARY_FILE = "summary.json"


@dataclass(frozen=True)
class Split:
    """One split.

    Attributes:
        ids: int32 (texts, length).
        rows: columns source, apartment_id, review_id, category, text, score, label (0 or 1),
            and perhaps weight.
    """

    ids: np.ndarray
    rows: pd.DataFrame

    @property
    def labels(self) -> np.ndarray:
        """float32 (texts,): 0 negative, 1 positive."""
        return self.rows["label"].to_numpy(np.float32)

    @property
    def weights(self) -> np.ndarray | None:
        """float32 (texts,), how much each text counts in training; None where there are none.

        Raises:
            DataError: one is negative or no number, or all are 0.
        """
        if "weight" not in self.rows:
            return None
        weights = pd.to_numeric(self.rows["weight"], errors="coerce").to_numpy(np.float32)
        if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
            raise DataError(
                "The column weight of the data set has values that are negative or no numbers, "
                "or only zeros.",
                "Give every text a weight of 0 or more.",
            )
        return weights


@dataclass(frozen=True)
class DataSet:
    """A preprocessed, encoded and split set of reviews.

    Attributes:
        directory: of its files.
        encoder: that made the ids; the network's is the same.
        summary: counts, shares and settings, as `preprocess` wrote them.
    """

    directory: Path
    encoder: Encoder
    summary: dict[str, Any]

    @classmethod
    def load(cls, directory: Path) -> DataSet:
        """Open a data set; its arrays are read when asked for.

        Args:
            directory: that `preprocess` wrote.

        Raises:
            StageError: there is none, or it is damaged.
        """
        recover_swap(directory)
        try:
            summary = json.loads((directory / SUMMARY_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StageError(
                f"There is no data set in {directory}.", "Run `zigbang-nlp preprocess` first."
            ) from error
        return cls(directory, Encoder.load(directory), summary)

    def fingerprint(self) -> str:
        """Identifies the data set: its rows, labels, splits and encoding."""
        return sha256_of_json(sha256_of(self.directory))[:16]

    def split(self, split: str) -> Split:
        """One part; its ids, int32 (texts, length), are memory-mapped.

        Args:
            split: "train", "validation" or "test".

        Raises:
            StageError: a file of it is missing or damaged.
        """
        try:
            ids = np.load(self.directory / f"{split}.npy", mmap_mode="r", allow_pickle=False)
            rows = pd.read_parquet(self.directory / f"{split}.parquet")
        except (OSError, ValueError) as error:
            raise StageError(
                f"The {split} part of the data set in {self.directory} can't be read: {error}.",
                "Run `zigbang-nlp preprocess --force`.",
            ) from error
        if len(ids) != len(rows):
            raise StageError(
                f"The {split} part of {self.directory} has {len(ids)} encoded texts "
                f"and {len(rows)} rows.",
                "Run `zigbang-nlp preprocess --force`.",
            )
        return Split(ids, rows)


class DataSetWriter:
    """Writes the parts of a data set chunk by chunk, in an empty directory.

    Args:
        directory: of the data set.
        length: ids of a text.
        texts: that each split will have.
    """

    def __init__(self, directory: Path, length: int, texts: dict[str, int]) -> None:
        self.directory, self.length, self.texts = directory, length, texts

    def __enter__(self) -> DataSetWriter:
        self._files = ExitStack()
        self._ids, self._rows = {}, {}
        for name in SPLITS:
            ids = self._files.enter_context((self.directory / f"{name}.npy").open("wb"))
            shape = (self.texts[name], self.length)
            header = {"descr": "<i4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(ids, header)
            rows = pq.ParquetWriter(self.directory / f"{name}.parquet", SCHEMA)
            self._ids[name], self._rows[name] = ids, self._files.enter_context(rows)
        self._real, self._unknown = Counter[str](), Counter[str]()
        return self

    def __exit__(self, *why: Any) -> None:
        self._files.close()

    def write(self, split: str, ids: np.ndarray, rows: pd.DataFrame) -> None:
        """Add texts to a split: int32 (texts, length), and their rows."""
        if not len(rows):
            return
        ids.astype("<i4", copy=False).tofile(self._ids[split])
        self._rows[split].write_table(
            pa.Table.from_pandas(rows, schema=SCHEMA, preserve_index=False)
        )
        self._real[split] += int((ids != PADDING).sum())
        self._unknown[split] += int((ids == OUT_OF_VOCABULARY).sum())

    def unknown_shares(self) -> dict[str, float]:
        """The share of out-of-vocabulary ids in each split."""
        return {
            name: round(self._unknown[name] / self._real[name], 4) if self._real[name] else 0.0
            for name in SPLITS
        }


def save_dataset(
    directory: Path, encoder: Encoder, parts: dict[str, Split], summary: dict[str, Any]
) -> None:
    """Write a data set into an empty directory.

    Args:
        directory: an empty one.
        encoder: that made the ids.
        parts: each of `SPLITS`: ids, int32 (texts, length), and as many rows.
        summary: what `preprocess` says of it, as JSON holds it.
    """
    for name in SPLITS:
        np.save(directory / f"{name}.npy", parts[name].ids, allow_pickle=False)
        parts[name].rows.to_parquet(directory / f"{name}.parquet", index=False)
    save_encoding(directory, encoder, summary)


def save_encoding(directory: Path, encoder: Encoder, summary: dict[str, Any]) -> None:
    """Write what a data set has beside its parts: last of all, since it says what they are."""
    encoder.save(directory)
    write_json(directory / SUMMARY_FILE, summary)
