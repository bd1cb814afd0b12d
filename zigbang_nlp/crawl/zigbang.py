"""Zigbang: what `sites/zigbang.toml` says, or another file in its place."""

from __future__ import annotations

from zigbang_nlp.config.site import SiteFile, known_site
from zigbang_nlp.crawl.reader import SiteReader


class Zigbang(SiteReader):
    """The site's three questions: apartments in a cell, one apartment, its reviews.

    Args:
        source: what to write into the rows; the bundled sample has its own name.
        details: ask for each apartment's page too (address, households), one request each.
        data: what is known of the site; None means the file that ships with the package.
    """

    def __init__(
        self, source: str | None = None, details: bool = True, data: SiteFile | None = None
    ) -> None:
        super().__init__(data or known_site("zigbang"), source, details)
