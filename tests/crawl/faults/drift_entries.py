"""Partial drift is drift: ids, single entries and the scale of scores."""

from __future__ import annotations

from typing import Any

from tests.crawl.faults.changes import each, one, put
from tests.crawl.faults.shorthand import (
    FULL,
    NOT_USAGE,
    ONLY,
    RICH,
    SOME,
    VICTIM,
    VICTIM_CELL,
    VICTIM_ID,
    add,
    add_entry,
    constant,
    drift,
    expect,
    fact,
    reviews,
    same,
    score_of,
    span,
)
from tests.crawl.faults.terms import Bound, Change, Phase, Rule
from tests.crawl.faults.world import CATEGORIES, ID_KEY, SCORE_KEYS, apartment_id, mark


def ids_and_entries() -> None:
    """Ids that are none, and one bad entry among good ones."""

    def apartments_own(entry: dict[str, Any], number: int) -> Any:
        return entry | {ID_KEY: apartment_id(number // 5)}

    for name, words, change, shows in (
        (
            "id_of_the_apartment",
            "is the apartment's id",
            each(apartments_own),
            rf'"{ID_KEY}": 610\d\d',
        ),
        ("id_zero", "is 0", put(**{ID_KEY: 0}), rf'"{ID_KEY}": 0,'),
        ("id_zero_text", "is the string 0", put(**{ID_KEY: "0"}), rf'"{ID_KEY}": "0"'),
        (
            "one_id_in_each_apartment",
            "is the same for all reviews of one apartment",
            put(**{ID_KEY: lambda n: 800000 + n // 5}),
            rf'"{ID_KEY}": 8000',
        ),
        ("one_id_for_all", "is 4711, everywhere", put(**{ID_KEY: 4711}), rf'"{ID_KEY}": 4711'),
        (
            "ids_start_anew",
            "counts from 1 in every apartment",
            put(**{ID_KEY: lambda n: n % 5 + 1}),
            rf'"{ID_KEY}": 5,',
        ),
    ):
        add(
            "drift",
            name,
            f"The `{ID_KEY}` of every review {words}; contents differ.",
            Phase(
                drift(
                    SOME,
                    FULL,
                    *(() if name == "ids_start_anew" else (rf"\b{ID_KEY}s?\b",)),
                    exit=NOT_USAGE,
                    signal="any" if name == "ids_start_anew" else "told",
                ),
                world=RICH,
                rules=reviews(change, shows),
            ),
            unsure="ids may be sound within one apartment: no loss is the only demand"
            if name == "ids_start_anew"
            else "",
        )
    odd: tuple[tuple[str, str, Any, str, dict[str, Bound]], ...] = (
        ("string", "a bare string", "뜻 모를 조각", "뜻 모를 조각", same(199)),
        ("null", "null", None, r"null", same(199)),
        ("number", "a number", 42, r", 42,", same(199)),
        ("list", "a list", [[1]], r"\[\[1\]\]", same(199)),
        ("unknown", "an object without a known field", {"foo": "bar"}, '"foo"', same(199)),
    )
    for name, words, value, shows, rows in odd:
        add(
            "drift",
            f"bad_entry_{name}",
            f"The third review of apartment {VICTIM_ID} is {words}; the other four are sound.",
            Phase(
                expect(rows, failed=Bound(1, 1), signal="any", say=((VICTIM_ID,),)),
                rules=reviews(one(2, constant(value)), shows, apartments=ONLY),
            ),
        )
    add(
        "drift",
        "bad_entry_score",
        f"The overall score of one review of apartment {VICTIM_ID} is an object.",
        Phase(
            expect(
                span(199, 200),
                failed=Bound(1, 1),
                say=((VICTIM_ID,),),
                facts=(fact(VICTIM * 5 + 2, "total", "score", None, absent_ok=True),),
            ),
            rules=reviews(
                one(2, lambda e: e | {"score": {"value": 5}}),
                r'"score": \{"value": 5\}',
                apartments=ONLY,
            ),
        ),
    )
    for name, value, shows in (
        ("string", "조각", "조각"),
        ("null", None, "null, "),
        ("without_id", {"name": "이름뿐인 단지", "lat": 37.6, "lng": 127.0}, "이름뿐인 단지"),
    ):
        add(
            "drift",
            f"bad_cell_entry_{name}",
            f"The list of cell {VICTIM_CELL} has one bad entry more ({name}) among good ones.",
            Phase(
                expect(failed=Bound(1, 3), say=((VICTIM_CELL,),)),
                rules=(
                    Rule(
                        ("cells",),
                        add_entry(value),
                        cells=frozenset({VICTIM_CELL}),
                        shows=shows,
                    ),
                ),
            ),
        )

    def times(factor: int) -> Change:
        return put(**{k: score_of(c, factor) for c, k in SCORE_KEYS.items()})

    low = next(n for n in range(200) if mark(n, "total") == 2)
    for name, factor in (("ten", 10), ("hundred", 100)):
        step = factor // 5
        add(
            "drift",
            f"scale_of_{name}",
            f"All scores are on a scale of {factor} (2 of 5 has become {2 * step}).",
            Phase(
                drift(
                    SOME,
                    SOME,
                    rf"scale|\b{factor}\b",
                    exit=NOT_USAGE,
                    facts=tuple(
                        fact(n, c, "score", mark(n, c), None, absent_ok=True)
                        for n in (low, low + 1, low + 7)
                        for c in CATEGORIES
                    ),
                ),
                rules=reviews(times(step), rf'"careScore": ({step}|{2 * step}|{4 * step}),'),
            ),
        )
    add(
        "drift",
        "scale_of_ten_that_mostly_fits",
        "The scale is of 10, but only each eighth apartment has a score above 5.",
        Phase(
            drift(
                SOME,
                SOME,
                r"scale|\b10\b",
                exit=NOT_USAGE,
                facts=tuple(
                    fact(n, c, "score", mark(n, c) // 2 or 1, None, absent_ok=True)
                    for n in (5, 6)
                    for c in CATEGORIES
                    if mark(n, c) in (2, 4)
                ),
            ),
            rules=(
                *reviews(times(2), '"careScore": (8|10),', apartments=frozenset(range(0, 40, 8))),
            ),
        ),
        unsure="scores of the other apartments stay 1 to 5 as on the wire; whether 2 of 10 is "
        "stored as 1 or as unknown is open, that it is not stored as 2 is not",
    )
