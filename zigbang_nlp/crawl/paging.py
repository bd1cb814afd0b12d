"""What answers say of further pages, in the spellings that public APIs use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Whether there is more after this page, and whether it is the last.
_MORE = frozenset(("hasnext", "hasmore", "hasnextpage", "more", "ismore", "morepages"))
_END = frozenset(("isend", "islast", "last", "end", "lastpage", "islastpage"))
#: Where the next page is: a number, an address or a token, none on the last one.
_NEXT = frozenset(("next", "nextpage", "nextcursor", "nexttoken", "nextoffset", "nextkey"))
#: How many pages there are.
_PAGES = frozenset(
    ("totalpages", "totalpage", "pagecount", "pagescount", "numpages", "lastpagenumber")
)
_YES, _NO = frozenset(("true", "y", "yes", "1")), frozenset(("false", "n", "no", "0", "", "null"))


def said_of_pages(key: str, value: Any) -> bool | int | None:
    """What a key says of pages, without what might be more than that; None where it says nothing.

    Args:
        key: in any case, with or without underscores.
        value: a next page's address becomes True; a number of pages stays.
    """
    name = key.replace("_", "").lower()
    if isinstance(value, dict | list) or value is None:
        return None
    word = str(value).strip().lower()
    if name in _MORE | _END:
        return word in _YES if word in _YES | _NO else None
    if name in _NEXT:
        return value is not False and word not in ("", "0", "-1", "false", "null", "none")
    if name in _PAGES:
        return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else None
    return None


def says_more(answer: Mapping[str, Any]) -> bool:
    """Whether an answer says, at its top or one level below, that it is only one page of several."""
    for part in (answer, *answer.values()):
        for key, value in part.items() if isinstance(part, dict) else ():
            said, name = said_of_pages(key, value), key.replace("_", "").lower()
            if said is not None and (
                (not said) if name in _END else said > 1 if name in _PAGES else said
            ):
                return True
    return False
