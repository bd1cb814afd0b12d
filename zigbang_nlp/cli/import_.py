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
@click.option(
    "--date-format", help="ymd, mdy, dmy or a pattern like %y.%m.%d  [default: told by the column]"
)
@click.option("--skip-bad-rows", is_flag=True, help="Leave out rows with a bad value, and count.")
def command(
    loaded: LoadedSettings,
    file: Path,
    rating_scale: float,
    date_format: str | None,
    skip_bad_rows: bool,
    **columns: str | None,
) -> None:
    """Read reviews from a CSV, TSV, JSON lines, Parquet or Excel file.

    UTF-8, CP949 and the order of dates are recognised. A file is stored whole or
    not at all, and importing it again adds nothing twice.

    \b
    Examples:
      zigbang-nlp import reviews.csv --rating-column stars
      zigbang-nlp import movie.parquet --rating-column rating --rating-scale 10
      zigbang-nlp import naver.csv --date-column 작성일 --date-format ymd
      zigbang-nlp import labelled.xlsx --text-column 리뷰 --label-column 감성
    """
    from zigbang_nlp.importing import ImportColumns, import_file
    from zigbang_nlp.store import open_or_undo

    names = ImportColumns(**{key.removesuffix("_column"): v for key, v in columns.items()})  # type: ignore[arg-type]
    with open_or_undo(loaded.settings.store_url) as store:
        summary = import_file(file, names, store, rating_scale, skip_bad_rows, date_format)
        total = store.count_reviews()
    for line in summary.lines():
        log.info(line)
    log.info("The store holds %s reviews.", f"{total:,}")
