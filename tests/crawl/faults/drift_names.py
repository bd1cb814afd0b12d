"""Partial drift is drift: names that change, wholly and in part."""

from __future__ import annotations

from typing import Any

from tests.crawl.faults.changes import each, put, rename, renamed, whole
from tests.crawl.faults.shorthand import (
    BAD,
    BIG,
    EMPTY,
    FULL,
    NOT_USAGE,
    OK,
    OK_OR_DRIFT,
    ONLY,
    OVERALL,
    SOME,
    TOTAL_WORDS,
    VICTIM_ID,
    add,
    drift,
    expect,
    fact,
    reviews,
    same,
    span,
)
from tests.crawl.faults.terms import Bound, Phase
from tests.crawl.faults.world import SCORE_KEYS, TEXT_KEYS, mark


def renamed_fields() -> None:
    """Names that change, wholly and in part."""
    add(
        "drift",
        "overall_pair_renamed",
        "The overall pair is called overallScore/overallDesc in every review.",
        Phase(
            drift(
                span(0, 200, total=(0, 0)),
                same(200, total=0),
                TOTAL_WORDS,
                status_say=((TOTAL_WORDS,),),
            ),
            rules=reviews(rename(OVERALL), '"overallDesc"', '"desc"'),
        ),
    )
    for name, names in (
        ("total_spelling", {"desc": "totalDesc", "score": "totalScore"}),
        ("snake_spelling", {"desc": "total_desc", "score": "total_score"}),
    ):
        add(
            "drift",
            name,
            f"The overall pair is spelled {'/'.join(names.values())}, which the notes allow.",
            Phase(
                expect(facts=tuple(fact(n, "total", "score", mark(n, "total")) for n in (0, 88))),
                rules=reviews(rename(names), names["desc"], '"desc"'),
            ),
        )
    add(
        "drift",
        "overall_text_renamed",
        "Only the overall text is renamed (desc is now comment); its score still stands.",
        Phase(
            drift(span(0, 200, total=(0, 0)), same(200, total=0), TOTAL_WORDS),
            rules=reviews(rename({"desc": "comment"}), '"comment"', '"desc"'),
        ),
    )
    add(
        "drift",
        "overall_score_renamed",
        "Only the overall score is renamed (score is now rating); the text still stands.",
        Phase(
            drift(
                SOME,
                span(200, 200, total=(0, 200)),
                r"\bscore",
                facts=(fact(3, "total", "score", None, absent_ok=True),),
            ),
            rules=reviews(rename({"score": "rating"}), '"rating"', '"score"'),
        ),
    )
    add(
        "drift",
        "two_texts_renamed",
        "Two of five texts are renamed: careDesc -> careText, aroundDesc -> aroundText.",
        Phase(
            drift(
                span(0, 200, care=(0, 0), around=(0, 0)),
                same(200, care=0, around=0),
                r"\bcare(Desc)?\b|단지관리",
                r"\baround(Desc)?\b|주변환경",
            ),
            rules=reviews(
                rename({"careDesc": "careText", "aroundDesc": "aroundText"}), "careText", "careDesc"
            ),
        ),
    )
    all_scores = {key: key.replace("core", "tars") for key in SCORE_KEYS.values()}
    add(
        "drift",
        "all_scores_renamed",
        "All five scores are renamed (score -> stars, careScore -> careStars); texts stand.",
        Phase(
            drift(
                SOME,
                SOME,
                r"score",
                exit=BAD | OK,
                facts=(fact(0, "", "score", None, absent_ok=True),),
            ),
            rules=reviews(rename(all_scores), "careStars", "careScore"),
        ),
    )

    def nested(entry: Any) -> Any:
        return {"content": entry}

    add(
        "drift",
        "nineteen_of_twenty_renamed",
        "19 of 20 reviews hold their fields one level deeper, below `content`.",
        Phase(
            drift(
                span(0, 10),
                same(10),
                r"content|desc|text",
                exit=NOT_USAGE,
                failed=Bound(1),
            ),
            rules=reviews(
                each(lambda entry, n: entry if n % 20 == 0 else nested(entry)), '"content"'
            ),
        ),
    )
    add(
        "drift",
        "four_of_five_in_one_apartment",
        f"Apartment {VICTIM_ID} alone sends four of its five reviews with unknown text names.",
        Phase(
            expect(same(196), failed=Bound(1, 4), exit=OK_OR_DRIFT, say=((VICTIM_ID,),)),
            rules=reviews(
                rename({key: key.upper() + "_X" for key in TEXT_KEYS.values()}, spare=5),
                "CAREDESC_X",
                apartments=ONLY,
            ),
        ),
    )
    add(
        "drift",
        "renamed_half_way",
        "After 80 of 160 apartments a new release renames the overall pair.",
        Phase(
            drift(
                span(160, 320, total=(160, 160)),
                same(320, total=160),
                TOTAL_WORDS,
            ),
            world=BIG,
            rules=reviews(rename(OVERALL), '"overallDesc"', '"desc"', first=80),
        ),
    )
    add(
        "drift",
        "collapse_stops_early",
        "All text fields of 160 apartments are renamed: nothing can be read any more.",
        Phase(
            drift(
                EMPTY,
                EMPTY,
                r"desc|text|trafficDesc",
                r"CAREDESC_X",
                exit=BAD,
                failed=Bound(1),
                requests={"reviews": Bound(1, 120)},
            ),
            world=BIG,
            rules=reviews(
                rename({key: key.upper() + "_X" for key in TEXT_KEYS.values()}), "CAREDESC_X"
            ),
        ),
    )
    add(
        "drift",
        "data_renamed",
        "The list of reviews is called `contents` and no longer `data`.",
        Phase(
            drift(EMPTY, EMPTY, r"contents", exit=BAD, failed=Bound(1)),
            rules=reviews(whole(renamed({"data": "contents"})), '"contents"', '"data"'),
        ),
    )
    add(
        "drift",
        "data_one_level_deeper",
        "The reviews lie at data.entries and no longer at data.",
        Phase(
            drift(SOME, FULL, r"entries", exit=BAD | OK),
            rules=reviews(
                whole(lambda a: a | {"data": {"entries": a["data"]}}), r'"data": \{"entries"'
            ),
        ),
        unsure="a reader that finds data.entries and says so would be fine too; rows_ok is full",
    )
    add(
        "drift",
        "all_texts_blank",
        "Every text is an empty string; scores stand.",
        Phase(
            drift(EMPTY, EMPTY, r"text|desc|empty|blank|fill", exit=BAD),
            rules=reviews(put(**dict.fromkeys(TEXT_KEYS.values(), "")), '"careDesc": ""'),
        ),
    )
