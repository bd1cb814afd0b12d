"""Labels that people gave to stored reviews: several people may label one, and each keeps a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from zigbang_nlp.errors import InputError
from zigbang_nlp.records import LABELS
from zigbang_nlp.store.database import Part
from zigbang_nlp.store.rows import ReviewKey, storable
from zigbang_nlp.store.schema import KEY, annotated, reviews
from zigbang_nlp.store.staging import insert_or_set, same_key


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a person says of a stored review.

    Attributes:
        key: of the review.
        person: who says so; any name.
        label: "positive" or "negative".
        queue: why they looked at it: a kind of `insight.labelling`; only "random" measures.
        made_at: when (UTC).
    """

    key: ReviewKey
    person: str
    label: str
    queue: str = "random"
    made_at: datetime | None = None


class Annotations(Part):
    """The labels of a store; they go with their review."""

    def add(self, annotations: Iterable[Annotation]) -> int:
        """Keep labels, each in place of the same person's earlier one of the same review.

        A text that was drawn into the random sample stays in it, whatever queue shows it again.

        Returns:
            Labels that were kept; those of reviews that the store doesn't hold are left out.

        Raises:
            InputError: a label is unknown, or a person has no name. Nothing is kept then.
        """
        rows = [_row(one) for one in annotations]
        kept = 0
        with self.database.write() as connection:
            statement = insert_or_set(connection.dialect.name, annotated, "label", "made_at")
            for row in rows:
                there = sa.select(sa.literal(1)).where(*(reviews.c[n] == row[n] for n in KEY))
                if connection.execute(there).first() is None:
                    continue
                connection.execute(statement, row)
                if row["queue"] == "random":
                    drawn = sa.update(annotated).where(*(annotated.c[n] == row[n] for n in KEY))
                    connection.execute(drawn.values(queue="random"))
                kept += 1
        return kept

    def all(self) -> list[Annotation]:
        """All of them that are about the text as it is now, in a stable order."""
        columns = [annotated.c[name] for name in (*KEY, "person", "label", "queue", "made_at")]
        query = (
            sa.select(*columns)
            .select_from(annotated.join(reviews, same_key(annotated, reviews, KEY)))
            .order_by(*annotated.primary_key)
        )
        return [Annotation(tuple(row[:4]), *row[4:]) for row in self.database.rows(query)]

    def count(self) -> dict[str, int]:
        """{person: labels}."""
        query = sa.select(annotated.c.person, sa.func.count()).group_by(annotated.c.person)
        return {row[0]: row[1] for row in self.database.rows(query.order_by("person"))}


def _row(one: Annotation) -> dict[str, object]:
    person = storable(one.person).strip()
    if not person:
        raise InputError("The person who labels has no name.", "Give a name.")
    if one.label not in LABELS:
        raise InputError(f"There is no label {one.label!r}.", f"Use {', '.join(LABELS)}.")
    return dict(zip(KEY, one.key, strict=True)) | {
        "person": person,
        "label": one.label,
        "queue": one.queue,
        "made_at": one.made_at or datetime.now(UTC),
    }
