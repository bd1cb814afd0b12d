"""A file that was sent: what it is, which column holds the reviews, and what is refused unread."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from zigbang_nlp.errors import InputError, ZigbangError
from zigbang_nlp.importing import ImportColumns, Look
from zigbang_nlp.importing import look as see
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.tables.columns import guess_roles
from zigbang_nlp.tables.mojibake import mended
from zigbang_nlp.tables.read import read_table
from zigbang_nlp.tables.source import ReadOptions
from zigbang_nlp.tables.text_column import column_of_texts
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.web.problems import Problem

#: Rows of a file, bytes that a packed one may unpack to, seconds that a first look may take: less
#: than a request may, so that nothing is read for a caller who has been answered.
_MOST_ROWS, _MOST_BYTES, _LOOKING = 500_000, 400_000_000, 20.0
#: Texts between two looks at the progress.
_STEP = 256


def ending_of(name: str) -> str:
    """The ending of a file's name, with the one before it where it is packed."""
    endings = Path(name).suffixes[-2:] if name.lower().endswith(".gz") else Path(name).suffixes[-1:]
    return "".join(endings).lower()[-20:]


def look(source: Path, column: str, options: ReadOptions | None = None) -> tuple[str, int]:
    """(the column of texts, rows) of a file.

    Raises:
        Problem: the column isn't there, or can't be told from the others; it names those there are.
        InputError: the file can't be read.
    """
    refuse_bomb(source)
    total, first, ends = 0, pd.DataFrame(), time.monotonic() + _LOOKING
    for chunk in read_table(source, options=options):
        first = first if total else chunk
        total += len(chunk)
        if total > _MOST_ROWS:
            raise Problem(
                422,
                "too-many-rows",
                "행이 {most:,}개보다 많습니다. 나누어 올리거나 `zigbang-nlp predict`를 쓰세요.",
                values={"most": _MOST_ROWS},
            )
        if time.monotonic() > ends:
            raise Problem(
                422,
                "too-slow-to-read",
                "파일을 읽는 데 너무 오래 걸립니다. 나누어 올리거나 `zigbang-nlp predict`를 쓰세요.",
            )
    names, column = [str(name) for name in first.columns], composed(column)
    if column and column not in names:
        raise _which_column(names)
    try:
        return column or column_of_texts(first, guess_roles(first), source.name), total
    except InputError as error:
        raise _which_column(names) from error


def seen_in(source: Path, column: str, options: ReadOptions | None = None) -> Look | None:
    """What `import --look` shows of a file; None where only its texts can be read."""
    try:
        return see(source, options, named=ImportColumns(text=column))
    except InputError:
        return None


def refuse_bomb(source: Path) -> None:
    """Raise the problem that a packed file (a workbook is one) unpacks to too much, if it does."""
    try:
        with zipfile.ZipFile(source) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return  # none, or one that reading refuses in its own words
    if size > _MOST_BYTES:
        raise Problem(
            422,
            "unpacks-too-large",
            "압축을 풀면 {size:,}MB가 되는 파일입니다. {most:,}MB까지 받습니다. 나누어 올려 주세요.",
            values={"size": size // 1_000_000, "most": _MOST_BYTES // 1_000_000},
        )


def under_name(error: ZigbangError, source: Path, name: str) -> InputError:
    """An error about a file that was sent, under the name that its sender gave it."""

    def named(sentence: str) -> str:
        return sentence.replace(str(source), name).replace(source.name, name)

    korean = named(error.korean) if isinstance(error, InputError) else ""
    return InputError(named(error.fact), named(error.next_step), korean)


def small_chunks(
    source: Path, column: str, options: ReadOptions | None = None
) -> Iterator[pd.DataFrame]:
    """The column of texts with all others, in chunks between which progress is told."""
    for chunk in read_table(source, [column], options):
        for at in range(0, len(chunk), _STEP):
            yield chunk.iloc[at : at + _STEP]


def _which_column(names: list[str]) -> Problem:
    values = {"columns": ", ".join(names[:20])}
    errors = [{"column": name} for name in names[:50]]
    whole = next((name for name in map(mended, names) if name is not None), None)
    if whole is None:
        sentence = N_("리뷰가 있는 열을 선택해 주세요. 이 파일의 열: {columns}")
    else:
        values["whole"] = whole
        sentence = N_(
            "열 이름의 인코딩이 깨져 있습니다(‘{whole}’ 같습니다). ‘깨진 글자 되돌리기’를 켜고 다시 올려 주세요. "
            "이 파일의 열: {columns}"
        )
    return Problem(422, "which-column", sentence, errors=errors, values=values)
