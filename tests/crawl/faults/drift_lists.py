"""Partial drift is drift: lists, pages and counts."""

from __future__ import annotations

from typing import Any

from tests.crawl.faults.changes import rename, renamed, whole
from tests.crawl.faults.shorthand import (
    BAD,
    EMPTY,
    FULL,
    NOT_USAGE,
    OK_OR_DRIFT,
    SOME,
    add,
    after_first_page,
    drift,
    reply,
    reviews,
    span,
)
from tests.crawl.faults.terms import (
    ANY,
    Bound,
    Phase,
    Rule,
)


def lists_and_pages() -> None:
    """Lists that are empty or gone, and pages that never end."""
    add(
        "drift",
        "every_cell_empty",
        "Each list of apartments comes back empty, with status 200.",
        Phase(
            drift(EMPTY, EMPTY, r"filtered|items|empty|apartments?", exit=BAD, failed=ANY),
            rules=(
                Rule(
                    ("cells",),
                    whole(lambda a: {key: [] for key in a}),
                    shows=r'\{"(filtered|vrItems)": \[\]',
                ),
            ),
        ),
        unsure="a region at sea is empty too; but a run that read no apartment should not exit 0",
    )
    add(
        "drift",
        "lists_renamed",
        "`filtered` is now `results`, `items` is now `entries` (vrItems, recommendItems too).",
        Phase(
            drift(EMPTY, EMPTY, r"results|entries", exit=BAD, failed=Bound(1)),
            rules=(
                Rule(
                    ("cells",),
                    whole(
                        renamed(
                            {
                                "filtered": "results",
                                "items": "entries",
                                "vrItems": "vrEntries",
                                "recommendItems": "recommendEntries",
                            }
                        )
                    ),
                    shows=r'"(results|entries)"',
                    lacks=r'"(filtered|items)"',
                ),
            ),
        ),
    )
    add(
        "drift",
        "list_ids_renamed",
        "The id of an apartment in the lists is now called danjiNo.",
        Phase(
            drift(EMPTY, EMPTY, r"danjiNo", exit=BAD, failed=Bound(1)),
            rules=(
                Rule(
                    ("cells",),
                    rename({"id": "danjiNo", "areaDanjiId": "danjiNo"}),
                    shows=r'"danjiNo": 6',
                    lacks=r'"(id|areaDanjiId)"',
                ),
            ),
        ),
    )
    endpoints = {
        "location_v3": r"^/property/apartments/location/v3",
        "v2_items": r"^/v2/aparts/items",
        "on_danjis": r"^/apt/locals/prices/on-danjis",
    }
    for name, pattern in endpoints.items():
        add(
            "drift",
            f"only_{name}_is_left",
            f"Of the three lists of apartments only {pattern[1:]} answers; the others are 404.",
            Phase(
                drift(span(0, 200), FULL, exit=NOT_USAGE, signal="any", failed=ANY),
                rules=reply("cells", 404, '{"code": "404"}', path=rf"^(?!{pattern[1:]})"),
            ),
            unsure="the notes ask that all three be accepted; nobody says that one run "
            "tries the next by itself. Exit ok demands all rows; otherwise the run must not be ok",
        )

    def more_pages(answer: Any) -> Any:
        return answer | {"hasNext": True, "summary": answer["summary"] | {"hasNext": True}}

    add(
        "drift",
        "has_next_ignores_page",
        "Reviews say hasNext: true for ever, and each page is the first one again.",
        Phase(
            drift(SOME, FULL, r"hasNext|page", requests={"reviews": Bound(40, 160)}),
            rules=reviews(whole(more_pages), '"hasNext": true'),
        ),
        unsure="where a pager's `hasNext` would stand is not in the notes: it is put at the top "
        "and in summary; one that doesn't read it at all has to say nothing",
    )
    add(
        "drift",
        "has_next_with_empty_pages",
        "Reviews say hasNext: true for ever; from the second request on, a page is empty.",
        Phase(
            drift(SOME, FULL, exit=OK_OR_DRIFT, signal="any", requests={"reviews": Bound(40, 160)}),
            rules=(
                *reviews(whole(more_pages), '"hasNext": true'),
                *reviews(after_first_page, '"data": \\[\\]'),
            ),
        ),
    )
    for name, words, rows in (
        ("summary_counts_more", "summary.reviewCount says 25 where 5 reviews come", FULL),
        ("reviews_withheld", "data is empty while summary.reviewCount says 5", EMPTY),
    ):
        holds = rows is EMPTY
        add(
            "drift",
            name,
            f"For every apartment {words}.",
            Phase(
                drift(
                    span(0, 0) if holds else SOME,
                    rows,
                    r"reviewCount|summary|count",
                    exit=BAD if holds else OK_OR_DRIFT,
                ),
                rules=reviews(
                    whole(lambda a: a | {"data": []})
                    if holds
                    else whole(lambda a: a | {"summary": a["summary"] | {"reviewCount": 25}}),
                    r'"data": \[\].*"reviewCount": 5' if holds else '"reviewCount": 25',
                ),
            ),
        )
