"""`zigbang-nlp import`."""

from __future__ import annotations

from pathlib import Path

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log


@settings_command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--text-column", default="text", show_default=True, help="The review's text.")
@click.option("--rating-column", help="A number from 0 to --rating-scale.")
@click.option("--rating-scale", type=float, default=5, show_default=True, help="The best rating.")
@click.option("--label-column", help="0/1, negative/positive or 부정/긍정; overrides the rating.")
@click.option("--date-column", help="When it was written.")
@click.option("--apartment-column", help="What is reviewed; splits keep its texts together.")
@click.option("--category-column", help="total, traffic, care, resident or around.")
@click.option("--id-column", help="An id; without one, equal reviews are one row.")
@click.option("--split-column", help="train, validation or test; kept as it is.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave out rows with a bad value, and count.")
def command(
    loaded: LoadedSettings,
    file: Path,
    rating_scale: float,
    skip_bad_rows: bool,
    **columns: str | None,
) -> None:
    """Read reviews from a CSV, TSV, JSON lines, Parquet or Excel file.

    UTF-8 and CP949 are recognised. The whole file is checked before anything is stored, and
    importing it again adds nothing twice.

    \b
    Examples:
      zigbang-nlp import reviews.csv --rating-column stars
      zigbang-nlp import movie.parquet --rating-column rating --rating-scale 10
      zigbang-nlp import labelled.xlsx --text-column 리뷰 --label-column 감성
    """
    from zigbang_nlp.importing import ImportColumns, check_file, store_checked
    from zigbang_nlp.store import open_store

    names = ImportColumns(**{key.removesuffix("_column"): v for key, v in columns.items()})  # type: ignore[arg-type]
    # Before the store is opened: a mistake should not leave an empty database behind.
    rows = check_file(file, names, rating_scale, skip_bad_rows).rows
    with open_store(loaded.settings.store_url) as store:
        summary = store_checked(file, names, store, rating_scale, skip_bad_rows, rows)
        total = store.count_reviews()
    skipped = ", ".join(f"{count:,} with {why}" for why, count in summary.skipped.items())
    log.info(
        "%s: %s rows; %s new, %s changed, %s already there%s. The store holds %s reviews.",
        file.name,
        f"{summary.rows:,}",
        f"{summary.stored.new:,}",
        f"{summary.stored.changed:,}",
        f"{summary.stored.seen:,}",
        f"; left out {skipped}" if skipped else "",
        f"{total:,}",
    )
    if summary.undated:
        dates = "1 date" if summary.undated == 1 else f"{summary.undated:,} dates"
        log.info("%s can't be read and stay blank.", dates)
