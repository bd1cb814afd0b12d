"""How a look at a file is told: as a table, and as the command that imports it."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from zigbang_nlp.language.file_notes import sentence
from zigbang_nlp.language.i18n import N_, translated
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.tables.columns import SCALES
from zigbang_nlp.tables.source import ReadOptions

if TYPE_CHECKING:
    from zigbang_nlp.importing.look import Look

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


def look_table(seen: Look, language: str = "en") -> list[tuple[str, str]]:
    """(what, value) of all that was seen in a file, in "ko" or "en"."""
    facts = {name: seen.notes.facts.get(name) for name in _FACTS}
    rows = [(_word(k, language), _word(v, language)) for k, v in facts.items() if v is not None]
    counts = {
        "texts": f"{seen.rows - seen.blank:,}",
        "blank": f"{seen.blank:,}",
        "repeated": f"{seen.repeated:,}",
    }
    rows.append((_word("reviews", language), sentence("look reviews", language, **counts)))
    rows.append((_word("in Korean", language), f"{seen.hangul:.0%}"))
    for role, column, how in seen.columns():
        values = {"column": column, "how": _word(how, language)}
        rows.append((_word(role, language), sentence("look column", language, **values)))
    if seen.ratings is not None:
        low, high = (f"{rating:g}" for rating in seen.ratings)
        reach = sentence("look reach", language, low=low, high=high)
        rows.append((_word("ratings", language), reach))
    if seen.dates is not None:
        reach = sentence("look reach", language, low=seen.dates[0], high=seen.dates[1])
        rows.append((_word("dates", language), reach))
    if seen.labels:
        labels = ", ".join(f"{label} {count:,}" for label, count in seen.labels.items())
        rows.append((_word("labels", language), labels))
    return rows


def import_command(seen: Look) -> str:
    """The import that reads all that was recognised; ? stands for what only people know."""
    words = ["zigbang-nlp", "import", seen.file]
    if seen.recognised.layout is None:
        for role, column, _ in seen.columns():
            if not (role == "text" and column == "text"):
                words += [f"--{role}-column", column]
        if seen.ratings is not None and seen.ratings[1] > SCALES[0]:
            best = next((s for s in SCALES if seen.ratings[1] <= s), seen.ratings[1])
            words += ["--rating-scale", f"{best:g}"]
        if seen.unclear:
            words += ["--label-map", ",".join(f"{code}=?" for code in seen.unclear)]
    if seen.date_format or seen.undecided:
        words += ["--date-format", seen.date_format or "?"]
    return " ".join(map(_quoted, [*words, *_flags(seen.options)]))


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
