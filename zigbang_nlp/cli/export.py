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
@click.option(
    "--mask",
    "masked",
    is_flag=True,
    help="Put a word in place of telephone numbers, e-mail addresses, doors and number plates.",
)
@click.option(
    "--since-run",
    type=int,
    metavar="N",
    help="Only what was first seen, or changed, in run N or after it; see `crawl --status`.",
)
def command(
    loaded: LoadedSettings, file: Path, encoding: str, masked: bool, since_run: int | None
) -> None:
    """Write all reviews, with their apartments and predictions, to FILE.

    The ending of FILE chooses the format: .csv, .parquet, .xlsx or .jsonl. In CSV and Excel, text that
    begins like a formula gets an apostrophe in front, so that no spreadsheet runs it.

    \b
    Examples:
      zigbang-nlp export reviews.csv
      zigbang-nlp export reviews.csv --encoding cp949
      zigbang-nlp export reviews.parquet
      zigbang-nlp export --mask to-share.xlsx
      zigbang-nlp export --since-run 12 new.jsonl
    """
    from zigbang_nlp.store import export, open_store

    with open_store(loaded.settings.store_url) as store:
        rows = export(store, file, encoding, masked, since_run)
    log.info("%s rows written to %s.", f"{rows:,}", file)
