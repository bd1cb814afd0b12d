"""What became of the rows of a file: the one account that the command line and the web show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from zigbang_nlp.language.file_notes import note_sentence, sentence
from zigbang_nlp.store import Counts
from zigbang_nlp.tables.source import Notes


@dataclass
class ImportSummary:
    """What was read, left out, converted and stored.

    Attributes:
        file: its name.
        rows: of the file; all of them are in `stored` or in `skipped`.
        skipped: reason -> rows left out.
        stored: rows that were new, changed, there already, or repeat an earlier row of the file.
        notes: what was recognised and converted, with examples.
        undated: rows whose date can't be read.
        first_date, last_date: of the reviews that were stored, as written; None without dates.
    """

    file: str = ""
    rows: int = 0
    undated: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    stored: Counts = field(default_factory=Counts)
    notes: Notes = field(default_factory=Notes)
    first_date: date | None = None
    last_date: date | None = None

    def see_date(self, moment: datetime) -> None:
        """Widen the range of dates."""
        day = moment.date()
        if self.first_date is None or day < self.first_date:
            self.first_date = day
        if self.last_date is None or day > self.last_date:
            self.last_date = day

    def lines(self, language: str = "en") -> list[str]:
        """The account as sentences in "ko" or "en", the counts first."""
        counts = {
            "file": self.file,
            "count": f"{self.rows:,}",
            "new": f"{self.stored.new:,}",
            "changed": f"{self.stored.changed:,}",
            "seen": f"{self.stored.seen:,}",
        }
        lines = [sentence("import counts", language, n=self.rows, **counts)]
        if self.stored.repeated:
            lines.append(sentence("repeated rows", language, count=f"{self.stored.repeated:,}"))
        if self.stored.conflicting:
            count = f"{self.stored.conflicting:,}"
            lines.append(sentence("conflicting rows", language, count=count))
        if self.first_date and self.last_date:
            days = {"first": str(self.first_date), "last": str(self.last_date)}
            lines.append(sentence("date range", language, **days))
        return lines + [note_sentence(note, language) for note in self.notes]
