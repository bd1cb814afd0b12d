"""Workbooks of Excel."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

import pandas as pd

from zigbang_nlp.tables.source import Source


def read_excel(source: Source) -> Iterator[pd.DataFrame]:
    """The rows of the first sheet of an .xlsx file, each cell as it is."""
    try:
        yield pd.read_excel(source.path, dtype=object, keep_default_na=False, engine="openpyxl")
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error
