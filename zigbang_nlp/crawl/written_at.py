"""When a review was written, in any spelling that a site was seen to use."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from dateutil import parser

#: Sites of Korea show Korean time.
KOREA = timezone(timedelta(hours=9))
#: No site of this kind is older.
FIRST_YEAR = 2000
#: Numbers from here on are milliseconds: as seconds they would be the year 5138; and so on.
_MILLISECONDS, _MICROSECONDS, _NANOSECONDS = 100_000_000_000, 10**14, 10**17
_WORDS = str.maketrans({"년": "-", "월": "-", "일": " ", "시": ":", "분": ":", "초": " "})
_WEEKDAY = re.compile(r"\([월화수목금토일](요일)?\)|[월화수목금토일]요일")
_HALVES = {"오전": "AM", "오후": "PM"}
_HALF_DAY = re.compile(r"(오전|오후)\s*(\d{1,2}:\s*\d{1,2}(?::\s*\d{1,2})?)")
#: The year comes first, and the month is there: "3" or "2021" alone is no date.
_DATED = re.compile(r"(\d{4})(?:\s*[-./]\s*(\d{1,2})(?:\s*[-./]\s*(\d{1,2}))?|(\d\d)(\d\d))(?!\d)")
#: 21.03.04 as Koreans write it; with slashes or dashes it could be read in several ways.
_SHORT_YEAR = re.compile(r"^(\d\d\.\s?\d{1,2}\.\s?\d{1,2})(?!\d)")
#: A month by its English name beside a whole year leaves nothing to guess.
_ENGLISH = re.compile(
    r"^(?=.*\b\d{4}\b).*\b\d{0,2}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b",
    re.IGNORECASE,
)
_DASHES = str.maketrans("–—·", "--.")
_JANUARY = datetime(FIRST_YEAR, 1, 1)  # fills in a day that is left out: the first


def moment(value: object) -> datetime:
    """A date or time, without an offset: Korean time, as the site's readers see it.

    ISO 8601 with or without fractions and offset, seconds to nanoseconds since 1970 (numbers or
    text), `2021. 3. 4.`, `21.03.04`, `2021/03/04`, `2021년 3월 4일 (목) 오후 3시 5분`, `2021년 3월`
    (its first day), `Thu, 04 Mar 2021 05:06:07 GMT`.

    Raises:
        ValueError: it is no date, or no such year exists.

    >>> moment("2021. 3. 4.")
    datetime.datetime(2021, 3, 4, 0, 0)
    >>> moment(1614828896000)
    datetime.datetime(2021, 3, 4, 12, 34, 56)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a date")
    if isinstance(value, str):
        text = value.strip()
        if re.fullmatch(r"(?:\d{9,13}|\d{16}|\d{19})(\.\d+)?", text):
            return _since_1970(float(text))
        if re.fullmatch(r"\d{14}", text):
            text = f"{text[:8]}T{text[8:]}"
        return _written(text)
    return _since_1970(float(value))


def possible(when: datetime) -> bool:
    """Whether a review can be of this year: 2000 to next year."""
    return FIRST_YEAR <= when.year <= datetime.now(KOREA).year + 1


def _since_1970(number: float) -> datetime:
    size = abs(number)
    parts = 1e9 if size >= _NANOSECONDS else 1e6 if size >= _MICROSECONDS else 1e3
    seconds = number / parts if size >= _MILLISECONDS else number
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone(KOREA).replace(tzinfo=None)
    except (OverflowError, OSError) as error:
        raise ValueError("no such date") from error


def _written(text: str) -> datetime:
    text = _WEEKDAY.sub(" ", text.translate(_DASHES))
    if _ENGLISH.search(text):
        return _parsed(text)
    text = _SHORT_YEAR.sub(r"20\1", text)
    if re.match(r"\d{4}\s*년", text):
        text = re.sub(r"시(?!\s*\d)", ":00", text).translate(_WORDS)
        text = re.sub(r":\s+(?=\d)", ":", text)
    text = _HALF_DAY.sub(lambda match: f"{match[2]} {_HALVES[match[1]]}", text)
    dated = _DATED.match(text)
    if dated is None:
        raise ValueError("not a date")
    day = "-".join(part.zfill(2) for part in dated.groups() if part)
    time = text[dated.end() :].lstrip("-./ T").rstrip("-.: ")
    return _parsed(f"{day} {time}")


def _parsed(text: str) -> datetime:
    try:
        when: datetime = parser.parse(text, default=_JANUARY, yearfirst=True)
    except (parser.ParserError, OverflowError) as error:
        raise ValueError("not a date") from error
    return when if when.tzinfo is None else when.astimezone(KOREA).replace(tzinfo=None)
