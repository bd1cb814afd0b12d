"""`zigbang-nlp import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zigbang_nlp.cli.common import reading_options, say_notes, settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log, table

if TYPE_CHECKING:
    from zigbang_nlp.importing import Look


@settings_command("import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--text-column", help="The review's text  [default: told by name or content]")
@click.option("--rating-column", help="A number from 0 to --rating-scale.")
@click.option("--rating-scale", type=float, default=5, show_default=True, help="The best rating.")
@click.option(
    "--label-column", help="0/1, -1/1, negative/positive or 부정/긍정; overrides the rating."
)
@click.option(
    "--label-map",
    metavar="LABEL=MEANING,...",
    help="What other labels mean, e.g. 1=negative,2=positive,3=neutral.",
)
@click.option("--date-column", help="When it was written.")
@click.option("--apartment-column", help="What is reviewed; splits keep its texts together.")
@click.option(
    "--category-column",
    help="total, traffic, care, resident, around; or 추천, 교통, 관리, 거주, 주변.",
)
@click.option("--id-column", help="An id; without one, equal reviews are one row.")
@click.option("--split-column", help="train, validation or test; kept as it is.")
@click.option(
    "--date-format", help="ymd, mdy, dmy or a pattern like %y.%m.%d  [default: told by the column]"
)
@reading_options
@click.option("--look", "only_look", is_flag=True, help="Show what is recognised; store nothing.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave out rows with a bad value, and count.")
def command(
    loaded: LoadedSettings,
    files: tuple[Path, ...],
    rating_scale: float,
    date_format: str | None,
    label_map: str | None,
    reading: dict[str, Any],
    only_look: bool,
    skip_bad_rows: bool,
    **columns: str | None,
) -> None:
    """Read reviews from CSV, TSV, JSON lines, Parquet or Excel files.

    Also .json, .gz and .zip, and directories of them. Encoding, delimiter, the column of the reviews, the order of dates
    and Zigbang's layout of five scores and texts a row are recognised; --look shows how. A file
    is stored whole or not at all, and importing it again adds nothing twice.

    \b
    Examples:
      zigbang-nlp import reviews.xlsx --look
      zigbang-nlp import reviews.csv --rating-column stars
      zigbang-nlp import 2023.csv 2024.csv archive/ --text-column 후기
      zigbang-nlp import movie.parquet --rating-column rating --rating-scale 10
      zigbang-nlp import naver.csv --date-column 작성일 --date-format ymd
      zigbang-nlp import ratings.tsv --text-column document --quoting none
      zigbang-nlp import labelled.xlsx --text-column 리뷰 --label-column 감성
      zigbang-nlp import coded.csv --label-column y --label-map "1=negative,2=positive"
    """
    from zigbang_nlp.importing import ImportColumns, import_file, look, recognise
    from zigbang_nlp.language.file_notes import sentence
    from zigbang_nlp.store import open_or_undo
    from zigbang_nlp.tables.read import readable_files
    from zigbang_nlp.tables.source import Notes, ReadOptions

    if label_map is not None and columns["label_column"] is None:
        raise click.UsageError("--label-map needs --label-column.")
    options, notes = ReadOptions(**reading), Notes()
    paths = readable_files(files, notes)
    named = {key.removesuffix("_column"): v for key, v in columns.items() if v is not None}
    if only_look:
        for path in paths:
            _show(look(path, options, date_format, ImportColumns(**named)))
        say_notes(notes)
        return
    with open_or_undo(loaded.settings.store_url) as store:
        for path in paths:
            recognised = recognise(path, ImportColumns(**named), options)
            summary = import_file(
                path,
                recognised,
                store,
                rating_scale,
                skip_bad_rows,
                date_format,
                options,
                label_map,
                loaded.settings.preprocess,
            )
            for line in summary.lines():
                log.info(line)
        total = store.count_reviews()
    say_notes(notes)
    log.info(sentence("store holds", n=total, count=f"{total:,}"))


def _show(seen: Look) -> None:
    """Print what a look at a file told, and the command that would read it all."""
    from zigbang_nlp.language.file_notes import note_sentence

    click.echo(table(seen.table(), ("", seen.file)))
    for note in seen.notes:
        click.echo(note_sentence(note))
    for doubt in seen.doubts:
        click.echo(doubt)
    click.echo(f"\nTo import it:\n  {seen.command()}")
