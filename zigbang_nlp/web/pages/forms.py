"""Forms of our own pages: their token checked, their fields as text, the way back."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import FormData

from zigbang_nlp.web.pages.render import check_form


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
