"""What answers say of further pages, in the spellings that public APIs use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What keys say, in lower case and without underscores: whether there is more after this page,
#: whether it is the last, where the next one is (a number, an address, a token), how many there are.
_MEANINGS = dict.fromkeys(
    ("hasnext", "hasmore", "hasnextpage", "more", "ismore", "morepages"), "more"
)
_MEANINGS |= dict.fromkeys(("isend", "islast", "last", "end", "lastpage", "islastpage"), "end")
_MEANINGS |= dict.fromkeys(
    ("next", "nextpage", "nextcursor", "nexttoken", "nextoffset", "nextkey"), "next"
)
_MEANINGS |= dict.fromkeys(
    ("totalpages", "totalpage", "pagecount", "pagescount", "numpages"), "pages"
)
_YES, _NO = frozenset(("true", "y", "yes", "1")), frozenset(("false", "n", "no", "0", "", "null"))
#: Letters of the longest of them, underscores and all.
_LONGEST = 20


def paging_meaning(key: str, value: Any) -> bool | int | None:
    """What a key says of pages, without what might be more than that; None where it says nothing.

    Args:
        key: in any case, with or without underscores.
        value: a next page's address becomes True; a number of pages stays.
    """
    meaning = _meaning(key)
    if not meaning or isinstance(value, dict | list) or value is None:
        return None
    word = str(value).strip().lower()
    if meaning in ("more", "end"):
        return word in _YES if word in _YES | _NO else None
    if meaning == "next":
        return value is not False and word not in ("", "0", "-1", "false", "null", "none")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else None


def _meaning(key: str) -> str:
    if len(key) > _LONGEST:
        return ""
    return _MEANINGS.get(key) or _MEANINGS.get(key.replace("_", "").lower(), "")


def says_more(answer: Mapping[str, Any]) -> bool:
    """Whether an answer says, at its top or one level below, that it is only one page of several."""
    for part in (answer, *answer.values()):
        for key, value in part.items() if isinstance(part, dict) else ():
            more = paging_meaning(key, value)
            if more is None:
                continue
            meaning = _meaning(key)
            if (not more) if meaning == "end" else more > 1 if meaning == "pages" else more:
                return True
    return False
