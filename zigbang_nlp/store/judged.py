"""What a model says of reviews, as rows: kept, and given to analysis in the fewest bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from zigbang_nlp.packing import pack_aspects, pack_names, unpack_aspects, unpack_names
from zigbang_nlp.records import Aspect, as_json
from zigbang_nlp.store.rows import ReviewKey, storable
from zigbang_nlp.store.schema import KEY, predictions, reviews
from zigbang_nlp.store.staging import same_key, stage, staged, upsert


class Judged(NamedTuple):
    """What a model says of one stored review.

    Attributes:
        key: of the review.
        label, probability, unsure: as in `records.Prediction`.
        words: the words worth counting (`text.words`), or None where they weren't looked for.
        topics: the topics it is about, or None where the model has none.
        about: the category that the text speaks of, or None where the model can't tell.
        aspects: its opinions, or None where the model can't tell.
    """

    key: ReviewKey
    label: str | None
    probability: float
    unsure: bool
    words: Sequence[str] | None = None
    topics: Sequence[str] | None = None
    about: str | None = None
    aspects: Sequence[Aspect] | None = None


_MADE = staged(predictions)
_REVIEWED = sa.exists().where(same_key(reviews, _MADE, KEY))
_SAID = tuple(column.name for column in predictions.c if column.name not in KEY)


def save_predictions(
    connection: sa.Connection, model_id: str, batch: Sequence[Judged], now: datetime
) -> int:
    """Keep the newest prediction of each review; keys without a review are left out."""
    judged_rows = {judged.key: _judged_row(judged, model_id, now) for judged in batch}
    if not judged_rows:
        return 0
    stage(connection, predictions, list(judged_rows.values()))
    connection.execute(upsert(connection.dialect.name, predictions, _SAID, where=_REVIEWED))
    counted = sa.select(sa.func.count()).select_from(_MADE).where(_REVIEWED)
    return connection.execute(counted).scalar_one()


def _judged_row(judged: Judged, model_id: str, now: datetime) -> dict[str, Any]:
    return {
        **dict(zip(KEY, judged.key, strict=True)),
        "model_id": model_id,
        "label": judged.label,
        "probability": float(judged.probability),
        "unsure": bool(judged.unsure),
        "made_at": now,
        "words": _listed(judged.words),
        "topics": _listed(judged.topics),
        "about": judged.about,
        "aspects": pack_aspects(judged.aspects),
    }


def _listed(names: Sequence[str] | None) -> str | None:
    packed = pack_names(names)
    return None if packed is None else storable(packed)


def shown_topics(kept: str | None) -> str | None:
    """Topics as a table's cell holds them, see `Prediction.as_row`."""
    return None if kept is None else ", ".join(unpack_names(kept))


def shown_aspects(kept: str | None, text: str) -> str | None:
    """Opinions as a table's cell holds them, with the clauses of the text they stand in."""
    if kept is None:
        return None
    return as_json(
        Aspect(*opinion, text=text[opinion[3] : opinion[4]]) for opinion in unpack_aspects(kept)
    )


#: The last four are None unless crawl.covariates kept them.
_OF_REVIEWS = (*KEY, "text", "score", "written_at", "residence", "age", "sex", "married")
#: None without a prediction.
_OF_PREDICTIONS = (
    "label",
    "probability",
    "unsure",
    "model_id",
    "words",
    "topics",
    "about",
    "aspects",
)
#: The columns of `JUDGED`, in order.
JUDGED_COLUMNS: tuple[str, ...] = (*_OF_REVIEWS, *_OF_PREDICTIONS)
#: Each text with what the model said of it, in the stable order of their key.
JUDGED = (
    sa.select(
        *(reviews.c[name] for name in _OF_REVIEWS),
        *(predictions.c[name] for name in _OF_PREDICTIONS),
    )
    .select_from(reviews.outerjoin(predictions, same_key(predictions, reviews, KEY)))
    .order_by(*reviews.primary_key)
)
