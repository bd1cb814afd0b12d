"""From a raw answer to what it says, or why it can't be read: whatever is in it ends one task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from zigbang_nlp.crawl.reading import parse
from zigbang_nlp.crawl.site import Site
from zigbang_nlp.errors import SchemaError
from zigbang_nlp.store import Contents, Failure, Outcome, Task


def read_answer(site: Site, task: Task, body: bytes) -> Outcome:
    """What a raw answer, its nicknames already hashed, says; or why it can't be read."""
    try:
        tree = parse(body)
    except (ValueError, RecursionError):
        return Outcome(
            task, body, failure=Failure("not json", f"The answer for {task} is not JSON.")
        )
    return read_tree(site, task, body, tree)


def read_tree(site: Site, task: Task, body: bytes, tree: Any) -> Outcome:
    """The same of an answer that is parsed already: `tree` is what `body` says."""
    endpoint = site.endpoint(task)
    try:
        contents = site.read(task, tree)
    except Exception as error:  # noqa: BLE001 - whatever is in an answer ends one task, not the run
        fact = f"The answer for {task} can't be read ({type(error).__name__}: {error})."
        fact = error.fact if isinstance(error, SchemaError) else fact
        contents = Contents(endpoint=endpoint)
        contents.fills.note("answer", unread=1)
        return Outcome(task, body, contents, Failure("schema", fact))
    listed = contents.fills.get("list")
    if listed is None or listed.filled:  # an empty list says nothing of what it would hold
        contents.fills.note("answer", filled=contents.readable, unread=not contents.readable)
    if not contents.bad:
        return Outcome(task, body, contents)
    more = f" and {len(contents.bad) - 1} more" if len(contents.bad) > 1 else ""
    fact = f"The answer for {task} has entries that can't be read: {contents.bad[0].fact}{more}."
    kind = "entry" if contents.readable else "schema"
    if any(bad.left_out for bad in contents.bad):
        kind = "left out"
        fact += " `--site FILE --retry-failed` asks for it again."
    return Outcome(task, body, contents, Failure(kind, fact))


def read_stored(
    site: Site, task: Task, body: bytes, moment: datetime, scales: Sequence[tuple[datetime, float]]
) -> Outcome:
    """What an answer from the store says, on the scale that was in force when it came.

    Args:
        site: reads it; its scale is set.
        task: what was asked.
        body: the raw answer.
        moment: when it came.
        scales: see `Answers.scales`.
    """
    site.scale = scale_at(scales, moment, site.data.scale)
    return read_answer(site, task, body)


def scale_at(scales: Sequence[tuple[datetime, float]], when: datetime, usual: float) -> float:
    """The scale of an answer of some moment: the last one that was found before it."""
    return next((scale for since, scale in reversed(scales) if since <= when), usual)
