"""Redirects, ids in paths, base URLs and hosts."""

from __future__ import annotations

import re
from typing import Any

from tests.crawl.faults.changes import encode, one
from tests.crawl.faults.shorthand import (
    ALL_APIS,
    BAD,
    BUT_ONE,
    EMPTY,
    ERROR,
    FULL,
    NEVER,
    OK,
    ONLY,
    REFRESH,
    REFUSED,
    SOME,
    USAGE,
    VICTIM_CELL,
    VICTIM_ID,
    add,
    expect,
    first_run,
    reply,
    span,
)
from tests.crawl.faults.terms import (
    ANY,
    NONE,
    Bound,
    Phase,
    Rule,
)


def addresses() -> None:
    """Redirects, ids that try to be paths, base URLs, two hosts."""
    path = "/property/apartments/{id}/reviews/v1"
    add(
        "rules",
        "redirect_to_another_host",
        f"The reviews of apartment {VICTIM_ID} are a redirect to another host.",
        Phase(
            expect(BUT_ONE, failed=Bound(1, 1), elsewhere=NONE, say=((VICTIM_ID,),)),
            rules=reply(
                "reviews",
                302,
                head=(("Location", "{elsewhere}" + path.replace("{id}", VICTIM_ID)),),
                apartments=ONLY,
                shows="Location: http",
            ),
        ),
    )
    add(
        "rules",
        "all_reviews_redirect_to_another_host",
        "All reviews are redirects to another host, which would have them.",
        Phase(
            expect(
                EMPTY, failed=Bound(1), exit=BAD, elsewhere=NONE, say=((r"redirect|302|host",),)
            ),
            rules=reply(
                "reviews",
                302,
                head=(("Location", "{elsewhere}" + path.replace("{id}", VICTIM_ID)),),
                shows="Location: http",
            ),
        ),
    )
    for name, location, words in (
        ("loop", path.replace("{id}", VICTIM_ID), "to themselves"),
        ("file", "file:///etc/passwd", "to a file of the crawler's machine"),
        ("disallowed_path", "/admin/reviews", "to a path that robots.txt disallows"),
    ):
        add(
            "rules",
            f"redirect_{name}",
            f"The reviews of apartment {VICTIM_ID} redirect {words}.",
            Phase(
                expect(
                    BUT_ONE,
                    failed=Bound(1, 1),
                    say=((VICTIM_ID,),),
                    no_target=(r"^/admin",),
                    requests={"reviews": Bound(40, 90)},
                    never=(*NEVER, "root:x:"),
                ),
                rules=reply(
                    "reviews",
                    302,
                    head=(("Location", location),),
                    apartments=ONLY,
                    shows=f"Location: {re.escape(location)}",
                ),
            ),
        )

    def new_id(text: Any) -> tuple[Rule, ...]:
        shown = re.escape(encode(text).decode())
        return (
            Rule(
                ("cells",),
                one(1, lambda e: e | {k: text for k in ("id", "areaDanjiId") if k in e}),
                cells=frozenset({VICTIM_CELL}),
                shows=rf'"(id|areaDanjiId)": {shown}',
            ),
        )

    for name, text, pattern in (
        ("slashes", "../../../admin/1", r"/admin/|\.\./"),
        ("query", f"{VICTIM_ID}?secret=1#x", r"\?secret=1"),
        ("encoded_slash", "..%2F..%2Fadmin", r"\.\.%2F\.\.%2F(?i:admin)"),
        ("line_break", f"{VICTIM_ID}\r\nX-Evil: 1", r"[\r\n]|X-Evil"),
    ):
        add(
            "rules",
            f"id_with_{name}",
            f"In cell {VICTIM_CELL} one apartment's id is {text!r}.",
            Phase(
                expect(
                    BUT_ONE if name != "line_break" else span(195, 200),
                    failed=Bound(0, 3),
                    no_target=(pattern,) if name != "line_break" else (r"[\r\n]",),
                ),
                rules=new_id(text),
            ),
            unsure="quoted into the path (and then 404: no review) or refused: both are right",
        )
    for name, nothing in (("empty", ""), ("blank", "   "), ("null", None)):
        add(
            "rules",
            f"id_{name}",
            f"In cell {VICTIM_CELL} one apartment's id is {nothing!r}.",
            Phase(
                expect(
                    BUT_ONE,
                    failed=Bound(1, 3),
                    say=((VICTIM_CELL,),),
                    no_target=(r"/apartments/(%20|\+)*/", r"/danjis/(%20|\+)*$", r"None|null"),
                ),
                rules=new_id(nothing),
            ),
        )
    secret = "s3cr3t-비밀번호"
    quoted = "s3cr3t-%EB%B9%84%EB%B0%80%EB%B2%88%ED%98%B8"
    hidden = (*NEVER, secret, "s3cr3t", quoted)
    for name, rules in (
        ("sound_site", ()),
        ("failing_site", reply(ALL_APIS, 500, ERROR)),
    ):
        add(
            "rules",
            f"password_in_base_url_{name}",
            f"The base URL of the user carries a name and a password ({name.replace('_', ' ')}).",
            Phase(
                expect(
                    SOME if not rules else EMPTY,
                    rows_ok=FULL if not rules else EMPTY,
                    failed=ANY,
                    exit=OK | USAGE if not rules else REFUSED,
                    never=hidden,
                ),
                base_url=f"http://crawler:{quoted}@127.0.0.1:{{port}}",
                rules=rules,
            ),
            unsure="such a base URL may work or be refused; the password may show in neither case",
        )
    for name, url in (
        ("ftp", "ftp://127.0.0.1:{port}"),
        ("without_scheme", "127.0.0.1:{port}"),
        ("without_host", "http://"),
        ("with_query", "http://127.0.0.1:{port}/?key=abc"),
        ("with_bad_port", "http://127.0.0.1:99999"),
    ):
        add(
            "rules",
            f"base_url_{name}",
            f"The base URL of the user is {url}.",
            Phase(
                expect(
                    EMPTY,
                    exit=USAGE,
                    requests=dict.fromkeys((*ALL_APIS, "robots", "other"), NONE),
                    say=((r"url",),),
                ),
                base_url=url,
            ),
        )
    add(
        "rules",
        "two_hosts_in_one_store",
        "After a crawl of one host the same store is used with the base URL of another.",
        first_run(),
        Phase(
            expect(exit=REFUSED, elsewhere=NONE, say=((r"host|site|base.?url|127\.0\.0",),)),
            base_url="{elsewhere}",
            flags=REFRESH,
        ),
    )
