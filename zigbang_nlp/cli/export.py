"""`zigbang-nlp export FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from zigbang_nlp.cli.common import say_notes, settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log, table


def _show_columns(context: click.Context, _option: click.Parameter, show: bool) -> None:
    """Print the columns of an export and end, where that was asked for."""
    if show:
        from zigbang_nlp.language.column_labels import COLUMN_LABELS
        from zigbang_nlp.store.export import COLUMNS

        rows = [(name, kind, COLUMN_LABELS[name]) for name, kind in COLUMNS.items()]
        click.echo(table(rows, ("column", "type", "label")))
        context.exit()


@settings_command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--columns",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_columns,
    help="Show the columns in their order, and what each holds.",
)
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
    help="Put a word in place of telephone, resident, account and card numbers, e-mail addresses, "
    "doors and number plates.",
)
@click.option(
    "--since-run",
    type=int,
    metavar="N",
    help="Only what is new or changed since the run before N ended; see `crawl --status`.",
)
def command(
    loaded: LoadedSettings, file: Path, encoding: str, masked: bool, since_run: int | None
) -> None:
    """Write all reviews, with their apartments and predictions, to FILE.

    The ending of FILE chooses the format: .csv, .tsv, .xlsx, .jsonl, .parquet, .sav (SPSS) or .dta
    (Stata; both with Korean variable labels). The columns are the same in each, in one order,
    which --columns shows; new ones come last.
    .geojson and .gpkg (GeoPackage) hold the complexes instead, as points with their scores and
    legal-dong codes.
    No spreadsheet runs what is in it: in CSV and TSV an apostrophe goes before text that begins
    like a formula, in Excel such text stays as it is in a cell of text.

    \b
    Examples:
      zigbang-nlp export reviews.csv
      zigbang-nlp export reviews.csv --encoding cp949
      zigbang-nlp export reviews.parquet
      zigbang-nlp export reviews.sav
      zigbang-nlp export complexes.geojson
      zigbang-nlp export complexes.gpkg
      zigbang-nlp export --mask to-share.xlsx
      zigbang-nlp export --since-run 12 new.jsonl
    """
    ending = file.suffix.lower()
    if ending in (".geojson", ".gpkg"):
        if masked or since_run is not None:
            raise click.UsageError(
                f"--mask and --since-run are of reviews; {ending} has complexes."
            )
        _export_complexes(loaded, file)
        return
    from zigbang_nlp.store import open_store
    from zigbang_nlp.store.export import export
    from zigbang_nlp.tables.source import Notes

    notes = Notes()
    with open_store(loaded.settings.store_url) as store:
        rows = export(store, file, encoding, masked, since_run, notes)
    say_notes(notes)
    log.info("%s rows written to %s.", f"{rows:,}", file)


def _export_complexes(loaded: LoadedSettings, file: Path) -> None:
    """Write the complexes of the store as GeoJSON or GeoPackage."""
    from zigbang_nlp import insight
    from zigbang_nlp.files import atomic_file, write_json
    from zigbang_nlp.insight.map_files import feature_collection, geopackage

    collection = feature_collection(insight.where(insight.load(loaded.settings.store_url)))
    if file.suffix.lower() == ".gpkg":
        with atomic_file(file) as fresh:
            fresh.write_bytes(geopackage(collection))
    else:
        write_json(file, collection)
    log.info("%s complexes written to %s.", f"{len(collection['features']):,}", file)
    if collection["left_out"]:
        log.info("%s have no coordinates and were left out.", f"{collection['left_out']:,}")
