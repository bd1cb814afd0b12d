"""`zigbang-nlp crawl`."""

from __future__ import annotations

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log


@settings_command("crawl", sections=["crawl"])
def command(loaded: LoadedSettings) -> None:
    """Collect apartments and residents' reviews of a region into the store.

    \b
    Examples:
      zigbang-nlp crawl
    """
    from zigbang_nlp.crawl import run_crawl
    from zigbang_nlp.store import open_store

    with open_store(loaded.settings.store_url) as store:
        log.info("%s", run_crawl(loaded.settings, store).note)
