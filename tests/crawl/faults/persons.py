"""Persons are taken out of whatever comes."""

from __future__ import annotations

from tests.crawl.faults.changes import both, encode, one, put, raw, rename, whole
from tests.crawl.faults.shorthand import (
    BAD,
    BUT_ONE,
    EMPTY,
    FULL,
    HTML,
    ONLY,
    OVERALL,
    PEOPLE,
    TOTAL_WORDS,
    VICTIM_ID,
    add,
    drift,
    expect,
    fact,
    reply,
    reviews,
    same,
    span,
)
from tests.crawl.faults.terms import Bound, Change, Phase, Rule
from tests.crawl.faults.world import COVARIATES, NICKNAMES, TEXT_KEYS


def persons() -> None:
    """Names, numbers and addresses under keys that no list of bad keys foresees."""
    name, mail, phone = "김솔바람", "solbaram@example.org", "010-9876-5432"
    other = "박누리결"
    escaped = raw('"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"')
    cases: tuple[tuple[str, str, Change, str], ...] = (
        ("hangul_key", "`닉네임`", put(닉네임=name), "닉네임"),
        ("member_name", "`memberName`", put(memberName=name), "memberName"),
        (
            "nested",
            "`writer.profile.fullName`, with a list of friends",
            put(writer={"profile": {"fullName": name, "friends": [{"n": other}]}}),
            "fullName",
        ),
        (
            "contacts",
            "`memo1` and `x`: a phone number and an e-mail address",
            put(memo1=phone, x=[mail, {"t": "01098765432"}]),
            "memo1",
        ),
        ("escaped", "`w`, written as \\u escapes", put(w=escaped), r"\\uae40"),
        (
            "json_in_a_string",
            "`meta`, a string of JSON in JSON",
            put(meta=encode({"memberName": name, "tel": phone}).decode()),
            r'\\"memberName\\"',
        ),
        ("in_a_key", "an object whose keys are names", put(votes={name: 1, mail: 2}), "votes"),
        (
            "in_summary",
            "`summary.lastWriter`",
            whole(lambda a: a | {"summary": a["summary"] | {"lastWriter": [name, phone]}}),
            "lastWriter",
        ),
        (
            "at_the_top",
            "`viewer` beside data and summary",
            whole(lambda a: a | {"viewer": {"e": mail, "이름": other}}),
            "viewer",
        ),
        (
            "korean_covariates",
            "`연령대`, `성별`, `혼인`: the covariates under other keys",
            put(연령대="30대", 성별="여자", 혼인="기혼"),
            "연령대",
        ),
    )
    for short, words, change, shows in cases:
        add(
            "rules",
            f"person_{short}",
            f"Every review carries a person under {words}.",
            Phase(expect(FULL), rules=reviews(change, shows)),
        )
    add(
        "rules",
        "person_in_a_list_of_apartments",
        "Entries of the lists carry an agent's name, phone and e-mail.",
        Phase(
            expect(FULL),
            rules=(Rule(("cells",), put(agent={"nm": name, "tel": phone, "m": mail}), shows=name),),
        ),
    )
    add(
        "rules",
        "person_on_an_apartment_page",
        "Apartments' pages carry the manager's name and phone.",
        Phase(
            expect(FULL),
            rules=(
                Rule(
                    ("danji",),
                    whole(
                        lambda a: a | {"관리소장": name, "관리소장연락처": phone, "x": {"y": mail}}
                    ),
                    shows="관리소장",
                ),
            ),
        ),
    )
    add(
        "rules",
        "person_in_a_bad_entry",
        f"One review of apartment {VICTIM_ID} is unreadable and carries a name and a phone.",
        Phase(
            expect(same(199), failed=Bound(1, 1), say=((VICTIM_ID,),)),
            rules=reviews(
                one(2, lambda e: {"본문": "짧은 말", "memberName": name, "연락처": phone}),
                "연락처",
                apartments=ONLY,
            ),
        ),
    )
    add(
        "rules",
        "person_in_a_drift",
        "The overall pair is renamed and names stand beside it: the raw answer that is shown "
        "must be scrubbed.",
        Phase(
            drift(span(0, 200, total=(0, 0)), same(200, total=0), TOTAL_WORDS),
            rules=reviews(
                both(rename(OVERALL), put(memberName=name, 전화=phone, mail=mail)),
                "memberName",
                '"desc"',
            ),
        ),
    )
    add(
        "rules",
        "person_in_a_collapse",
        "No text can be read any more, and each review carries a name and an e-mail.",
        Phase(
            drift(EMPTY, EMPTY, r"desc|text", exit=BAD, failed=Bound(1)),
            rules=reviews(
                both(
                    rename({key: f"{key}_x" for key in TEXT_KEYS.values()}),
                    put(memberName=name, c=[mail]),
                ),
                "careDesc_x",
            ),
        ),
    )
    page = HTML.replace("점검 중", f"점검 중, 문의 {name} {phone} {mail},")
    add(
        "rules",
        "person_in_html",
        f"The reviews of apartment {VICTIM_ID} are an HTML page with a name, a phone, an e-mail.",
        Phase(
            expect(BUT_ONE, failed=Bound(1, 1), never=(*COVARIATES, phone, mail)),
            rules=reply("reviews", 200, page, "text/html", apartments=ONLY, shows=phone),
        ),
        unsure="HTML is no parsed tree; the phone and the e-mail can be found in any text, a "
        "name can't, so only those two are demanded",
    )
    start = encode({"data": [{"memberName": name, "tel": phone, "mail": mail}]})[:-4].decode()
    add(
        "rules",
        "person_in_truncated_json",
        f"The reviews of apartment {VICTIM_ID} are cut off after a name, a phone, an e-mail.",
        Phase(
            expect(BUT_ONE, failed=Bound(1, 1), never=(*COVARIATES, phone, mail)),
            rules=reply("reviews", 200, start, apartments=ONLY, shows=phone),
        ),
        unsure="as person_in_html: no parsed tree, so only the phone and the e-mail are demanded",
    )
    facts = tuple(
        fact(n, "", column, value)
        for n in (0, 46)
        for column, value in (
            ("age", COVARIATES[n % 4]),
            ("sex", ("여자", "남자")[n % 2]),
            ("residenceType", ("자가 거주", "전세 또는 월세")[n // 2 % 2]),
            ("married", ("기혼", "미혼")[n // 3 % 2]),
        )
    )
    add(
        "rules",
        "covariates_on",
        "The site is sound and the user sets crawl.covariates=true.",
        Phase(
            expect(FULL, never=(*NICKNAMES, *PEOPLE), facts=facts),
            flags=("--set", "crawl.covariates=true"),
        ),
    )
    plain = "연락은 010-2345-6789나 haetsal@example.com, 304동 1502호 앞 12가 3456 차 주인입니다."
    add(
        "rules",
        "contacts_in_a_text",
        f"A review text of apartment {VICTIM_ID} has a phone, an e-mail, a door and a plate in it.",
        Phase(
            expect(
                FULL,
                never_in_export=(
                    *("010-2345-6789", "2345-6789", "haetsal@example.com"),
                    *("304동 1502호", "1502호", "12가 3456"),
                ),
            ),
            rules=reviews(
                one(2, lambda e: e | {"careDesc": f"{e['careDesc']} {plain}"}),
                "304동",
                apartments=ONLY,
            ),
            then=("export", "--mask", "--work", "{dir}", "{dir}/masked.csv"),
        ),
    )
