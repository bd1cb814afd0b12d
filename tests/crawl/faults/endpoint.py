"""Failures are judged by endpoint, and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from tests.crawl.faults.shorthand import (
    ALL_APIS,
    BAD,
    BIG,
    BUT_ONE,
    EMPTY,
    ERROR,
    FAILED,
    FULL,
    HTML,
    NOT_USAGE,
    OK,
    ONLY,
    REFRESH,
    RETRY,
    SOME,
    STILL_FAILED,
    VICTIM_ID,
    add,
    cut_json,
    expect,
    reply,
    same,
    span,
)
from tests.crawl.faults.terms import ANY, NONE, Bound, Phase
from tests.crawl.faults.world import World


def endpoints() -> None:
    """An endpoint that fails, while others don't."""
    for status in (404, 410):
        add(
            "endpoint",
            f"reviews_{status}_everywhere",
            f"Every reviews request is answered {status}; lists and pages are sound.",
            Phase(
                expect(
                    EMPTY,
                    failed=NONE,
                    exit=NOT_USAGE,
                    signal="told",
                    say=((str(status),), (r"review",)),
                    requests={"reviews": Bound(12, 80)},
                ),
                rules=reply("reviews", status, f'{{"code": "{status}"}}'),
            ),
            unsure="an answer, not a failure; but no review at all must not look like success: "
            "a warning may do, as may a stop",
        )
        some = frozenset(i for i in range(40) if i % 4)
        add(
            "endpoint",
            f"reviews_{status}_for_three_of_four",
            f"Reviews of 30 of 40 apartments are answered {status}.",
            Phase(
                expect(same(50), failed=NONE, exit=OK, requests={"reviews": Bound(40, 80)}),
                rules=reply("reviews", status, f'{{"code": "{status}"}}', apartments=some),
            ),
        )
    add(
        "endpoint",
        "reviews_404_and_another_road",
        "Every reviews request is 404, but pages carry one `resident_review` each.",
        Phase(
            expect(
                span(0, 0, total=(0, 40)),
                failed=NONE,
                exit=NOT_USAGE,
                signal="told",
                say=((r"404",), (r"review",)),
            ),
            world=World(resident_review=True),
            rules=reply("reviews", 404, '{"code": "404"}'),
        ),
        unsure="the fallback is section 6; with it 40 total rows, without it none",
    )
    for status in (401, 403):
        add(
            "endpoint",
            f"reviews_{status}_only",
            f"Reviews are {status} for all 160 apartments; lists and pages are sound.",
            Phase(
                expect(
                    EMPTY,
                    failed=Bound(1),
                    exit=FAILED,
                    signal="any",
                    say=((str(status),), (r"review",)),
                    requests={"reviews": Bound(2, 130)},
                ),
                world=BIG,
                rules=reply("reviews", status, "{}"),
            ),
        )
    add(
        "endpoint",
        "pages_403_only",
        "Apartments' pages are 403; lists and reviews are sound.",
        Phase(
            expect(
                SOME,
                rows_ok=FULL,
                failed=Bound(1),
                exit=NOT_USAGE,
                say=((r"403",), (r"danji|detail|apartments?",)),
            ),
            rules=reply("danji", 403, "{}"),
        ),
    )
    add(
        "endpoint",
        "lists_500_only",
        "Every list of apartments is 500; nothing can begin.",
        Phase(
            expect(EMPTY, failed=Bound(1), exit=FAILED, say=((r"500",),)),
            rules=reply("cells", 500, ERROR),
        ),
    )
    for status in (500, 503):
        add(
            "endpoint",
            f"everything_{status}",
            f"All endpoints but robots.txt answer {status}.",
            Phase(
                expect(
                    EMPTY,
                    failed=Bound(1),
                    exit=FAILED,
                    say=((str(status),), STILL_FAILED),
                ),
                rules=reply(ALL_APIS, status, ERROR),
            ),
        )
    add(
        "endpoint",
        "reviews_500_only",
        "Reviews are 500 for all 160 apartments; lists and pages are sound.",
        Phase(
            expect(
                EMPTY,
                failed=Bound(1),
                exit=FAILED,
                say=((r"500",), (r"review",)),
                requests={"reviews": Bound(2, 200)},
            ),
            world=BIG,
            rules=reply("reviews", 500, ERROR),
        ),
    )
    add(
        "endpoint",
        "one_apartment_500",
        f"The reviews of apartment {VICTIM_ID} are always 500.",
        Phase(
            expect(
                BUT_ONE,
                failed=Bound(1, 1),
                say=((r"\b1\b.{0,40}still failed|still failed.{0,40}\b1\b",), (VICTIM_ID,)),
                requests={"reviews": Bound(41, 46)},
            ),
            rules=reply("reviews", 500, ERROR, apartments=ONLY),
        ),
        Phase(expect(FULL, failed=NONE), flags=RETRY),
    )
    for name, on, first, last in (
        ("everywhere", ALL_APIS, 60, 75),
        ("of_reviews", ("reviews",), 10, 17),
        ("of_pages", ("danji",), 10, 17),
    ):
        add(
            "endpoint",
            f"outage_{name}_ends",
            f"Requests {first} to {last} ({', '.join(on)}) are 503; all others are answered.",
            Phase(
                expect(FULL, failed=NONE, exit=OK),
                rules=reply(on, 503, ERROR, first=first, last=last),
            ),
        )
    add(
        "endpoint",
        "outage_of_lists_at_the_start",
        "The first six requests for lists are 500, then all is well.",
        Phase(expect(FULL, failed=NONE, exit=OK), rules=reply("cells", 500, ERROR, last=5)),
    )
    later = datetime.now(timezone.utc) + timedelta(hours=6)  # noqa: UP017
    come_back = r"\d{1,2}:\d{2}|\b6(\.0)? ?h|6 hours|21,?600|[56] ?시간|360 min"
    for name, text in (("seconds", "21600"), ("date", format_datetime(later, usegmt=True))):
        add(
            "endpoint",
            f"retry_after_six_hours_{name}",
            f"From the sixth request for reviews on: 429 with Retry-After: 6 hours ({name}).",
            Phase(
                expect(
                    same(25),
                    failed=ANY,
                    exit=FAILED,
                    say=((r"429|Retry-After",), (come_back,)),
                    requests={"reviews": Bound(6, 7)},
                ),
                rules=reply(
                    "reviews", 429, "{}", head=(("Retry-After", text),), first=5, shows="Retry-A"
                ),
            ),
            unsure="the code of a run that stops with a time to come back is left open; not 0",
        )
    add(
        "endpoint",
        "retry_after_two_seconds",
        "One reviews request is 429 with Retry-After: 2, the next are answered.",
        Phase(
            expect(FULL, failed=NONE, exit=OK, requests={"reviews": Bound(41, 41)}),
            rules=reply(
                "reviews",
                429,
                "{}",
                head=(("Retry-After", "2"),),
                first=5,
                last=5,
                shows="After: 2",
            ),
        ),
    )
    for name, text in (("a_word", "soon"), ("negative", "-30"), ("infinite", "1e999")):
        add(
            "endpoint",
            f"retry_after_{name}",
            f"One reviews request is 429 with Retry-After: {text}, the next are answered.",
            Phase(
                expect(FULL, failed=NONE, exit=OK)
                if name != "infinite"
                else expect(span(25, 200), failed=ANY, exit=NOT_USAGE),
                rules=reply(
                    "reviews",
                    429,
                    "{}",
                    head=(("Retry-After", text),),
                    first=5,
                    last=5,
                    shows=f"Retry-After: {text}",
                ),
            ),
        )
    add(
        "endpoint",
        "html_everywhere",
        "Reviews are an HTML page with status 200 for every apartment.",
        Phase(
            expect(EMPTY, failed=Bound(1), exit=BAD, signal="any", say=((r"HTML|JSON",),)),
            rules=reply("reviews", 200, HTML, "text/html; charset=utf-8", shows="점검 중"),
        ),
    )
    add(
        "endpoint",
        "html_that_says_json",
        f"The reviews of apartment {VICTIM_ID} are HTML that calls itself application/json.",
        Phase(
            expect(BUT_ONE, failed=Bound(1, 1), say=((VICTIM_ID,), STILL_FAILED)),
            rules=reply("reviews", 200, HTML, apartments=ONLY, shows="점검 중"),
        ),
    )
    add(
        "endpoint",
        "truncated_everywhere",
        "Every reviews answer ends in the middle of its JSON.",
        Phase(expect(EMPTY, failed=Bound(1), exit=BAD, say=((r"JSON|review",),)), rules=cut_json()),
    )
    add(
        "endpoint",
        "truncated_once",
        "One reviews answer ends in the middle of its JSON; asked again it is whole.",
        Phase(
            expect(span(195, 200), failed=Bound(0, 1)),
            rules=(replace(cut_json()[0], first=7, last=7),),
        ),
        unsure="truncated JSON may be tried again (all rows) or be one failure (195 rows)",
    )
    add(
        "endpoint",
        "error_object_with_200",
        "Every reviews answer is an error object with status 200.",
        Phase(
            expect(EMPTY, failed=Bound(1), exit=BAD, say=((r"code|message|data",),)),
            rules=reply("reviews", 200, ERROR, shows="Internal Server Error"),
        ),
    )
    add(
        "endpoint",
        "plan_counts_refresh_and_retry",
        f"Apartment {VICTIM_ID} fails; then --plan asks what a refresh or a retry takes.",
        Phase(
            expect(BUT_ONE, failed=Bound(1, 1)),
            rules=reply("reviews", 500, ERROR, apartments=ONLY),
        ),
        Phase(
            expect(
                BUT_ONE,
                failed=Bound(1, 1),
                requests=dict.fromkeys((*ALL_APIS, "robots"), NONE),
                say=((r"\b(39|40|72|78|79|80|110|111|112)\b",),),
            ),
            flags=("--plan", *REFRESH),
        ),
        Phase(
            expect(
                BUT_ONE,
                failed=Bound(1, 1),
                requests=dict.fromkeys((*ALL_APIS, "robots"), NONE),
                say=((r"\b1\b",),),
            ),
            flags=("--plan", *RETRY),
        ),
        unsure="how many requests a refresh takes depends on what counts as due: a set of numbers",
    )
    add(
        "endpoint",
        "sigterm_half_way",
        "The site is sound; the crawler gets SIGTERM after 60 requests and is then run again.",
        Phase(
            expect(SOME, exit=frozenset({"interrupted"}), signal="any", failed=ANY),
            flags=("--rate", "20"),
            sigterm_after=60,
        ),
        Phase(expect(FULL, failed=NONE)),
    )
