"""Controls: a healthy site stays one."""

from __future__ import annotations

from typing import Any

from tests.crawl.faults.changes import each, whole
from tests.crawl.faults.shorthand import (
    OK,
    REFRESH,
    RICH,
    add,
    days,
    expect,
    fact,
    first_run,
    reviews,
    same,
)
from tests.crawl.faults.terms import NONE, Bound, Phase, Where
from tests.crawl.faults.world import CATEGORIES, mark


def controls() -> None:
    """A detector that fires on a healthy site is as useless as one that never does."""
    add(
        "control",
        "plain_2024",
        "Answers exactly as the crawler of March 2024 saw: no ids, no dates, score/desc.",
        Phase(
            expect(
                failed=NONE,
                requests={"reviews": Bound(40, 40), "other": NONE, "robots": Bound(1)},
                no_target=(r"^/admin",),
                facts=tuple(fact(n, c, "score", mark(n, c)) for n in (0, 77) for c in CATEGORIES),
            )
        ),
        Phase(expect(requests={"reviews": NONE, "danji": NONE}, exit=OK), flags=()),
    )
    add(
        "control",
        "rich",
        "Reviews also carry an id, a date and a nickname, all sound.",
        Phase(expect(signal="none", facts=days(0, 33, 199)), world=RICH),
        Phase(expect(signal="none", facts=days(0, 33, 199)), flags=REFRESH),
    )
    quiet = frozenset(range(40)) - frozenset(range(0, 40, 4))
    add(
        "control",
        "quiet_apartments",
        "Three of four apartments have no review yet: empty data and a count of 0.",
        Phase(
            expect(same(50), signal="none", not_say=("Traceback", "blocked")),
            world=RICH,
            rules=reviews(
                whole(lambda a: {"data": [], "summary": a["summary"] | {"reviewCount": 0}}),
                r'"data": \[\].*"reviewCount": 0',
                apartments=quiet,
            ),
        ),
    )

    def edited(entry: dict[str, Any], number: int) -> dict[str, Any]:
        if number % 20 == 0:
            entry["careDesc"] += " 덧붙임: 화단이 새로 생겼어요."
        return entry

    add(
        "control",
        "edited_reviews",
        "On refresh ten of 200 reviews have a longer text on care; nothing else changed.",
        first_run(),
        Phase(
            expect(signal="none", say=((r"\b10\b",),)),
            flags=REFRESH,
            rules=reviews(each(edited), "덧붙임", apartments=frozenset(range(0, 40, 4))),
        ),
    )

    def shorter(answer: Any, where: Where) -> Any:
        answer["data"].pop()
        answer["summary"]["reviewCount"] -= 1
        return answer

    add(
        "control",
        "new_reviews",
        "On refresh each apartment has one review more than before.",
        Phase(expect(same(160)), world=RICH, rules=reviews(shorter, '"reviewCount": 4')),
        Phase(expect(signal="none"), flags=REFRESH),
    )
