"""What a cluster does for `predict` and for `preprocess`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from zigbang_nlp.cluster.client import run_partitions
from zigbang_nlp.cluster.partitions import Partition, partitions_of, spilt
from zigbang_nlp.cluster.per_worker import at_hand, ship_classifier, ship_tokenizer
from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.errors import InputError
from zigbang_nlp.files import atomic_directory, make_directory
from zigbang_nlp.predict.bulk import predict_chunks
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.files import with_columns
from zigbang_nlp.records import LABEL_ONLY, PredictionOptions
from zigbang_nlp.tables.cells import review_texts
from zigbang_nlp.tables.read import CHUNK, Notes, ReadOptions
from zigbang_nlp.tables.source import Note
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.tables.write import as_arrow
from zigbang_nlp.text.tokenize_job import SEPARATOR, TokenizeJob
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import WHOLE

_TEXT, _TOKENS = "text", "tokens"
#: Rows of a partition of tokenizing: some seconds of work for the slower tokenizers.
_TOKENIZED = 5_000


def predict_on_cluster(
    client: Any,
    classifier: Classifier,
    source: Path,
    output: Path,
    text_column: str,
    asked: PredictionOptions = LABEL_ONLY,
    options: ReadOptions | None = None,
    notes: Notes | None = None,
) -> int:
    """Write the rows of files with their predictions as Parquet files, in order.

    Args:
        client: see `connected`.
        classifier: its bundle is sent to each worker once.
        source: a Parquet file, or a directory of them, that all workers see; or a file of another
            format, which this process reads and lays beside the output as Parquet.
        output: a directory that all workers see; it appears when all is done.
        text_column: of `source`.
        asked: what to tell beside the label, see `predict_file`.
        options: how to read `source`.
        notes: where what was recognised and converted while reading is noted.

    Returns:
        Number of rows.

    Raises:
        InputError: `source` can't be read, or lacks the column.
    """
    how = options or ReadOptions()
    with atomic_directory(output) as fresh:
        noted = Notes() if notes is None else notes
        if source.is_file() and source.suffix.lower() != ".parquet":
            source = spilt(source, fresh, text_column, how, noted)
            how = ReadOptions()  # of a file that has been read
        partitions = partitions_of(source, fresh, text_column, options=how)
        shipped = ship_classifier(client, classifier)
        work = partial(_predict, shipped, text_column, asked, how)
        count = 0
        for rows, own_notes in run_partitions(client, work, partitions, "predicting"):
            count += rows
            noted.merge(own_notes)
        for left_by_the_dead in fresh.glob(".*"):
            left_by_the_dead.unlink()
    return count


def tokenizer_on_cluster(client: Any, scratch: Path) -> Callable[..., Iterator[list[str]]]:
    """A function that does what `tokenize_texts` does, on a cluster.

    Its processes, cache and bar are those of one machine, and passed over here.

    Args:
        client: see `connected`.
        scratch: a directory that all workers see, for the texts and their tokens meanwhile.
    """

    def tokenized(
        texts: Iterable[str],
        settings: TokenizerSettings,
        max_characters: int,
        *_of_this_machine: object,
    ) -> Iterator[list[str]]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        make_directory(scratch)
        with tempfile.TemporaryDirectory(prefix=".cluster-", dir=scratch) as place:
            source = Path(place) / "texts.parquet"
            rest = iter(texts)
            with pq.ParquetWriter(source, pa.schema([(_TEXT, pa.string())])) as writer:
                # A row group a partition, since a reader reads whole groups.
                while some := list(islice(rest, _TOKENIZED)):
                    # Arrow has no lone surrogates, and `clean` drops them anyway.
                    plain = [text.encode("utf-8", "ignore").decode() for text in some]
                    writer.write_table(pa.table({_TEXT: pa.array(plain, pa.string())}))
            partitions = partitions_of(source, Path(place) / _TOKENS, _TEXT, _TOKENIZED)
            shipped = ship_tokenizer(client, TokenizeJob(settings, max_characters))
            work = partial(_tokenize, shipped)
            sum(run_partitions(client, work, partitions, "tokenizing"))
            for partition in partitions:
                for joined in pq.read_table(partition.target)[_TOKENS].to_pylist():
                    yield joined.split(SEPARATOR) if joined else []

    return tokenized


def _predict(
    shipped: str,
    text_column: str,
    asked: PredictionOptions,
    options: ReadOptions,
    partition: Partition,
) -> tuple[int, list[Note]]:
    import pyarrow as pa

    classifier, lock = at_hand(shipped)
    text_column, notes = composed(text_column), Notes()
    rows = partition.read(text_column, options, notes)
    try:
        texts = review_texts(rows[text_column], text_column, partition.start)
    except InputError as error:
        name = Path(partition.source).name
        raise InputError(
            f"{name}, {error.fact[0].lower()}{error.fact[1:]}", error.next_step
        ) from error
    chunks = (texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK))
    with lock:
        how = TokenizeSettings(workers=1)
        scored = list(predict_chunks(classifier, chunks, how, asked=asked))
    parts = [
        as_arrow(with_columns(rows.iloc[i * CHUNK : (i + 1) * CHUNK], columns))
        for i, columns in enumerate(scored)
    ]
    partition.write(pa.concat_tables(parts))
    return len(rows), list(notes)


def _tokenize(shipped: str, partition: Partition) -> int:
    import pyarrow as pa

    run, lock = at_hand(shipped)
    texts = partition.read(_TEXT)[_TEXT].tolist()
    with lock:
        tokens, *_ = run(texts, [WHOLE] * len(texts), lambda _: None)
    partition.write(pa.table({_TOKENS: pa.array(tokens, pa.string())}))
    return len(texts)
