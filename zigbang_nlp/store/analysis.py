"""What analysis reads: each text with what the model said of it, in the fewest bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.store.rows import KEY
from zigbang_nlp.store.schema import predictions, reviews
from zigbang_nlp.store.staging import same_key

#: Those that are of the review itself. The last four are None unless crawl.covariates kept them.
_OF_REVIEWS = (*KEY, "text", "score", "written_at", "residence", "age", "sex", "married")
#: The columns of `stream_judged`, in order. Those from `label` on are None without a prediction.
JUDGED_COLUMNS: tuple[str, ...] = (
    *_OF_REVIEWS,
    "label",
    "probability",
    "unsure",
    "model_id",
    "words",
    "topics",
    "about",
    "aspects",
)


def stream_judged(connection: sa.Connection, sources: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of `JUDGED_COLUMNS` in the stable order of their key; no sources means all."""
    columns = [
        reviews.c[name] if name in _OF_REVIEWS else predictions.c[name] for name in JUDGED_COLUMNS
    ]
    query = (
        sa.select(*columns)
        .select_from(reviews.outerjoin(predictions, same_key(predictions, reviews, KEY)))
        .order_by(*reviews.primary_key)
    )
    if sources:
        query = query.where(reviews.c.source.in_(sources))
    for part in connection.execute(query).partitions():
        yield from map(tuple, part)
