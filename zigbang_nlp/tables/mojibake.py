"""Text that was once decoded with the wrong encoding: ì£¼ì°¨, ÁÖÂ÷, 二쇱감 for 주차."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable

import ftfy.bad_codecs  # noqa: F401 - knows cp1252 with its five holes filled
import pandas as pd

from zigbang_nlp.language.bilingual import Bilingual
from zigbang_nlp.language.file_errors import example, part, quoted
from zigbang_nlp.tables.cells import shortened
from zigbang_nlp.tables.source import Notes

#: What the bytes of Hangul look like in cp1252 and Latin-1; and what they look like in CP949.
_LATIN = re.compile("[\u0080-\u00ff\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2}")
_HANJA = re.compile("[\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile("[가-힣]")
_NOT_HANGUL = re.compile("[^가-힣\x00-\x7f]")
#: (decoded with, really).
_WAYS = (
    ("sloppy-windows-1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("sloppy-windows-1252", "cp949"),
    ("latin-1", "cp949"),
)
#: Cells of a column of a chunk that are looked at; where one is broken, all are.
_SAMPLE = 500


def mended(text: str) -> str | None:
    """The text as it was before it was decoded wrongly; None where it wasn't.

    >>> mended("ÁÖÂ÷°¡ Æí"), mended("ì£¼ì°¨"), mended("café")
    ('주차가 편', '주차', None)
    """
    if _LATIN.search(text) and not _HANGUL.search(text):
        ways: Iterable[tuple[str, str]] = _WAYS
    elif _HANJA.search(text):
        ways = (("cp949", "utf-8"),)
    else:
        return None
    for wrong, right in ways:
        try:
            whole = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        # By chance the bytes give other letters too, of which Koreans write few.
        if len(_HANGUL.findall(whole)) > 2 * len(_NOT_HANGUL.findall(whole)):
            return whole
    return None


def known_columns(names: Iterable[Hashable]) -> Bilingual:
    """The columns that there are, as the next step after one that isn't; says if they are broken."""
    columns = [str(name) for name in names]
    broken = next((whole for whole in map(mended, columns) if whole is not None), None)
    if broken:
        return part("broken columns", names=quoted(columns), whole=repr(broken))
    return part("columns", names=quoted(columns))


def mend_chunk(chunk: pd.DataFrame, fix: bool, before: int, notes: Notes) -> pd.DataFrame:
    """Find broken texts in a chunk of a table, in the names of its columns too.

    Args:
        chunk: rows.
        fix: put them right; otherwise they are only noted.
        before: rows of the file before these.
        notes: what was found is noted.
    """
    kind = "mended" if fix else "mojibake"
    renamed = {c: whole for c in chunk.columns if isinstance(c, str) and (whole := mended(c))}
    for name, whole in renamed.items():
        if before == 0:
            notes.add(kind, example("name", column=name, whole=whole))
    for column in chunk.columns:
        cells = chunk[column]
        if cells.dtype.kind != "O" and not pd.api.types.is_string_dtype(cells.dtype):
            continue
        looked_at = cells if fix else cells.iloc[:_SAMPLE]
        if not any(type(cell) is str and mended(cell) for cell in looked_at.tolist()):
            continue
        values = cells.tolist()
        for row, cell in enumerate(values):
            whole = mended(cell) if type(cell) is str else None
            if whole is not None:
                number, shown = before + row + 1, shortened(cell, 30)
                notes.add(kind, example("refused", row=number, fact=shown))
                values[row] = whole
        if fix:
            chunk = chunk.assign(**{column: pd.Series(values, index=chunk.index, dtype=object)})
    return chunk.rename(columns=renamed) if fix and renamed else chunk
