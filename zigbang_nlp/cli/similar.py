"""`zigbang-nlp similar FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from zigbang_nlp.cli.common import say_notes, settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log


@settings_command("similar")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(loaded: LoadedSettings, file: Path) -> None:
    """Write texts that nearly repeat an earlier one, in pairs, to FILE.

    One row a pair, the likest first: likeness of the letters (0 to 1), then complex, review,
    category, date and text of both, the earlier one with other_ before the names. The ending of
    FILE chooses the format: .csv, .tsv, .xlsx, .jsonl or .parquet. Copies are found whatever
    their spaces and signs; after `zigbang-nlp embed` also texts that were written anew from
    another. Texts of fewer than 20 letters are alike by nature and left out.

    \b
    Examples:
      zigbang-nlp similar pairs.csv
      zigbang-nlp similar pairs.xlsx --db sqlite:///reviews.db
      zigbang-nlp embed && zigbang-nlp similar pairs.csv
    """
    from zigbang_nlp.files import atomic_file
    from zigbang_nlp.insight.duplicates import duplicate_pairs
    from zigbang_nlp.insight.embeddings import Embeddings
    from zigbang_nlp.insight.reading import load
    from zigbang_nlp.tables.source import Notes
    from zigbang_nlp.tables.write import check_ending, open_table

    check_ending(file, (".csv", ".tsv", ".xlsx", ".jsonl", ".parquet"))
    corpus = load(loaded.settings.store_url)
    embeddings = Embeddings(loaded.settings.embeddings_dir)
    log.info("Comparing %s texts.", f"{len(corpus.texts):,}")
    pairs = duplicate_pairs(corpus, embeddings)
    notes = Notes()
    with atomic_file(file) as fresh, open_table(fresh, None, notes, file.name) as write:
        write(pairs)
    say_notes(notes)
    log.info("%s pairs written to %s.", f"{len(pairs):,}", file)
    if not len(embeddings):
        log.info("Texts written anew from another are found after `zigbang-nlp embed`.")
