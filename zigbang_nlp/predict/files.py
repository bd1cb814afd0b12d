"""Classify the rows of a file, chunk by chunk, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import pandas as pd

from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.console import log, progress
from zigbang_nlp.files import atomic_file
from zigbang_nlp.language.column_labels import COLUMN_LABELS, VALUE_LABELS
from zigbang_nlp.predict.bulk import Columns, predict_chunks
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.resumable_output import parts_of
from zigbang_nlp.records import LABEL_ONLY, PredictionOptions
from zigbang_nlp.tables.cells import review_texts
from zigbang_nlp.tables.read import CHUNK, Notes, ReadOptions, read_table
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.tables.write import WriteOptions, check_ending, join_parts, write_part

#: A smaller file is not worth worker processes.
_SMALL = 500_000


def predict_file(
    classifier: Classifier,
    source: Path,
    output: Path,
    text_column: str,
    how: TokenizeSettings | None = None,
    resume: bool = False,
    asked: PredictionOptions = LABEL_ONLY,
    options: ReadOptions | None = None,
    notes: Notes | None = None,
    tokens: Path | None = None,
) -> int:
    """Write the rows of `source` with their predictions to `output`, in order, atomically.

    The columns of `Prediction.as_row` are added; where the file has columns of those names, ours
    are called predicted_label and so on. How many texts were too long to be read whole is logged.

    Args:
        classifier: with its bundle.
        source: see `tables.read_table`.
        output: its ending, one of `tables.write.ENDINGS`, chooses the format.
        text_column: of `source`.
        how: workers, time limit, size of the cache; None = in this process.
        asked: what to tell beside the label; explanations and sentences have no column.
        resume: go on with what a run that was ended has left (see `resumable_output.py`).
        options: how to read `source`.
        notes: where what was recognised and converted while reading is noted.
        tokens: directory of the token cache; None = without.

    Returns:
        Number of rows.

    Raises:
        InputError: `source` can't be read, the ending of `output` isn't one of these, a cell
            can't be written, or there is other unfinished work.
    """
    check_ending(output)
    text_column = composed(text_column)
    waiting: deque[pd.DataFrame] = deque()
    count = truncated = 0
    with parts_of(output, _about(classifier, source, text_column, asked, options), resume) as parts:
        done = parts.finished()
        table = read_table(source, [text_column], options, notes)
        chunks = progress(table, "predicting", unit="chunks")
        for chunk in islice(chunks, done):
            count += len(chunk)

        def texts(before: int) -> Iterator[list[str]]:
            for chunk in chunks:
                waiting.append(chunk)
                yield review_texts(chunk[text_column], text_column, before)
                before += len(chunk)

        total = 0 if source.stat().st_size < _SMALL else None
        for columns in predict_chunks(
            classifier, texts(count), how or TokenizeSettings(workers=1), total, asked, tokens
        ):
            chunk = with_columns(waiting.popleft(), columns)
            truncated += sum(columns["truncated"])
            with atomic_file(parts.path(done)) as fresh:
                first = parts.path(0) if done else None
                write_part(chunk, fresh, first, output, count, notes)
            done += 1
            count += len(chunk)
        with atomic_file(output) as fresh:
            labels = WriteOptions(labels=COLUMN_LABELS, value_labels=VALUE_LABELS)
            join_parts([parts.path(number) for number in range(done)], fresh, labels, notes)
    if truncated:
        log.warning(
            "%s texts are so long that only a part of each was read; see the column truncated.",
            f"{truncated:,}",
        )
    return count


def with_columns(chunk: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """The rows with what the model says of them; label is predicted_label where there is one."""
    return chunk.assign(
        **{
            f"predicted_{name}" if name in chunk.columns else name: values
            for name, values in columns.items()
        }
    )


def texts_of(
    source: Path,
    text_column: str,
    options: ReadOptions | None = None,
    notes: Notes | None = None,
) -> Iterator[str]:
    """The texts of one column of a file, blank for missing values; see `tables.read_table`."""
    before, text_column = 0, composed(text_column)
    for chunk in read_table(source, [text_column], options, notes, only=True):
        yield from review_texts(chunk[text_column], text_column, before)
        before += len(chunk)


def _about(
    classifier: Classifier,
    source: Path,
    text_column: str,
    asked: PredictionOptions,
    options: ReadOptions | None,
) -> dict[str, object]:
    """What must be the same for the work to be gone on with."""
    # A missing file is `read_table`'s to tell.
    seen = source.stat() if source.is_file() else None
    return {
        "input": str(source.resolve()),
        "input's size": seen and seen.st_size,
        "input's time": seen and seen.st_mtime_ns,
        "text column": text_column,
        "model": classifier.bundle.identity(),
        "share of complaints": classifier.complaints,
        "what is asked": asdict(asked),
        "how it is read": asdict(options or ReadOptions()),
        "rows a part": CHUNK,
    }
