"""How often each field of the answers was filled: what tells a site that changed from one that didn't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from zigbang_nlp.store.database import Part
from zigbang_nlp.store.schema import run_fills, runs
from zigbang_nlp.store.staging import insert_or_add

#: Runs that are looked back at for one that went well.
_LOOK_BACK = 50


@dataclass(slots=True)
class Fill:
    """One field of one endpoint's answers.

    Attributes:
        total: how often it was looked for.
        filled: how often it was there and could be read.
        unread: how often something was there that couldn't be read.
    """

    total: int = 0
    filled: int = 0
    unread: int = 0

    @property
    def share(self) -> float:
        """Of the times it was looked for, how often it was filled; in [0, 1]."""
        return self.filled / self.total if self.total else 0.0


class Fills(dict[str, Fill]):
    """{field: its Fill}."""

    def note(self, field: str, filled: int = 0, unread: int = 0, total: int = 1) -> None:
        """Count one more look, or `total` of them."""
        fill = self.get(field)
        if fill is None:
            fill = self[field] = Fill()
        fill.total += total
        fill.filled += filled
        fill.unread += unread

    def add(self, other: Mapping[str, Fill], sign: int = 1) -> None:
        """Add another's counts, or take them off with sign = -1."""
        for field, fill in other.items():
            self.note(field, sign * fill.filled, sign * fill.unread, sign * fill.total)


ByEndpoint = dict[str, Fills]


class RunFills(Part):
    """The fill rates of every run."""

    def add(self, run: int, fills: Mapping[str, Fills]) -> None:
        """Add to a run's counts."""
        rows = [
            {"run": run, "endpoint": endpoint, "field": field}
            | {"total": fill.total, "filled": fill.filled, "unread": fill.unread}
            for endpoint, fields in fills.items()
            for field, fill in fields.items()
        ]
        if rows:
            dialect = self.database.engine.dialect.name
            self.database.run(insert_or_add(dialect, run_fills, "total", "filled", "unread"), rows)

    def of_run(self, run: int) -> ByEndpoint:
        """What a run counted."""
        query = sa.select(run_fills).where(run_fills.c.run == run)
        by_endpoint: ByEndpoint = {}
        for row in self.database.rows(query.order_by(*run_fills.primary_key)):
            fields = by_endpoint.setdefault(row.endpoint, Fills())
            fields[row.field] = Fill(row.total, row.filled, row.unread)
        return by_endpoint

    def last_good(
        self, source: str, before: int | None = None, least: int = 20, some: int = 5
    ) -> ByEndpoint:
        """For each endpoint, what the last complete run without a warning counted.

        Args:
            source: the site.
            before: only runs before this one.
            least: answers that a run must have had from the endpoint to be a measure.
            some: answers of the last run that is one where none had as many.
        """
        query = sa.select(runs.c.id).where(runs.c.source == source, runs.c.outcome == "complete")
        if before is not None:
            query = query.where(runs.c.id < before)
        measures: ByEndpoint = {}
        small: ByEndpoint = {}
        for run in self.database.rows(query.order_by(runs.c.id.desc()).limit(_LOOK_BACK)):
            for endpoint, fields in self.of_run(run.id).items():
                answers = fields.get("answer", Fill()).total
                if answers >= some:
                    (measures if answers >= least else small).setdefault(endpoint, fields)
        return small | measures
