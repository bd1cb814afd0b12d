"""The forms in which people and programs write dates, each read on its own.

A form either says its own order (2015-08-25, 2015년 8월 25일, an Excel serial) or leaves it open
(15.08.25, 08/25/2015); those are decided for a whole column by `tables.dates`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

#: open form -> the orders it may have, the rule's first. Korean order is year, month, day, so two
#: digits each are read that way; the others have no rule.
OPEN_FORMS: dict[str, tuple[str, ...]] = {
    "two-digit": ("ymd", "dmy", "mdy"),
    "year-last": ("mdy", "dmy"),
    "six-digit": ("yymmdd", "yyyymm"),
}

_KOREA = timezone(timedelta(hours=9), "KST")
_ZONES = {"KST": _KOREA, "Z": UTC, "UTC": UTC, "GMT": UTC}
_NUMERIC = re.compile(
    r"(?P<mark>['’`])?(?P<a>\d{1,4})\s*(?:(?P<unit>년)|[.\-/])"
    r"\s*(?P<b>\d{1,2})\s*[.\-/월]"
    r"\s*(?P<c>\d{1,4})\s*[.일]?,?"
    r"(?:\s*[(\[]?(?:[월화수목금토일](?:요일)?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)[)\]]?[.,]?)?"
    r"(?:(?:T|\s+|\s*(?=[오(]))(?:(?P<half>오전|오후|am|pm|a\.m\.|p\.m\.)\s*)?"
    r"(?P<hour>\d{1,2})\s*(?:[:시]\s*(?:(?P<minute>\d{1,2})\s*(?:[:분]\s*"
    r"(?:(?P<second>\d{1,2})(?:[.,](?P<part>\d{1,9}))?\s*초?)?)?)?)?"
    r"\s*(?P<late>am|pm|a\.m\.|p\.m\.)?\s*(?P<zone>Z|UTC|GMT|KST|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_MONTH_NAME = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?")
_EXCEL_BEGINS = datetime(1899, 12, 30)
#: Excel serials from 1954 to 2100; Unix seconds from 1990 to 2100.
_SERIALS = (20_000, 73_050)
_SECONDS = (631_152_000, 4_102_444_800)
#: Digits of the longest number that can be a moment.
_LONGEST = 16
#: Two digits up to this are 20yy and 19yy above it, as POSIX has it.
_PIVOT = 68


class Reading(NamedTuple):
    """One date as it was written.

    Attributes:
        form: "certain", "serial", "epoch", or a key of `OPEN_FORMS`.
        moments: order -> what it is in that order; a certain one has the order "".
    """

    form: str
    moments: Mapping[str, datetime]


def read_form(text: str) -> Reading | None:
    """A date by its form; None where it is none that can be told.

    >>> read_form("2023. 5. 1 오후 3:21:05").moments[""]
    datetime.datetime(2023, 5, 1, 15, 21, 5)
    >>> read_form("15.08.25").moments["ymd"]
    datetime.datetime(2015, 8, 25, 0, 0)
    """
    number = _NUMBER.fullmatch(text)
    if number:
        return _from_number(text, number[1], number[2])
    with contextlib.suppress(ValueError):
        return Reading("certain", {"": datetime.fromisoformat(text)})
    match = _NUMERIC.fullmatch(text)
    if match:
        return _from_parts(match)
    if _MONTH_NAME.search(text):
        return _with_a_month_name(text)
    return None


def _from_parts(match: re.Match[str]) -> Reading | None:
    first, middle, last = match["a"], match["b"], match["c"]
    if len(first) == 4 and len(last) <= 2:
        return _certain(_moment(int(first), int(middle), int(last), match))
    if len(first) > 2 or len(last) == 3:
        return None
    if len(last) == 4:
        day_first = _moment(int(last), int(middle), int(first), match)
        month_first = _moment(int(last), int(first), int(middle), match)
        return _open("year-last", dmy=day_first, mdy=month_first)
    a, b, c = int(first), int(middle), int(last)
    year_first = _moment(_year(a), b, c, match) if len(first) == 2 else None
    if match["unit"] or match["mark"]:
        return _certain(year_first)
    return _open(
        "two-digit",
        ymd=year_first,
        dmy=_moment(_year(c), b, a, match) if len(last) == 2 else None,
        mdy=_moment(_year(c), a, b, match) if len(last) == 2 else None,
    )


def _from_number(text: str, whole: str, fraction: str | None) -> Reading | None:
    digits = len(whole)
    if digits > _LONGEST:
        return None
    if digits == 5 and _SERIALS[0] <= int(whole) <= _SERIALS[1]:
        moment = _EXCEL_BEGINS + timedelta(seconds=round(float(text) * 86_400))
        return Reading("serial", {"": moment})
    if digits == 6 and fraction is None:
        a, b, c = int(whole[:2]), int(whole[2:4]), int(whole[4:])
        month = _moment(int(whole[:4]), c, 1) if whole[:2] in ("19", "20") else None
        return _open("six-digit", yymmdd=_moment(_year(a), b, c), yyyymm=month)
    if fraction is None and digits in (8, 10, 12, 14) and whole[:2] in ("19", "20"):
        with contextlib.suppress(ValueError):
            pattern = "%Y%m%d%H%M%S"[: digits - 2]
            return Reading("certain", {"": datetime.strptime(whole, pattern)})
    for power in (0, 3, 6):
        seconds = int(whole) / 10**power
        if _SECONDS[0] <= seconds <= _SECONDS[1]:
            return Reading("epoch", {"": datetime.fromtimestamp(seconds, UTC)})
    return None


def _with_a_month_name(text: str) -> Reading | None:
    from dateutil import parser

    moments = []
    # What the text leaves out comes from the default: day, month and year must not.
    for default in (datetime(2000, 1, 1), datetime(2003, 2, 2)):
        with contextlib.suppress(ValueError, OverflowError):
            moments.append(parser.parse(text, default=default, tzinfos=_ZONES))
    if len(moments) < 2 or moments[0] != moments[1]:
        return None
    return _certain(moments[0])


def _certain(moment: datetime | None) -> Reading | None:
    return None if moment is None else Reading("certain", {"": moment})


def _open(form: str, **moments: datetime | None) -> Reading | None:
    valid = {order: moment for order, moment in moments.items() if moment is not None}
    return Reading(form, valid) if valid else None


def _year(two_digits: int) -> int:
    return two_digits + (2000 if two_digits <= _PIVOT else 1900)


def _moment(year: int, month: int, day: int, match: re.Match[str] | None = None) -> datetime | None:
    """The moment, or None where there is no such day or hour."""
    with contextlib.suppress(ValueError):
        if match is None or match["hour"] is None:
            return datetime(year, month, day)
        hour = int(match["hour"])
        half = (match["half"] or match["late"] or "").lower().replace(".", "")
        if half and hour <= 12:
            hour = hour % 12 + (12 if half in ("오후", "pm") else 0)
        clock = dt.time(
            hour,
            int(match["minute"] or 0),
            int(match["second"] or 0),
            int((match["part"] or "0")[:6].ljust(6, "0")),
            _zone(match["zone"]),
        )
        return datetime.combine(dt.date(year, month, day), clock)
    return None


def _zone(name: str | None) -> dt.tzinfo | None:
    if name is None:
        return None
    if name.upper() in _ZONES:
        return _ZONES[name.upper()]
    minutes = int(name[1:3]) * 60 + int(name[-2:])
    return timezone(timedelta(minutes=minutes if name[0] == "+" else -minutes))
