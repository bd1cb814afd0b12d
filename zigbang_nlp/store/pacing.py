"""The rate and the daily budget, kept in the store: they hold over workers, machines and restarts."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from zigbang_nlp.store.database import Part
from zigbang_nlp.store.schema import pacing
from zigbang_nlp.store.staging import insert_missing

_DAY = 86_400
_KOREA = 9 * 3_600
#: A next moment further away than this comes from a clock that was set back (seconds).
_FAR = 2 * 3_600


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a request may go out: now, in `wait` seconds, or not today."""

    wait: float = 0.0
    spent: bool = False


class Pacing(Part):
    """Who may send when."""

    def take(self, source: str, interval: float, budget: int) -> Turn:
        """Take the turn to send now, if it is due.

        Args:
            source: the site that the turn is for.
            interval: seconds until the turn after this one.
            budget: requests a day (Korean time); 0 means any number.
        """
        with self.database.write(alone=False) as connection:
            now = self.database.clock(connection)
            day = int((now + _KOREA) // _DAY)
            self._ensure(connection, source)
            row = connection.execute(
                sa.select(pacing).where(pacing.c.source == source).with_for_update()
            ).one()
            used = row.requests if row.day == day else 0
            if budget and used >= budget:
                return Turn(spent=True)
            wait = row.next_at - now
            if 0 < wait < _FAR:
                return Turn(wait=wait)
            connection.execute(
                sa.update(pacing)
                .where(pacing.c.source == source)
                .values(next_at=now + interval, day=day, requests=used + 1)
            )
        return Turn()

    def hold(self, source: str, seconds: float) -> None:
        """Let nobody send for so long: the site asked for it (Retry-After)."""
        with self.database.write(alone=False) as connection:
            until = self.database.clock(connection) + min(seconds, _FAR / 2)
            self._ensure(connection, source)
            connection.execute(
                sa.update(pacing)
                .where(pacing.c.source == source, pacing.c.next_at < until)
                .values(next_at=until)
            )

    def used_today(self, source: str) -> int:
        """Requests that were paced since midnight in Korea."""
        with self.database.read() as connection:
            day = int((self.database.clock(connection) + _KOREA) // _DAY)
        today = (pacing.c.source == source) & (pacing.c.day == day)
        return self.database.value(sa.select(pacing.c.requests).where(today)) or 0

    def _ensure(self, connection: sa.Connection, source: str) -> None:
        insert = insert_missing(connection.dialect.name, pacing)
        connection.execute(insert, {"source": source, "next_at": 0.0, "day": 0, "requests": 0})
