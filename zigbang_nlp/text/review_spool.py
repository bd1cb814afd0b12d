"""Labelled review rows on disk, so that a data set of any size is made in bounded memory.

In memory stays, of each row, only what its split depends on: some twenty bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from zigbang_nlp.records import SPLITS
from zigbang_nlp.text.clean import duplicate_key

#: Rows held at once.
CHUNK = 20_000
#: What the data set keeps of each row.
SCHEMA = pa.schema(
    [
        *((n, pa.string()) for n in ("source", "apartment_id", "review_id", "category", "text")),
        ("score", pa.float32()),
        ("label", pa.int8()),
    ]
)
COLUMNS = tuple(SCHEMA.names)


class ReviewSpool:
    """Rows that are written once, in order, and read again as often as needed.

    Args:
        path: of the Parquet file that they go to.
        rows: (source, apartment_id, review_id, category, text, score, label, split) of each; the
            split is None where the file that brought it had none.
    """

    def __init__(self, path: Path, rows: Iterable[tuple[object, ...]]) -> None:
        self.path = path
        labels, keys, groups, splits = array("b"), array("Q"), array("i"), array("b")
        places: dict[str, int] = {}
        rest = iter(rows)
        with pq.ParquetWriter(path, SCHEMA) as writer:
            while chunk := list(islice(rest, CHUNK)):
                columns = dict(zip((*COLUMNS, "split"), zip(*chunk, strict=True), strict=True))
                plain = {name: _plain(columns[name]) for name in COLUMNS}
                writer.write_table(pa.table(plain, schema=SCHEMA))
                labels.extend(columns["label"])
                splits.extend(
                    -1 if side is None else SPLITS.index(side) for side in columns["split"]
                )
                keys.extend(_digest(duplicate_key(text)) for text in columns["text"])
                groups.extend(
                    places.setdefault(f"{source}\x1f{apartment}", len(places))
                    for source, apartment in zip(
                        columns["source"], columns["apartment_id"], strict=True
                    )
                )
        # Groups are numbered in the order of their names, so that a split doesn't depend on which
        # complex comes first.
        rank = np.empty(len(places), np.int32)
        rank[[places[name] for name in sorted(places)]] = np.arange(len(places))
        #: Columns label (0 or 1), split (categorical, missing where none was given), key (texts that are copies share it) and
        #: group (of the complex): what `split.assign_splits` reads.
        self.index = pd.DataFrame(
            {
                "label": np.array(labels, np.int8),
                "split": pd.Categorical.from_codes(
                    np.array(splits, np.int8), dtype=pd.CategoricalDtype(list(SPLITS))
                ),
                "key": _numbered(np.frombuffer(keys, np.uint64)),
                "group": rank[np.frombuffer(groups, np.int32)],
            }
        )

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.index)

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The rows, `CHUNK` at a time; their index counts on from chunk to chunk."""
        at = 0
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(CHUNK):
                chunk = batch.to_pandas()
                chunk.index += at
                at += len(chunk)
                yield chunk

    def texts(self, chosen: np.ndarray | None = None) -> Iterator[str]:
        """The texts in order.

        Args:
            chosen: bool (rows,): which; None = all.
        """
        at = 0
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(CHUNK, columns=["text"]):
                texts = batch.column(0).to_pylist()
                if chosen is None:
                    yield from texts
                else:
                    mine = chosen[at : at + len(texts)]
                    yield from (text for text, own in zip(texts, mine, strict=True) if own)
                at += len(texts)


def _numbered(keys: np.ndarray) -> np.ndarray:
    """The place of each key among the different ones, int32 (rows,); with half of `np.unique`'s memory."""
    order = np.argsort(keys)
    risen = keys[order]
    new = np.zeros(len(keys), np.int32)
    new[1:] = risen[1:] != risen[:-1]
    numbers = np.empty(len(keys), np.int32)
    numbers[order] = np.cumsum(new, dtype=np.int32)
    return numbers


def _digest(key: str) -> int:
    """64 bits: that two of five million differing keys share them has a chance of 1 in 1.5 million."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _plain(values: Iterable[object]) -> list[object]:
    """Without lone surrogates, which Arrow doesn't hold and `clean` drops anyway."""
    return [v.encode("utf-8", "ignore").decode() if isinstance(v, str) else v for v in values]
