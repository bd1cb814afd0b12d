"""`zigbang-nlp crawl`."""

from __future__ import annotations

import click

from zigbang_nlp.config import LoadedSettings


@click.command("crawl")
@click.pass_obj
def command(loaded: LoadedSettings) -> None:
    """Collect apartments and residents' reviews of a region into the store.

    \b
    Examples:
      zigbang-nlp crawl
    """
    from zigbang_nlp.crawl import run_crawl
    from zigbang_nlp.store import open_store

    with open_store(loaded.settings.store_url) as store:
        click.echo(run_crawl(loaded.settings, store).note)
