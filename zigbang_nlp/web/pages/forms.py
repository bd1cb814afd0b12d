"""Forms of our own pages: their token checked, their fields as text, the way back."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import FormData

from zigbang_nlp.tables.source import QUOTING, ReadOptions
from zigbang_nlp.web.pages.render import check_form
from zigbang_nlp.web.problems import Problem


async def form_of(request: Request, fields: int = 10) -> FormData:
    """The fields of a form that one of our own pages sent.

    Raises:
        Problem: it comes from elsewhere.
    """
    form = await request.form(max_files=0, max_fields=fields)
    check_form(request, text_of(form, "csrf"))
    return form


def text_of(form: FormData, name: str) -> str:
    """A field's text; "" for one that is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def own_address(target: str) -> str:
    """An address of this server; a stranger's link must not lead elsewhere."""
    own = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if own and target.isprintable() else "/"


def options_of(form: FormData) -> ReadOptions:
    """How the sender of a file says that it is to be read; what is left blank is found out.

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
