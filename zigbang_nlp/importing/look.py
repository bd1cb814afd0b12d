"""A look at a file before it is imported: what is in it, and the command that reads it all."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zigbang_nlp.errors import InputError
from zigbang_nlp.importing.label_column import LabelColumn
from zigbang_nlp.importing.recognise import Recognised, recognise
from zigbang_nlp.importing.rows import ImportColumns
from zigbang_nlp.language.file_notes import sentence
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.tables.cells import as_text, is_missing
from zigbang_nlp.tables.dates import DateColumn
from zigbang_nlp.tables.ratings import read_rating
from zigbang_nlp.tables.read import Notes, ReadOptions, read_table
from zigbang_nlp.text.clean import clean, duplicate_key

#: Scales that ratings have, the smallest that holds them all is suggested.
_SCALES = (5.0, 10.0, 100.0)
#: Texts whose repeats are counted; more would take too much memory.
_COUNTED = 1_000_000
#: Labels that a look counts.
_LABELS = 10


#: Words of the table in Korean; categories say themselves.
_KOREAN = {
    **{"reviews": "리뷰", "in Korean": "한글 비율", "ratings": "평점 범위", "dates": "날짜 범위"},
    **{"labels": "라벨", "text": "리뷰 열", "rating": "평점 열", "label": "라벨 열"},
    **{"date": "날짜 열", "apartment": "단지 열", "category": "항목 열", "id": "번호 열"},
    **{"split": "구분 열", "name": "이름", "content": "내용", "five pairs": "다섯 쌍 배치"},
    **CATEGORIES,
}


def _word(english: str, language: str) -> str:
    return _KOREAN.get(english, english) if language == "ko" else english


def _quoted(word: str) -> str:
    """A word as every shell takes it; Hangul needs no quotes."""
    return word if re.fullmatch(r"[\w./:=-]+", word) else f'"{word}"'


@dataclass
class Look:
    """What was seen in a file.

    Attributes:
        file: its path, as it was given.
        recognised: its columns.
        rows: that it has; blank: of them without a text; repeated: whose text stood before.
        hangul: share of the texts that hold Hangul, 0 to 1.
        ratings: lowest and highest rating, None without any.
        dates: first and last date, None without any.
        labels: label -> how often it was met.
        unclear: those of them that only --label-map can tell.
        doubts: what can't be told, of dates and labels.
        notes: what the reader recognised and converted.
    """

    file: str
    recognised: Recognised
    rows: int = 0
    blank: int = 0
    repeated: int = 0
    hangul: float = 0.0
    ratings: tuple[float, float] | None = None
    dates: tuple[str, str] | None = None
    labels: dict[str, int] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def columns(self) -> list[tuple[str, str, str]]:
        """(role, column, how it was found) of each column that seems to have one."""
        if self.recognised.layout is not None:
            return [
                (category, f"{score} + {text}", "five pairs")
                for category, (score, text) in self.recognised.layout.pairs.items()
            ]
        return [(guess.role, guess.column, guess.by) for guess in self.recognised.guesses]

    def table(self, language: str = "en") -> list[tuple[str, str]]:
        """(what, value) of all that was seen, to be shown as a table in "ko" or "en"."""
        counts = {
            "texts": f"{self.rows - self.blank:,}",
            "blank": f"{self.blank:,}",
            "repeated": f"{self.repeated:,}",
        }
        rows = [
            (_word("reviews", language), sentence("look reviews", language, **counts)),
            (_word("in Korean", language), f"{self.hangul:.0%}"),
        ]
        for role, column, how in self.columns():
            values = {"column": column, "how": _word(how, language)}
            rows.append((_word(role, language), sentence("look column", language, **values)))
        if self.ratings is not None:
            low, high = (f"{rating:g}" for rating in self.ratings)
            reach = sentence("look reach", language, low=low, high=high)
            rows.append((_word("ratings", language), reach))
        if self.dates is not None:
            reach = sentence("look reach", language, low=self.dates[0], high=self.dates[1])
            rows.append((_word("dates", language), reach))
        if self.labels:
            labels = ", ".join(f"{label} {count:,}" for label, count in self.labels.items())
            rows.append((_word("labels", language), labels))
        return rows

    def command(self) -> str:
        """The import that reads all that was recognised."""
        words = ["zigbang-nlp", "import", self.file]
        if self.recognised.layout is None:
            for role, column, _ in self.columns():
                if not (role == "text" and column == "text"):
                    words += [f"--{role}-column", column]
            if self.ratings is not None and self.ratings[1] > _SCALES[0]:
                best = next((s for s in _SCALES if self.ratings[1] <= s), self.ratings[1])
                words += ["--rating-scale", f"{best:g}"]
            if self.unclear:
                words += ["--label-map", ",".join(f"{code}=?" for code in self.unclear)]
        return " ".join(map(_quoted, words))


def look(
    path: Path,
    options: ReadOptions | None = None,
    date_format: str | None = None,
    given: ImportColumns | None = None,
) -> Look:
    """Read a file to its end, store nothing, and tell what is in it.

    Args:
        path: see `tables.read_table`.
        options: how to read the file.
        date_format: see `tables.dates.DateColumn`.
        given: columns that were named; None for none.

    Raises:
        InputError: the file can't be read.
    """
    recognised = recognise(path, given, options)
    date_column = next((g.column for g in recognised.guesses if g.role == "date"), None)
    orders: dict[str, str] = {}
    while True:
        dates = DateColumn(date_column, date_format, orders) if date_column else None
        seen = _look(path, options, recognised, dates)
        if dates is None:
            return seen
        try:
            decided = dates.decided()
        except InputError as error:
            seen.doubts.append(str(error))
            return seen
        if all(dates.orders[form] == order for form, order in decided.items()):
            dates.note_orders(seen.notes)
            return seen
        orders = decided


def _look(
    path: Path, options: ReadOptions | None, recognised: Recognised, dates: DateColumn | None
) -> Look:
    seen = Look(str(path), recognised)
    roles = {guess.role: guess.column for guess in recognised.guesses}
    rating = "rating" if recognised.layout else roles.get("rating")
    labels = LabelColumn(roles["label"], None) if "label" in roles else None
    keys: set[int] = set()
    korean = 0
    for row in _rows(path, options, recognised, seen.notes):
        seen.rows += 1
        text = as_text(row.get(recognised.columns.text))
        if not clean(text):
            seen.blank += 1
            continue
        korean += any("가" <= letter <= "힣" for letter in text)
        key = hash(duplicate_key(text))
        seen.repeated += key in keys
        if len(keys) < _COUNTED:
            keys.add(key)
        if labels is not None:
            with contextlib.suppress(InputError):
                labels.read(row.get(labels.name))
        if rating is not None:
            seen.ratings = _wider(seen.ratings, _number(row.get(rating)))
        if dates is not None and not is_missing(row.get(dates.name)):
            moment, _ = dates.read(row[dates.name])
            if moment is not None:
                day = f"{moment:%Y-%m-%d}"
                first, last = seen.dates or (day, day)
                seen.dates = min(first, day), max(last, day)
    seen.hangul = korean / max(seen.rows - seen.blank, 1)
    if labels is not None:
        seen.labels, seen.unclear = dict(labels.seen.most_common(_LABELS)), labels.unclear()
        try:
            labels.check()
        except InputError as error:
            seen.doubts.append(str(error))
    return seen


def _rows(
    path: Path, options: ReadOptions | None, recognised: Recognised, notes: Notes
) -> Iterator[dict[Any, Any]]:
    for piece in read_table(path, options=options, notes=notes):
        yield from recognised.rows(piece).to_dict("records")


def _number(cell: Any) -> float | None:
    for scale in _SCALES:
        with contextlib.suppress(InputError):
            return read_rating(cell, scale)[0]
    return None


def _wider(reach: tuple[float, float] | None, number: float | None) -> tuple[float, float] | None:
    if number is None:
        return reach
    low, high = reach or (number, number)
    return min(low, number), max(high, number)
