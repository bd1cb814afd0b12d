"""robots.txt is kept where it can't leak."""

from __future__ import annotations

from typing import Any

from tests.crawl.faults.shorthand import (
    ALL_APIS,
    BAD,
    EMPTY,
    FULL,
    HTML,
    NOT_USAGE,
    REFUSED,
    SOME,
    USAGE,
    add,
    expect,
    reply,
    same,
)
from tests.crawl.faults.terms import ANY, NONE, Bound, Phase, Rule
from tests.crawl.faults.world import POPULATED, World, cell_of, in_cell


def robots() -> None:
    """robots.txt in all its forms, against the URL that is really sent."""
    no_reviews = {"reviews": NONE}

    def text(body: str, **more: Any) -> tuple[Rule, ...]:
        return reply("robots", 200, body, "text/plain; charset=utf-8", **more)

    banned = expect(EMPTY, failed=ANY, exit=BAD | USAGE, requests=no_reviews, say=((r"robots",),))
    ban = "User-agent: *\nDisallow: /property/apartments/*/reviews\n"
    add(
        "rules",
        "robots_bom",
        "robots.txt begins with a byte order mark and disallows the reviews.",
        Phase(banned, rules=text("\ufeff" + ban, shows="\ufeffUser")),
    )
    add(
        "rules",
        "robots_odd_spelling",
        "robots.txt has other cases, blanks and carriage returns, and disallows the reviews.",
        Phase(
            banned,
            rules=text(
                "# hello\rUSER-AGENT : *\rdisallow :/property/apartments/*/reviews  # no\r",
                shows="disallow :",
            ),
        ),
    )
    add(
        "rules",
        "robots_redirect",
        "robots.txt is a redirect to another path of the host, where reviews are disallowed.",
        Phase(
            banned,
            rules=(
                *reply("robots", 301, head=(("Location", "/rules/robots.txt"),)),
                *reply("other", 200, ban, "text/plain", path=r"^/rules/robots\.txt$"),
            ),
        ),
    )
    chain = tuple(
        reply("other", 302, head=(("Location", f"/hop/{n + 1}"),), path=f"^/hop/{n}$")[0]
        for n in range(1, 5)
    )
    add(
        "rules",
        "robots_five_redirects",
        "robots.txt is five redirects away and disallows the reviews (RFC 9309, 2.3.1.2).",
        Phase(
            banned,
            rules=(
                *reply("robots", 302, head=(("Location", "/hop/1"),)),
                *chain,
                *reply("other", 200, ban, "text/plain", path=r"^/hop/5$"),
            ),
        ),
    )
    add(
        "rules",
        "robots_redirect_to_another_host",
        "robots.txt is a redirect to robots.txt of another host, which allows all but /admin/.",
        Phase(
            expect(
                SOME,
                rows_ok=FULL,
                exit=frozenset({"ok", "failed", "drift"}),
                elsewhere=Bound(0, 1),
                failed=ANY,
            ),
            rules=reply("robots", 302, head=(("Location", "{elsewhere}/robots.txt"),)),
        ),
        unsure="RFC 9309 says follow across authorities; a refusal that is told is defensible",
    )
    add(
        "rules",
        "robots_500",
        "robots.txt is 500: by RFC 9309 everything is disallowed.",
        Phase(
            expect(
                EMPTY,
                failed=ANY,
                exit=REFUSED,
                requests=dict.fromkeys(ALL_APIS, NONE),
                say=((r"robots",),),
            ),
            rules=reply("robots", 500, "oops", "text/plain"),
        ),
    )
    for name, status, body in (
        ("robots_404", 404, "not found"),
        ("robots_403", 403, "no"),
        ("robots_is_html", 200, HTML),
    ):
        add(
            "rules",
            name,
            f"robots.txt is {status} ({'HTML' if status == 200 else 'no rules'}): by RFC 9309 "
            "everything is allowed.",
            Phase(expect(FULL), rules=reply("robots", status, body, "text/html")),
        )
    add(
        "rules",
        "robots_longest_match",
        "robots.txt disallows /property/, /apt/ and /v2/, but allows longer paths below them.",
        Phase(
            expect(FULL),
            rules=text(
                "User-agent: *\nDisallow: /property/\nAllow: /property/apartments/\n"
                "Disallow: /apt/\nAllow: /apt/danjis/\nAllow: /apt/locals/\n"
                "Disallow: /v2/\nAllow: /v2/aparts/items\n",
                shows="Allow: /v2",
            ),
        ),
    )
    one_cell = cell_of(1)
    lost = [i for i in range(40) if sum(i in in_cell(World(), c) for c in POPULATED) == 1]
    kept = 200 - 5 * len([i for i in lost if cell_of(i) == one_cell])
    add(
        "rules",
        "robots_query_rule",
        f"robots.txt disallows any URL with geohash={one_cell} in its query.",
        Phase(
            expect(same(kept), failed=Bound(0, 3), no_target=(rf"geohash={one_cell}",)),
            rules=text(f"User-agent: *\nDisallow: /*geohash={one_cell}\n", shows="geohash="),
        ),
    )
    add(
        "rules",
        "robots_query_rule_for_all",
        "robots.txt disallows every URL with a geohash in its query.",
        Phase(
            expect(
                EMPTY,
                failed=ANY,
                exit=BAD | USAGE,
                requests={"cells": NONE},
                no_target=(r"geohash=",),
                say=((r"robots",),),
            ),
            rules=text("User-agent: *\nDisallow: /*?*geohash=\n", shows="geohash="),
        ),
    )
    add(
        "rules",
        "robots_hangul_in_query_rule",
        "robots.txt disallows `minPynArea=10평` in plain Hangul; URLs carry it percent-encoded.",
        Phase(
            expect(
                SOME,
                rows_ok=FULL,
                failed=ANY,
                exit=NOT_USAGE,
                no_target=(r"minPynArea=10%ED%8F%89", r"minPynArea=10평"),
            ),
            rules=text("User-agent: *\nDisallow: /*minPynArea=10평\n", shows="10평"),
        ),
    )
    for name, rule in (("path", "/v2/search\nDisallow: /search"), ("query", "/*?*q=")):
        add(
            "rules",
            f"robots_search_by_{name}",
            f"robots.txt disallows the search (by its {name}); the user asks for a place.",
            Phase(
                expect(
                    EMPTY,
                    failed=ANY,
                    exit=REFUSED,
                    requests=dict.fromkeys(ALL_APIS, NONE),
                    say=((r"robots",),),
                ),
                region=None,
                flags=("--place", "가람구"),
                rules=text(f"User-agent: *\nDisallow: {rule}\n", shows="Disallow"),
            ),
        )
    for name, delay in (("a_day", "86400"), ("beyond_floats", "1" + "0" * 400)):
        add(
            "rules",
            f"crawl_delay_{name}",
            f"robots.txt asks for a Crawl-delay of {delay[:12]}{'...' * (len(delay) > 12)} s.",
            Phase(
                expect(
                    SOME,
                    rows_ok=FULL,
                    failed=ANY,
                    exit=NOT_USAGE | USAGE,
                    say=((r"crawl.?delay",),),
                    seconds=60,
                ),
                rules=text(f"User-agent: *\nCrawl-delay: {delay}\n", shows="Crawl-delay: 1?8?"),
            ),
            unsure="refusing to start or going on at a capped pace are both `told`; waiting is not",
        )
    for name, delay in (("word", "slowly"), ("nan", "NaN"), ("negative", "-5")):
        add(
            "rules",
            f"crawl_delay_{name}",
            f"robots.txt asks for a Crawl-delay of {delay}, which is none.",
            Phase(
                expect(FULL, seconds=60),
                rules=text(f"User-agent: *\nCrawl-delay: {delay}\n", shows=f"delay: {delay}"),
            ),
        )
    small = World(apartments=10)
    add(
        "rules",
        "crawl_delay_of_a_second",
        "robots.txt asks for one second between requests; the region is one small cell.",
        Phase(
            expect(same(5 * len(in_cell(small, POPULATED[1]))), gap=0.95, seconds=90),
            world=small,
            region=POPULATED[1],
            rules=text("User-agent: *\nCrawl-delay: 1\n", shows="Crawl-delay: 1"),
        ),
    )
