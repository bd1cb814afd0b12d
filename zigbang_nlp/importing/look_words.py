"""What a look at a file has seen, told as a table and as the command that imports it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from zigbang_nlp.importing.recognise import Recognised
from zigbang_nlp.language.file_notes import sentence
from zigbang_nlp.language.i18n import N_, translated
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.tables.columns import SCALES
from zigbang_nlp.tables.source import Notes, ReadOptions

#: Words of the table as the catalogue has them; categories say themselves.
_KOREAN = {
    "format": N_("형식"),
    "encoding": N_("인코딩"),
    "delimiter": N_("구분 문자"),
    "sheet": N_("시트"),
    "header row": N_("머리글 행"),
    "commas": N_("쉼표"),
    "tabs": N_("탭"),
    "semicolons": N_("세미콜론"),
    "bars": N_("세로줄"),
    "none": N_("없음"),
    "reviews": N_("리뷰"),
    "in Korean": N_("한글 비율"),
    "ratings": N_("평점 범위"),
    "dates": N_("날짜 범위"),
    "labels": N_("라벨"),
    "text": N_("리뷰 열"),
    "rating": N_("평점 열"),
    "label": N_("라벨 열"),
    "date": N_("날짜 열"),
    "apartment": N_("단지 열"),
    "category": N_("항목 열"),
    "id": N_("번호 열"),
    "split": N_("데이터 구분 열"),
    "name": N_("이름"),
    "option": N_("지정"),
    "content": N_("내용"),
    "five pairs": N_("다섯 쌍 배치"),
    **CATEGORIES,
}
#: What is told of how a file was read, in this order, as far as its format has it.
_FACTS = ("format", "encoding", "delimiter", "sheet", "header row")


@dataclass
class Look:
    """What was seen in a file.

    Attributes:
        file: its path, as it was given.
        recognised: its columns.
        options: how it was read; date_format: likewise, None where nobody has said it.
        rows: that it has; blank: of them without a text; repeated: whose text stood before.
        bad: rows that have a value which an import refuses.
        hangul: share of the texts that hold Hangul, 0 to 1.
        ratings: lowest and highest rating, None without any.
        dates: first and last date, None without any.
        labels: label -> how often it was met.
        unclear: those of them that only --label-map can tell.
        undecided: whether only --date-format can tell the order of the dates.
        doubts: what can't be told, of dates and labels.
        notes: what the reader recognised and converted.
    """

    file: str
    recognised: Recognised
    options: ReadOptions = field(default_factory=ReadOptions)
    date_format: str | None = None
    rows: int = 0
    blank: int = 0
    repeated: int = 0
    bad: int = 0
    hangul: float = 0.0
    ratings: tuple[float, float] | None = None
    dates: tuple[str, str] | None = None
    labels: dict[str, int] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    undecided: bool = False
    doubts: list[str] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def columns(self) -> list[tuple[str, str, str]]:
        """(role, column, how it was found) of each column that seems to have one."""
        if self.recognised.layout is not None:
            return [
                (category, f"{score} + {text}", "five pairs")
                for category, (score, text) in self.recognised.layout.pairs.items()
            ]
        columns = {guess.role: (guess.column, guess.by) for guess in self.recognised.guesses}
        for role, column in vars(self.recognised.columns).items():
            if column is not None and columns.get(role, ("", ""))[0] != column:
                columns.pop(role, None)
                columns = {role: (column, "option")} | columns
        return [(role, column, how) for role, (column, how) in columns.items()]

    def table(self, language: str = "en") -> list[tuple[str, str]]:
        """(what, value) of all that was seen, to be shown as a table in "ko" or "en"."""
        facts = {name: self.notes.facts.get(name) for name in _FACTS}
        rows = [(_word(k, language), _word(v, language)) for k, v in facts.items() if v is not None]
        counts = {
            "texts": f"{self.rows - self.blank:,}",
            "blank": f"{self.blank:,}",
            "repeated": f"{self.repeated:,}",
        }
        rows.append((_word("reviews", language), sentence("look reviews", language, **counts)))
        rows.append((_word("in Korean", language), f"{self.hangul:.0%}"))
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
        """The import that reads all that was recognised; ? stands for what only people know."""
        words = ["zigbang-nlp", "import", self.file]
        if self.recognised.layout is None:
            for role, column, _ in self.columns():
                if not (role == "text" and column == "text"):
                    words += [f"--{role}-column", column]
            if self.ratings is not None and self.ratings[1] > SCALES[0]:
                best = next((s for s in SCALES if self.ratings[1] <= s), self.ratings[1])
                words += ["--rating-scale", f"{best:g}"]
            if self.unclear:
                words += ["--label-map", ",".join(f"{code}=?" for code in self.unclear)]
        if self.date_format or self.undecided:
            words += ["--date-format", self.date_format or "?"]
        return " ".join(map(_quoted, [*words, *_flags(self.options)]))


def _flags(options: ReadOptions) -> list[str]:
    """The options that differ from what is usual, as a command line has them."""
    words = []
    for name, usual in vars(ReadOptions()).items():
        value = getattr(options, name)
        if value != usual:
            flag = f"--{name.replace('_', '-')}"
            words += [flag] if value is True else [flag, str(value)]
    return words


def _word(english: str, language: str) -> str:
    known = language == "ko" and english in _KOREAN
    return translated(_KOREAN[english], language) if known else english


def _quoted(word: str) -> str:
    """A word as every shell takes it; Hangul needs no quotes."""
    if re.fullmatch(r"[\w./:=-]+", word):
        return word
    return shlex.quote(word) if set('"$`\\!') & set(word) else f'"{word}"'
