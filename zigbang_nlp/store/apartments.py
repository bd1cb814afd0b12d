"""Apartments as rows: what is new, what changed, what was seen again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from zigbang_nlp.records import Apartment
from zigbang_nlp.store.rows import Counts, storable
from zigbang_nlp.store.schema import apartments
from zigbang_nlp.store.staging import same_key, stage, staged, upsert

_DETAILS = ("name", "address", "latitude", "longitude", "households")
_NEW = staged(apartments)
_NEWS = sa.or_(
    *(
        _NEW.c[name].is_not(None) & _NEW.c[name].is_distinct_from(apartments.c[name])
        for name in _DETAILS
    )
)
_COUNT_APARTMENTS = sa.select(sa.func.count(), sa.func.count(sa.case((_NEWS, 1)))).select_from(
    _NEW.join(apartments, same_key(_NEW, apartments, ("source", "apartment_id")))
)


def add_apartments(connection: sa.Connection, batch: Sequence[Apartment], now: datetime) -> Counts:
    """Insert new apartments; what an answer leaves out (None) never erases what is known."""
    fresh: dict[tuple[str, str], dict[str, Any]] = {}
    for apartment in batch:
        key = (storable(apartment.source), storable(apartment.apartment_id))
        row = fresh.setdefault(key, dict.fromkeys(_DETAILS))
        for name in _DETAILS:
            value = getattr(apartment, name)
            if value is not None:
                row[name] = storable(value) if isinstance(value, str) else value
    if not fresh:
        return Counts()
    seen_at = {"first_seen": now, "last_seen": now}
    rows = [
        {"source": source, "apartment_id": apartment_id} | row | seen_at
        for (source, apartment_id), row in fresh.items()
    ]
    stage(connection, apartments, rows)
    seen, changed = connection.execute(_COUNT_APARTMENTS).one()
    update = (*_DETAILS, "last_seen")
    connection.execute(upsert(connection.dialect.name, apartments, update, keep_known=_DETAILS))
    return Counts(len(fresh) - seen, changed, seen - changed)
