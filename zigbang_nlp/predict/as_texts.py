"""What a caller gives as texts: a list, a column, a generator, or one text alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zigbang_nlp.errors import InputError

#: What to do about a missing text.
_BLANK = 'Drop the missing ones, or give "" for them: a blank text gets no label.'


def as_texts(texts: Any) -> list[str]:
    """The texts that a caller means, each read once.

    Args:
        texts: one text; or several as a list, tuple, generator, NumPy array, or a pandas, Polars or
            Arrow column.

    Raises:
        InputError: it is no text and holds none (a table, a mapping, a number), or one of them is
            none (None, NaN, bytes), which is named with its index.

    >>> as_texts("역이 가까워요")
    ['역이 가까워요']
    >>> as_texts(name for name in ("가", "나"))
    ['가', '나']
    """
    if isinstance(texts, str):
        return [str(texts)]
    if hasattr(texts, "columns") or isinstance(texts, Mapping):
        raise InputError(
            f"A {_named(texts)} is not a list of texts.", 'Give one of its columns: table["text"].'
        )
    if isinstance(texts, (bytes, bytearray)):
        raise InputError(
            "Bytes are not text.", 'Decode them first: data.decode("utf-8"), or "cp949".'
        )
    if hasattr(texts, "to_pylist"):  # an Arrow column, whose scalars aren't Python's
        texts = texts.to_pylist()
    if not isinstance(texts, Iterable) or getattr(texts, "ndim", 1) == 0:
        raise InputError(f"{texts!r} is not text.", "Give a text or a list of texts.")
    listed = list(texts)
    for index, text in enumerate(listed):
        if not isinstance(text, str):
            raise InputError(
                f"The text at index {index} is {_shown(text)}, not a text.",
                _BLANK if _missing(text) else "Give a str for each text.",
            )
    return listed


def _missing(value: object) -> bool:
    """None, NaN and pandas' NA and NaT differ from themselves, or can't tell."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def _shown(value: object) -> str:
    if value is None or _missing(value):
        return str(value)
    return f"{value!r:.60} ({_named(value)})"


def _named(value: object) -> str:
    return type(value).__name__
