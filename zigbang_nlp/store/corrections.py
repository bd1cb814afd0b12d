"""Labels that people corrected; the newest word on a text counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

import sqlalchemy as sa

from zigbang_nlp.errors import InputError
from zigbang_nlp.records import LABELS
from zigbang_nlp.store.database import Part
from zigbang_nlp.store.rows import storable
from zigbang_nlp.store.schema import corrections
from zigbang_nlp.store.staging import insert_or_set


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of a text.

    Attributes:
        text: as it was classified.
        label: "positive" or "negative", as it should be.
        said: what the model said, or None.
        probability: of positive, as the model said, or None.
        model_id: of the bundle that said it, or None.
        made_at: when it was corrected (UTC).
    """

    text: str
    label: str
    said: str | None = None
    probability: float | None = None
    model_id: str | None = None
    made_at: datetime | None = None


_ALL = sa.select(*(corrections.c[field.name] for field in fields(Correction)))


class Corrections(Part):
    """The corrections of a store."""

    def add(self, correction: Correction) -> None:
        """Keep a correction in place of an earlier one of the same text.

        Raises:
            InputError: the text is blank, or the label is unknown.
        """
        text = storable(correction.text)
        if not text.strip():
            raise InputError("A blank text has no label.", "Correct a text with words.")
        if correction.label not in LABELS:
            raise InputError(
                f"There is no label {correction.label!r}.", f"Use {', '.join(LABELS)}."
            )
        row = asdict(correction) | {"text_id": _text_id(text), "text": text}
        row["made_at"] = correction.made_at or datetime.now(UTC)
        changed = [name for name in row if name not in ("text_id", "text")]
        dialect = self.database.engine.dialect.name
        self.database.run(insert_or_set(dialect, corrections, *changed), row)

    def all(self) -> list[Correction]:
        """All of them, in a stable order."""
        return [Correction(*row) for row in self.database.rows(_ALL.order_by("text_id"))]

    def recent(self, limit: int = 20) -> list[Correction]:
        """The last ones, newest first."""
        newest = _ALL.order_by(corrections.c.made_at.desc()).limit(limit)
        return [Correction(*row) for row in self.database.rows(newest)]

    def count(self) -> int:
        """How many there are."""
        return self.database.count(corrections)

    def tally(self) -> tuple[int, int]:
        """(labels that people changed, labels that they confirmed)."""
        same = sa.case((corrections.c.label == corrections.c.said, 1))
        ((both, confirmed),) = self.database.rows(sa.select(sa.func.count(), sa.func.count(same)))
        return both - confirmed, confirmed

    def labels_of(self, texts: Iterable[str]) -> dict[str, str]:
        """{text: label} of those texts on which a person has spoken; texts of a page, not of all."""
        text_of = {_text_id(storable(text)): text for text in texts}
        query = sa.select(corrections.c.text_id, corrections.c.label).where(
            corrections.c.text_id.in_(list(text_of))
        )
        return {text_of[text_id]: label for text_id, label in self.database.rows(query)}

    def fingerprint(self) -> str:
        """A hash of texts and labels: of what a training with corrections depends on."""
        digest = hashlib.sha256()
        for one in self.all():
            digest.update(f"{one.label}\x1f{one.text}\x1e".encode())
        return digest.hexdigest()[:16]


def _text_id(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
