"""Partial drift is drift: dates in other spellings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timezone
from typing import Any

from tests.crawl.faults.changes import each, put
from tests.crawl.faults.shorthand import (
    FULL,
    OK,
    RICH,
    SOME,
    add,
    days,
    drift,
    expect,
    fact,
    reviews,
)
from tests.crawl.faults.terms import Phase
from tests.crawl.faults.world import DATE_KEY, moment, years_away


def dates() -> None:
    """Dates in all the spellings that were seen, and dates that can't be."""
    spellings: tuple[tuple[str, str, Callable[[int], Any], str, bool], ...] = (
        (
            "iso_fraction",
            "ISO 8601 with microseconds and offset",
            lambda n: moment(n).strftime("%Y-%m-%dT%H:%M:%S.123456+09:00"),
            r"34:56\.123456\+09:00",
            False,
        ),
        (
            "iso_fraction_z",
            "ISO 8601 in UTC with milliseconds and Z",
            lambda n: moment(n).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.500Z"),  # noqa: UP017
            r"03:34:56\.500Z",
            False,
        ),
        (
            "epoch_seconds",
            "whole seconds since 1970",
            lambda n: int(moment(n).timestamp()),
            rf'"{DATE_KEY}": 1\d{{9}},',
            False,
        ),
        (
            "epoch_milliseconds",
            "milliseconds since 1970",
            lambda n: int(moment(n).timestamp()) * 1000,
            rf'"{DATE_KEY}": 1\d{{12}},',
            False,
        ),
        (
            "epoch_in_text",
            "milliseconds since 1970 as a string",
            lambda n: str(int(moment(n).timestamp()) * 1000),
            rf'"{DATE_KEY}": "1\d{{12}}"',
            False,
        ),
        (
            "dotted",
            "like `2021. 3. 4.`",
            lambda n: f"{moment(n).year}. {moment(n).month}. {moment(n).day}.",
            rf'"{DATE_KEY}": "20\d\d\. \d+\. \d+\."',
            False,
        ),
        (
            "slashes",
            "like `2021/03/04`",
            lambda n: moment(n).strftime("%Y/%m/%d"),
            rf'"{DATE_KEY}": "20\d\d/\d\d/\d\d"',
            False,
        ),
        (
            "korean_month",
            "like `2021년 3월`",
            lambda n: f"{moment(n).year}년 {moment(n).month}월",
            r"20\d\d년 \d+월",
            True,
        ),
    )
    for name, words, spell, shows, month in spellings:
        add(
            "drift",
            f"date_{name}",
            f"Dates of reviews are {words}.",
            Phase(
                expect(signal="none", facts=days(0, 7, 58, 121, 199, month_only=month)),
                world=RICH,
                rules=reviews(put(**{DATE_KEY: spell}), shows),
            ),
        )
    spell_any = [spelling[2] for spelling in spellings]
    add(
        "drift",
        "date_all_spellings_mixed",
        "Each review has its date in another of eight spellings.",
        Phase(
            expect(signal="none", facts=days(*range(7)) + days(7, month_only=True)),
            world=RICH,
            rules=reviews(put(**{DATE_KEY: lambda n: spell_any[n % 8](n)}), DATE_KEY),
        ),
    )
    add(
        "drift",
        "dates_all_unreadable",
        "Every date is a word: `엊그제쯤`.",
        Phase(
            drift(
                SOME,
                FULL,
                rf"{DATE_KEY}|\bdates?\b|written",
                facts=(fact(0, "", "date", None, absent_ok=True),),
                status_say=((rf"{DATE_KEY}|\bdates?\b|written",),),
            ),
            world=RICH,
            rules=reviews(put(**{DATE_KEY: "엊그제쯤"}), "엊그제쯤"),
        ),
    )
    wrong = ("1970-01-01T00:00:00", years_away(12).isoformat(), "0001-01-01", "99999-01-01")
    add(
        "drift",
        "years_that_cannot_be",
        "Every tenth review is of 1970, of twelve years from now, of year 1 or of year 99999.",
        Phase(
            drift(
                FULL,
                FULL,
                rf"{DATE_KEY}|\bdates?\b|\byears?\b|written",
                exit=OK,
                facts=days(1, 2, 99),
            ),
            world=RICH,
            rules=reviews(
                each(lambda e, n: e if n % 10 else e | {DATE_KEY: wrong[n // 10 % len(wrong)]}),
                r'"(1970-01-01T00:00:00|0001-01-01|99999-01-01|20[34]\d-06-15)"',
                apartments=frozenset(range(0, 40, 2)),
            ),
        ),
        unsure="`flagged` may mean a count in --status and not a warning of the run",
    )
