"""`zigbang-nlp export FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log


@settings_command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--encoding",
    default="utf-8-sig",
    show_default=True,
    help="Of CSV: utf-8-sig opens well in Excel, cp949 suits older Korean programs "
    "(characters it lacks, such as emoji, become '?').",
)
def command(loaded: LoadedSettings, file: Path, encoding: str) -> None:
    """Write all reviews, with their apartments and predictions, to FILE.

    The ending of FILE chooses the format: .csv, .parquet or .xlsx. In CSV and Excel, text that
    begins like a formula gets an apostrophe in front, so that no spreadsheet runs it.

    \b
    Examples:
      zigbang-nlp export reviews.csv
      zigbang-nlp export reviews.csv --encoding cp949
      zigbang-nlp export reviews.parquet
    """
    from zigbang_nlp.store import export, open_store

    with open_store(loaded.settings.store_url) as store:
        rows = export(store, file, encoding)
    log.info("%s rows written to %s.", f"{rows:,}", file)
