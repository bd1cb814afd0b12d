"""Separated values: .csv and .tsv."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pandas as pd

from zigbang_nlp.tables.encoding import text_encoding
from zigbang_nlp.tables.source import CHUNK, Source


def read_separated(source: Source) -> Iterator[pd.DataFrame]:
    """The rows of a .csv or .tsv file, every value as text."""
    separator = "\t" if source.ending == ".tsv" else ","
    with warnings.catch_warnings():
        # Rows longer than the header would lose their last field with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            yield from pd.read_csv(
                source.path,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                chunksize=CHUNK,
                encoding=text_encoding(source.path),
            )
        except pd.errors.ParserWarning as error:
            raise ValueError("its rows have more fields than its header") from error
