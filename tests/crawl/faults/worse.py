"""A worse answer never replaces a better one."""

from __future__ import annotations

from typing import Any

from tests.crawl.faults.changes import each, put, rename, whole, without
from tests.crawl.faults.shorthand import (
    ALL_APIS,
    BAD,
    FULL,
    HTML,
    NOT_USAGE,
    OK,
    OK_OR_DRIFT,
    ONLY,
    OVERALL,
    REFRESH,
    RICH_NO_ID,
    TOTAL_WORDS,
    VICTIM_ID,
    add,
    cut_json,
    days,
    drift,
    expect,
    fact,
    first_run,
    reply,
    reviews,
)
from tests.crawl.faults.terms import ANY, NONE, Bound, Change, Fact, Phase, Rule, Where
from tests.crawl.faults.world import (
    AUTHOR_KEY,
    CATEGORIES,
    DATE_KEY,
    SCORE_KEYS,
    apartment_id,
    mark,
    moment,
)


def worse() -> None:
    """A sound first run, then a refresh that has less to give."""
    keeps = (
        *days(0, 46, 199),
        *(fact(n, "", "author", not_null=True) for n in (0, 46)),
        *(fact(n, c, "score", mark(n, c)) for n in (0, 46) for c in CATEGORIES),
    )
    gone = (DATE_KEY, AUTHOR_KEY, *SCORE_KEYS.values())
    lost = rf"{DATE_KEY}|{AUTHOR_KEY}|\bdates?\b|\bauthors?\b|\bscores?\b|nickname|written"
    date_words = rf"{DATE_KEY}|\bdates?\b|written"
    author_words = rf"{AUTHOR_KEY}|\bauthors?\b|nickname"
    cases: tuple[tuple[str, str, Change, str, str, str], ...] = (
        (
            "nulls_on_refresh",
            "dates, nicknames and scores are null",
            put(**dict.fromkeys(gone)),
            lost,
            '"careScore": null',
            "",
        ),
        (
            "empty_strings_on_refresh",
            "dates and nicknames are empty strings",
            put(**{DATE_KEY: "", AUTHOR_KEY: ""}),
            lost,
            f'"{DATE_KEY}": ""',
            "",
        ),
        (
            "fields_gone_on_refresh",
            "dates, nicknames and scores are left out",
            without(*gone),
            lost,
            "",
            f"{DATE_KEY}|careScore",
        ),
        ("date_gone_on_refresh", "dates are left out", without(DATE_KEY), date_words, "", DATE_KEY),
        (
            "date_renamed_on_refresh",
            "the date is called writtenWhenever",
            rename({DATE_KEY: "writtenWhenever"}),
            date_words,
            "writtenWhenever",
            DATE_KEY,
        ),
        (
            "date_unreadable_on_refresh",
            "each date is a word",
            put(**{DATE_KEY: "엊그제쯤"}),
            date_words,
            "엊그제쯤",
            "",
        ),
        (
            "author_gone_on_refresh",
            "nicknames are left out",
            without(AUTHOR_KEY),
            author_words,
            "",
            AUTHOR_KEY,
        ),
        (
            "scores_null_on_refresh",
            "scores are null",
            put(**dict.fromkeys(SCORE_KEYS.values())),
            r"score",
            '"careScore": null',
            "",
        ),
        (
            "overall_pair_gone_on_refresh",
            "the overall pair is renamed",
            rename(OVERALL),
            TOTAL_WORDS,
            "overallDesc",
            '"desc"',
        ),
        (
            "two_texts_null_on_refresh",
            "two of the five texts are null",
            put(careDesc=None, aroundDesc=None),
            r"\bcare|단지관리",
            '"careDesc": null',
            "",
        ),
    )
    for name, words, change, pattern, shows, lacks in cases:
        add(
            "worse",
            name,
            f"The first answers are rich; on refresh {words} in every review.",
            first_run(facts=keeps),
            Phase(
                drift(FULL, FULL, pattern, facts=keeps),
                flags=REFRESH,
                rules=reviews(change, shows, lacks),
            ),
        )
    add(
        "worse",
        "unreadable_answer_on_refresh",
        f"On refresh the reviews of apartment {VICTIM_ID} have a shape nobody knows; then the "
        "store is read again from its raw answers.",
        first_run(facts=keeps),
        Phase(
            expect(failed=Bound(1, 1), say=((VICTIM_ID,),), facts=keeps),
            flags=REFRESH,
            rules=reviews(
                whole(lambda a: {"payload": {"v": 2}}), '"payload"', '"data"', apartments=ONLY
            ),
        ),
        Phase(
            expect(failed=Bound(0, 1), facts=keeps, requests=dict.fromkeys(ALL_APIS, NONE)),
            flags=("--reparse",),
        ),
    )
    add(
        "worse",
        "everything_unreadable_on_refresh",
        "On refresh all reviews answers have a shape nobody knows; then --reparse.",
        first_run(facts=keeps),
        Phase(
            drift(FULL, FULL, r"payload", exit=BAD, failed=Bound(1), facts=keeps),
            flags=REFRESH,
            rules=reviews(whole(lambda a: {"payload": {"v": 2}}), '"payload"', '"data"'),
        ),
        Phase(
            expect(
                failed=ANY,
                exit=NOT_USAGE,
                facts=keeps,
                requests=dict.fromkeys(ALL_APIS, NONE),
            ),
            flags=("--reparse",),
        ),
    )
    for name, words, rules, failed, exits, say in (
        (
            "html_on_refresh",
            "every reviews answer is an HTML page with status 200",
            reply("reviews", 200, HTML, "text/html; charset=utf-8", shows="점검 중"),
            Bound(1),
            BAD,
            r"reviews",
        ),
        (
            "truncated_on_refresh",
            f"the reviews of apartment {VICTIM_ID} are cut off in the middle",
            (cut_json(ONLY)),
            Bound(1, 1),
            OK,
            VICTIM_ID,
        ),
        (
            "cells_empty_on_refresh",
            "every list of apartments is empty",
            (
                Rule(
                    ("cells",),
                    whole(lambda a: {key: [] for key in a}),
                    shows=r'\{"(filtered|vrItems)": \[\]',
                ),
            ),
            ANY,
            NOT_USAGE,
            r"filtered|items|empty|apartments?|cells?",
        ),
        (
            "reviews_empty_on_refresh",
            "every apartment has an empty list of reviews and a count of 0",
            reviews(
                whole(lambda a: {"data": [], "summary": a["summary"] | {"reviewCount": 0}}),
                r'"data": \[\]',
            ),
            ANY,
            NOT_USAGE,
            r"vanish|gone|missing|disappear|no longer|empty|reviews",
        ),
        (
            "reviews_404_on_refresh",
            "every reviews answer is 404",
            reply("reviews", 404, '{"code": "404"}'),
            ANY,
            NOT_USAGE,
            r"404|no longer|gone",
        ),
    ):
        add(
            "worse",
            name,
            f"A sound first run; on refresh {words}.",
            first_run(facts=keeps),
            Phase(
                expect(
                    failed=failed,
                    exit=exits,
                    signal="any" if exits is OK else "told",
                    say=((say,),),
                    facts=keeps,
                ),
                flags=REFRESH,
                rules=rules,
            ),
        )

    def two_vanish(answer: Any, where: Where) -> Any:
        del answer["data"][3:]
        answer["summary"]["reviewCount"] = 3
        return answer

    add(
        "worse",
        "reviews_vanish",
        "On refresh two of five reviews of every apartment are no longer there (80 in all).",
        first_run(facts=keeps),
        Phase(
            expect(
                exit=OK_OR_DRIFT,
                say=((r"\b(80|400)\b",), (r"vanish|gone|missing|disappear|no longer|not seen",)),
                facts=keeps,
            ),
            flags=REFRESH,
            rules=reviews(two_vanish, '"reviewCount": 3'),
        ),
    )
    respelled: tuple[tuple[str, str, Change, str], ...] = (
        (
            "dates_respelled",
            "dates are spelled `2021. 3. 4.`",
            put(**{DATE_KEY: lambda n: f"{moment(n).year}. {moment(n).month}. {moment(n).day}."}),
            r'"20\d\d\. \d+\. \d+\."',
        ),
        (
            "dates_become_epochs",
            "dates are milliseconds",
            put(**{DATE_KEY: lambda n: int(moment(n).timestamp()) * 1000}),
            rf'"{DATE_KEY}": 1\d{{12}}',
        ),
        (
            "scores_become_strings",
            "scores are strings",
            put(**{k: lambda n, c=c: str(mark(n, c)) for c, k in SCORE_KEYS.items()}),
            '"careScore": "[1-5]"',
        ),
        (
            "scores_become_decimals",
            "scores are written 4.0",
            put(**{k: lambda n, c=c: float(mark(n, c)) for c, k in SCORE_KEYS.items()}),
            r'"careScore": [1-5]\.0',
        ),
    )
    for name, words, change, shows in respelled:
        add(
            "worse",
            name,
            f"Reviews have no id of their own; on refresh {words}, with the same meaning.",
            first_run(RICH_NO_ID, facts=days(0, 46)),
            Phase(
                expect(
                    signal="any",
                    not_say=("Traceback", r"[1-9]\d* new reviews"),
                    facts=(*days(0, 46), fact(46, "care", "score", mark(46, "care"))),
                ),
                flags=REFRESH,
                rules=reviews(change, shows),
            ),
        )
    add(
        "worse",
        "apartment_ids_become_strings",
        "On refresh the lists give the apartments' ids as strings.",
        first_run(),
        Phase(
            expect(not_say=("Traceback", r"[1-9]\d* new (reviews|apartments)")),
            flags=REFRESH,
            rules=(
                Rule(
                    ("cells",),
                    each(
                        lambda e, n: {
                            k: str(v) if k in ("id", "areaDanjiId") else v for k, v in e.items()
                        }
                    ),
                    shows='"(id|areaDanjiId)": "61',
                ),
            ),
        ),
    )
    add(
        "worse",
        "apartment_pages_lose_fields",
        "On refresh the apartments' pages have null for address and households.",
        first_run(),
        Phase(
            expect(
                exit=OK_OR_DRIFT,
                facts=(
                    Fact(str(apartment_id(4)), "apartment", "address", ("서울특별시 가람구",)),
                    Fact(str(apartment_id(4)), "apartment", "households", (328,)),
                ),
            ),
            flags=REFRESH,
            rules=(
                Rule(
                    ("danji",),
                    whole(lambda a: a | dict.fromkeys(("address", "households", "총세대수"))),
                    shows='"address": null',
                ),
            ),
        ),
    )
