"""How the sender of a file says that it is to be read: the options of `zigbang-nlp import`."""

from __future__ import annotations

from starlette.datastructures import FormData

from zigbang_nlp.tables.source import QUOTING, ReadOptions
from zigbang_nlp.web.pages.forms import text_of
from zigbang_nlp.web.problems import Problem


def options_of(form: FormData) -> ReadOptions:
    """The options in a form; blank ones are found out.

    Raises:
        Problem: the row of the header is no number.
    """
    row = text_of(form, "header_row").strip()
    if row and not (row.isascii() and row.isdecimal() and len(row) < 8):
        raise Problem(422, "wrong-header-row", "머리글 행은 0이나 그보다 큰 정수로 쓰세요.")
    quoting = text_of(form, "quoting")
    return ReadOptions(
        encoding=text_of(form, "encoding").strip()[:40] or None,
        fix_encoding=bool(text_of(form, "fix_encoding")),
        quoting=quoting if quoting in QUOTING else "auto",
        sheet=text_of(form, "sheet").strip()[:100] or None,
        header_row=int(row) if row else None,
    )
