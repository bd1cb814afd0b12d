"""`zigbang-nlp embed`."""

from __future__ import annotations

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import duration, log


@settings_command("embed")
@click.option("--dry-run", is_flag=True, help="Only say what there is to do and how long it takes.")
def command(loaded: LoadedSettings, dry_run: bool) -> None:
    """Prepare the search by meaning: a vector of every text.

    The page /search and the API then find reviews that say the same in other words, and the
    reviews nearest to one. Only texts that are new or have changed are worked on; vectors of texts
    that are gone are dropped. Ctrl-C keeps what is done, and the same command goes on. It runs
    offline, with `pip install 'zigbang-nlp[semantic]'`, and takes an hour or two for 100,000 texts
    on two cores; 1.5 KB each on disk, in `embeddings` of --work.

    \b
    Examples:
      zigbang-nlp embed --dry-run
      zigbang-nlp embed
      zigbang-nlp embed --db sqlite:///reviews.db
    """
    from zigbang_nlp.insight.embed_store import embed_store, plan
    from zigbang_nlp.insight.embeddings import Embeddings
    from zigbang_nlp.store import open_store
    from zigbang_nlp.workers.pool import worker_count

    directory = loaded.settings.embeddings_dir
    threads = int(worker_count("auto", None, 0))
    with open_store(loaded.settings.store_url) as store:
        todo = plan(store, Embeddings(directory))
        if not (todo.missing or todo.gone):
            log.info("All %s texts have their vectors.", f"{len(todo.keys):,}")
            return
        seconds = todo.seconds(threads)
        log.info(
            "%s of %s texts are to be embedded%s; %s vectors of texts that are gone are to be dropped.",
            f"{todo.missing:,}",
            f"{len(todo.keys):,}",
            "" if seconds is None else f", in about {duration(seconds)} at the present speed",
            f"{todo.gone:,}",
        )
        if dry_run:
            return
        done = embed_store(store, directory, threads, todo.missing)
    log.info("%s texts embedded into %s.", f"{done:,}", directory)
