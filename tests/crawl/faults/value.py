"""One unexpected value ends one task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.crawl.faults.changes import numbers_to, one, raw
from tests.crawl.faults.shorthand import (
    BUT_ONE,
    EMPTY,
    FULL,
    NOT_USAGE,
    ONE_OR_TWO,
    ONLY,
    REFUSED,
    RETRY,
    STILL_FAILED,
    VICTIM,
    VICTIM_CELL,
    VICTIM_ID,
    add,
    expect,
    fact,
    reply,
    reviews,
    set_to,
    span,
)
from tests.crawl.faults.terms import (
    ANY,
    Bound,
    Change,
    Phase,
    Reply,
    Rule,
)

SLOW = {
    "silent": r" [\d.]+s\]\n$",
    "slow_status": r" [\d.]+s\]\nHTTP/1.1 200 O+$",
    "slow_headers": r".*X-Long: a+$",
    "endless_headers": r".*(X-More: 1\r\n){3}",
    "slow_chunk_size": r".*chunked\r\n\r\n0+$",
    "slow_chunk_extension": r".*5;note=a+$",
    "tiny_chunks": r".*(1\r\n \r\n){3}",
    "slow_trailer": r".*summary.*0\r\nX-Tail: a+$",
    "slow_gzip_header": r".*Content-Encoding: gzip.*\x1f.*(1\r\na\r\n){3}",
    "hundred_continue": r".*(HTTP/1.1 100 Continue\r\n\r\n){3}",
    "slow_body": r".*Content-Length: \d+\r\n\r\n\{.*[^}]$",
}


def values() -> None:
    """One value that no reader thought of, in one apartment."""
    number = VICTIM * 5 + 2

    def value(
        name: str,
        site: str,
        rules: tuple[Rule, ...],
        rows: Mapping[str, Bound],
        failed: Bound = ONE_OR_TWO,
        unsure: str = "",
        **more: Any,
    ) -> None:
        say = (STILL_FAILED,) if failed.low else ()
        first = {"failed": failed, "say": say} | more
        again = (
            {"failed": failed, "exit": NOT_USAGE} | more | {"requests": {"reviews": Bound(0, 8)}}
        )
        add(
            "value",
            name,
            site,
            Phase(expect(rows, **first), rules=rules),
            Phase(expect(rows, **again), rules=rules, flags=RETRY),
            unsure=unsure,
        )

    def victim(change: Change, shows: str) -> tuple[Rule, ...]:
        return reviews(change, shows, apartments=ONLY)

    def field_(key: str, content: Any) -> Change:
        return one(2, set_to(key, content))

    cell = frozenset({VICTIM_CELL})
    digits = "1" * 401
    up_to_one = span(195, 200)
    value(
        "households_1e20",
        f"Apartment {VICTIM_ID} has 1e20 households.",
        (
            Rule(
                ("danji",),
                numbers_to(raw("1e20"), "households", "총세대수"),
                apartments=ONLY,
                shows='"households": 1e20,',
            ),
        ),
        FULL,
        kept=(r"1e\+?20|1{0,1}0{20}",),
    )
    value(
        "households_is_text",
        f"Apartment {VICTIM_ID} has `삼백여` households.",
        (Rule(("danji",), numbers_to("삼백여"), apartments=ONLY, shows="삼백여"),),
        FULL,
        Bound(0, 2),
        unsure="a text that is no number may as well count as unknown: no failure is demanded",
    )
    for name, key in (("latitude", "lat"), ("longitude", "lng")):
        value(
            f"{name}_of_401_digits",
            f"In cell {VICTIM_CELL} one apartment has a {name} of 401 digits.",
            (
                Rule(
                    ("cells",),
                    one(1, set_to(key, raw(digits))),
                    cells=cell,
                    shows=f'"{key}": 1{{401}}',
                ),
            ),
            up_to_one,
            Bound(1, 4),
        )
    value(
        "latitude_of_401_digits_on_the_page",
        f"The page of apartment {VICTIM_ID} has a latitude of 401 digits.",
        (
            Rule(
                ("danji",),
                numbers_to(raw(digits), "lat"),
                apartments=ONLY,
                shows='"lat": 1{401}',
            ),
        ),
        FULL,
        Bound(0, 2),
        unsure="if the position is read from the list alone, the page's may be ignored",
    )
    value(
        "surrogate_in_a_key",
        f"A review of apartment {VICTIM_ID} has a key that is a lone surrogate.",
        victim(field_("\ud800", "값"), r'"\\ud800": "값"'),
        up_to_one,
        Bound(0, 2),
        unsure="a crawler that drops unknown keys may keep all rows and fail nothing",
    )
    value(
        "surrogate_in_a_text",
        f"A text of apartment {VICTIM_ID} ends in a lone surrogate.",
        victim(one(2, lambda e: e | {"desc": e["desc"] + "\udfff"}), r"\\udfff"),
        up_to_one,
        Bound(0, 2),
        unsure="replacing the surrogate and keeping the row is as good as a failure",
    )
    value(
        "surrogate_in_a_list",
        f"In cell {VICTIM_CELL} one apartment's name is a lone surrogate, as is one of its keys.",
        (
            Rule(
                ("cells",),
                one(1, lambda e: e | {"name": "\ud83d", "\udc00": 1}),
                cells=cell,
                shows=r"\\ud83d.*\\udc00",
            ),
        ),
        up_to_one,
        Bound(0, 4),
        unsure="see surrogate_in_a_key",
    )
    value(
        "nul_in_a_text",
        f"A text of apartment {VICTIM_ID} has a NUL in it, which PostgreSQL can't hold.",
        victim(one(2, lambda e: e | {"desc": e["desc"] + "\x00끝"}), r"\\u0000"),
        up_to_one,
        Bound(0, 2),
    )
    deep = "[" * 100_000 + "]" * 100_000
    value(
        "deep_nesting_as_answer",
        f"The reviews of apartment {VICTIM_ID} are 100,000 lists in each other.",
        reply("reviews", 200, deep, apartments=ONLY, shows=r"\[{1000}"),
        BUT_ONE,
    )
    value(
        "deep_nesting_in_a_review",
        f"A review of apartment {VICTIM_ID} has an extra key with 100,000 nested objects.",
        victim(field_("extra", raw('{"a":' * 100_000 + "1" + "}" * 100_000)), r'(\{"a":){1000}'),
        up_to_one,
        Bound(0, 2),
        unsure="a parser without a depth limit may read it all",
    )
    value(
        "deep_nesting_in_a_list",
        f"One entry of cell {VICTIM_CELL} is 100,000 lists in each other.",
        (Rule(("cells",), one(1, lambda e: raw(deep)), cells=cell, shows=r"\[{1000}"),),
        span(160, 195),
        Bound(1, 4),
        unsure="a parser that gives up on the whole answer loses the five apartments of the cell",
    )
    long = raw("7" * 5000)
    value(
        "score_of_5000_digits",
        f"A score of apartment {VICTIM_ID} is a number of 5,000 digits.",
        victim(field_("careScore", long), '"careScore": 7{5000}'),
        up_to_one,
        facts=(fact(number, "care", "score", None, absent_ok=True),),
    )
    value(
        "id_of_5000_digits",
        f"In cell {VICTIM_CELL} one apartment's id has 5,000 digits.",
        (
            Rule(
                ("cells",),
                one(1, lambda e: e | {k: long for k in ("id", "areaDanjiId") if k in e}),
                cells=cell,
                shows='"(id|areaDanjiId)": 7{5000}',
            ),
        ),
        span(160, 195),
        Bound(1, 5),
        no_target=(r"7{1000}",),
    )
    for name, content, shows in (
        ("nan", "NaN", '"score": NaN'),
        ("infinity", "-Infinity", '"score": -Infinity'),
        ("1e400", "1e400", '"score": 1e400'),
        ("true", "true", '"score": true'),
        ("seven", "7", '"score": 7,'),
        ("negative", "-3", '"score": -3'),
    ):
        value(
            f"score_{name}",
            f"One overall score of apartment {VICTIM_ID} is {content}.",
            victim(field_("score", raw(content)), shows),
            up_to_one,
            Bound(0, 2),
            facts=(fact(number, "total", "score", None, absent_ok=True),),
            unsure="no such score may be stored; whether that is a failure or an unknown is open",
        )
    for name, body, words in (
        ("null", "null", "null"),
        ("number", "17", "a bare number"),
        ("string", '"점검"', "a bare string"),
        ("nothing", "", "empty, with status 200"),
        ("list_of_null", "[null]", "a list with null in it"),
    ):
        value(
            f"answer_is_{name}",
            f"The reviews answer of apartment {VICTIM_ID} is {words}.",
            reply("reviews", 200, body, apartments=ONLY),
            BUT_ONE,
        )
    no_text = Reply(200, b'{"data": "\xb0\xa1\xb3\xaa\xff"}')
    value(
        "answer_in_cp949",
        f"The reviews answer of apartment {VICTIM_ID} is not UTF-8.",
        (Rule(("reviews",), reply=no_text, apartments=ONLY, shows="\N{REPLACEMENT CHARACTER}"),),
        BUT_ONE,
    )
    for name, words in (
        ("silent", "never come: the connection stands, nothing is said"),
        ("slow_status", "stop in the status line, a byte each 0.3 s"),
        ("slow_headers", "have a header that grows by a byte each 0.3 s"),
        ("endless_headers", "have a new header each 0.3 s, for ever"),
        ("slow_chunk_size", "have a chunk size that grows by a zero each 0.3 s"),
        ("slow_chunk_extension", "have a chunk extension that grows by a byte each 0.3 s"),
        ("tiny_chunks", "come as chunks of one space each 0.3 s"),
        ("slow_trailer", "are whole but for a trailer that grows for ever"),
        ("slow_gzip_header", "are gzip whose header holds a file name without end"),
        ("hundred_continue", "are preceded by 100 Continue, again and again"),
        ("slow_body", "come at a byte each 0.3 s from the middle on"),
    ):
        rule = Rule(
            ("reviews",), delivery=name, apartments=ONLY, shows=r"^\[timeout" + SLOW.get(name, "")
        )
        good_too = name == "slow_trailer"
        add(
            "value",
            f"deadline_{name}",
            f"The reviews of apartment {VICTIM_ID} {words}.",
            Phase(
                expect(
                    span(195, 200) if good_too else BUT_ONE,
                    failed=Bound(0 if good_too else 1, 1),
                    say=() if good_too else (STILL_FAILED, (VICTIM_ID,)),
                    seconds=60,
                ),
                rules=(rule,),
            ),
            unsure="the body is whole before the trailer: reading it is no fault"
            if good_too
            else "",
        )
    for name, words in (
        ("clogged", "never completes a TCP connection"),
        ("mute_tls", "accepts connections but never answers the TLS greeting"),
        ("mute", "accepts connections and never says a word"),
    ):
        add(
            "value",
            f"deadline_{name}",
            f"The site {words}.",
            Phase(expect(EMPTY, failed=ANY, exit=REFUSED, seconds=120), base_url="{" + name + "}"),
        )
    for name, words, delivery in (
        ("reset", "are reset by the peer half way", "reset"),
        ("short_body", "end half way although Content-Length says more", "short_body"),
        ("hang_up", "are a closed connection without a byte", "hang_up"),
        ("not_http", "are the greeting of another protocol", "not_http"),
    ):
        value(
            f"wire_{name}",
            f"The reviews of apartment {VICTIM_ID} {words}.",
            (Rule(("reviews",), delivery=delivery, apartments=ONLY, shows=r"^\[(reset|closed)"),),
            BUT_ONE,
            Bound(1, 1),
        )
