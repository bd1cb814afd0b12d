"""Conditional requests (RFC 9110): an answer that has not changed need not come again.

A site that says of an answer which version it is (ETag, Last-Modified) is asked the next time
whether there is another; where it says no (304), the kept answer is read in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from zigbang_nlp.config import CrawlSettings
from zigbang_nlp.store import Store, Task

_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,256}"')


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that is kept, and the headers that ask whether it has changed."""

    body: bytes
    validators: str
    headers: Mapping[str, str]


class Conditions:
    """What is known of the versions of kept answers.

    Args:
        store: keeps the answers.
        source: the site.
        settings: what is kept of persons; an answer that was kept by another rule comes anew.
    """

    def __init__(self, store: Store, source: str, settings: CrawlSettings) -> None:
        self.store, self.source = store, source
        # Where the site has never said of a version, there is nothing to look up.
        self._any = store.answers.any_validated(source)
        self._rule = f"{settings.nicknames}, covariates {settings.covariates}"

    def validators(self, url: str, headers: Mapping[str, str]) -> str:
        """What a response says of its version, as it is kept; nothing where it doesn't.

        Args:
            url: that was asked for: another endpoint for the same answer has versions of its own.
            headers: of the response.
        """
        etag, modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
        conditional = {
            "If-None-Match": etag if _ETAG.fullmatch(etag) else "",
            "If-Modified-Since": modified if _is_date(modified) else "",
        }
        conditional = {name: value for name, value in conditional.items() if value}
        if not conditional:
            return ""
        return json.dumps({"url": url, "rule": self._rule, "headers": conditional})

    def known(self, task: Task, url: str) -> Known | None:
        """The kept answer to a task, where the site can be asked whether it has changed."""
        if not self._any:
            return None
        kept = self.store.answers.validated(self.source, task.kind, task.key)
        if kept is None:
            return None
        body, validators = kept
        stored = json.loads(validators)
        if (stored["url"], stored["rule"]) != (url, self._rule):
            return None
        return Known(body, validators, stored["headers"])


def _is_date(text: str) -> bool:
    """Whether a header is a date that can be sent back as it came."""
    try:
        return len(text) < 64 and text.isascii() and bool(parsedate_to_datetime(text))
    except ValueError:
        return False
