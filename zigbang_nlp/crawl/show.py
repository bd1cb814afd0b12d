"""One stored raw answer, and how it is read: to see what a site has changed."""

from __future__ import annotations

import json
from typing import Any

from zigbang_nlp.console import table
from zigbang_nlp.crawl.interpret import read_stored
from zigbang_nlp.crawl.reading import parse
from zigbang_nlp.crawl.site import Site
from zigbang_nlp.errors import InputError
from zigbang_nlp.store import Outcome, Store, Task


def show_answer(store: Store, site: Site, task: Task) -> str:
    """The newest raw answer to a task and what the site's reader makes of it, as text.

    Args:
        store: holds the answer.
        site: reads it.
        task: e.g. "reviews" of an apartment's id.

    Raises:
        InputError: there is no such answer.
    """
    kept = store.answers.get(site.source, task.kind, task.key)
    if kept is None:
        raise InputError(
            f"The store has no answer for {task} of {site.source}.",
            "Give the kind (cell, danji, reviews, area) and the key that a failure names, "
            "e.g. --show reviews 12345.",
        )
    body, moment = kept
    outcome = read_stored(site, task, body, moment, store.answers.scales(site.source))
    try:
        text = json.dumps(parse(body), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
    head = f"{task} of {site.source}, asked on {moment:%Y-%m-%d %H:%M} (UTC), {len(body):,} bytes:"
    return "\n\n".join([head, text, *_reading(outcome)])


def _reading(outcome: Outcome) -> list[str]:
    contents, parts = outcome.contents, []
    if outcome.failure is not None:
        parts.append(f"Not read, or not wholly: {outcome.failure.fact}")
    parts += [
        f"Bad entry: {bad.fact}\n{bad.raw.decode('utf-8', 'replace')}" for bad in contents.bad
    ]
    if contents.endpoint:
        fills = [
            (field, f"{fill.filled:,} of {fill.total:,}", fill.unread)
            for field, fill in contents.fills.items()
        ]
        parts.append(f"Read as {contents.endpoint}:")
        parts.append(table(fills, ("field", "filled", "unreadable")))
    rows: list[tuple[Any, ...]] = [
        (r.review_id, r.category, r.score, r.written_at, r.text[:40]) for r in contents.reviews
    ]
    if rows:
        parts.append(table(rows, ("review", "category", "score", "written", "text begins")))
    rows = [(a.apartment_id, a.name, a.address, a.households) for a in contents.apartments]
    if rows:
        parts.append(table(rows, ("apartment", "name", "address", "households")))
    return parts
