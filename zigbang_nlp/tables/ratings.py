"""Ratings as people write them: 4.5, 4,5, 4.5점, ★★★★☆, 5/5."""

from __future__ import annotations

import math
import re
from typing import Any

from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables.cells import as_text, is_missing, shortened

_BLANK = ("", "nan", "none", "null", "n/a", "na", "-", "–", "없음")
_STARS = re.compile(r"([★⭐]️?)+([☆✩])*")
_OF = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*점?\s*(?:/|out of|of)\s*(\d+(?:[.,]\d+)?)\s*점?", re.IGNORECASE
)
_OF_KOREAN = re.compile(r"(\d+)\s*점\s*만점에?\s*(\d+(?:[.,]\d+)?)\s*점")
_UNIT = re.compile(
    r"(?:별점?|평점)?\s*:?\s*(\d+(?:[.,]\d{1,2})?)\s*(?:점|개|stars?|points?|pts?\.?)?",
    re.IGNORECASE,
)


def read_rating(value: Any, scale: float) -> tuple[float | None, bool]:
    """A rating as a number from 0 to `scale`, and whether it had to be converted.

    Args:
        value: the cell. NaN, "-" and the like are no rating.
        scale: the best rating; "4/5" and "★★★★☆" are four fifths of it.

    Raises:
        InputError: it is no rating, or outside 0 to `scale`.

    >>> read_rating("4.5점", 5)
    (4.5, True)
    >>> read_rating("★★★★☆", 10)
    (8.0, True)
    """
    try:
        number, converted = _number(value, scale)
    except _NoRatingError:
        raise file_error("no rating", cell=shortened(value)) from None
    if number is not None and not 0 <= number <= scale:
        raise file_error("rating outside", cell=_shown(value, number), scale=f"{scale:g}")
    return number, converted


def rating_within(value: Any, scale: float) -> float | None:
    """A rating as `read_rating` reads it; None where there is none, or none from 0 to `scale`."""
    try:
        number, _ = _number(value, scale)
    except _NoRatingError:
        return None
    return number if number is not None and 0 <= number <= scale else None


class _NoRatingError(ValueError):
    pass


def _number(value: Any, scale: float) -> tuple[float | None, bool]:
    if is_missing(value):
        return None, False
    if not isinstance(value, str):
        try:
            if isinstance(value, bool):
                raise TypeError
            return float(value), False
        except OverflowError:
            return float("inf"), False
        except (TypeError, ValueError):
            raise _NoRatingError from None
    text = as_text(value).strip()
    if text.lower() in _BLANK:
        return None, bool(text)
    try:
        return float(text), False
    except ValueError:
        return _written(text, scale), True


def _written(text: str, scale: float) -> float:
    if _STARS.fullmatch(text):
        full, empty = (sum(text.count(mark) for mark in marks) for marks in ("★⭐", "☆✩"))
        return full / (full + empty) * scale if empty or full == 5 else float(full)
    for pattern, part, whole in ((_OF, 1, 2), (_OF_KOREAN, 2, 1)):
        match = pattern.fullmatch(text)
        if match and (best := _decimal(match[whole])) > 0:
            return _decimal(match[part]) / best * scale
    match = _UNIT.fullmatch(text)
    if match:
        return _decimal(match[1])
    raise _NoRatingError


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))


def _shown(value: Any, number: float) -> str:
    """The number; where it is too large for one, as it was written."""
    return f"{number:g}" if math.isfinite(number) else shortened(as_text(value))
