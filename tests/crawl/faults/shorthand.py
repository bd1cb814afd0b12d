"""Words that the scenarios share: expectations, rules, facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.crawl.faults.changes import encode, whole
from tests.crawl.faults.terms import (
    ANY,
    Bound,
    Change,
    Expect,
    Fact,
    Phase,
    Reply,
    Rule,
    Scenario,
    Where,
)
from tests.crawl.faults.world import (
    CATEGORIES,
    COVARIATES,
    NICKNAMES,
    World,
    apartment_id,
    cell_of,
    day,
    mark,
    marker,
    reviews_answer,
)

RICH = World(rich=True)
RICH_NO_ID = World(rich=True, ids=False)
BIG = World(apartments=160, reviews=2)
VICTIM = 9  # this apartment stands in one cell only, as the second entry of its list
VICTIM_ID = str(apartment_id(VICTIM))
VICTIM_CELL = cell_of(VICTIM)
ONLY = frozenset({VICTIM})
REFRESH = ("--refresh", "0d")
RETRY = ("--retry-failed",)
ALL_APIS = ("cells", "danji", "reviews", "search", "catalog")

OK = frozenset({"ok"})
OK_OR_DRIFT = frozenset({"ok", "drift"})
BAD = frozenset({"drift", "failed"})
FAILED = frozenset({"failed"})
NOT_USAGE = frozenset({"ok", "drift", "failed"})
REFUSED = frozenset({"failed", "usage"})
USAGE = frozenset({"usage"})

PEOPLE = (
    *("김솔바람", "박누리결", "solbaram@example.org", "solbaram"),
    *("010-9876-5432", "01098765432", "9876-5432"),
)
NEVER = (*COVARIATES, *NICKNAMES, *PEOPLE)
STILL_FAILED = (r"still failed",)

SCENARIOS: list[Scenario] = []


# ------------------------------------------------------------------------------------- shorthand


def same(number: int, **other: int) -> dict[str, Bound]:
    """So many rows of each category; others are named."""
    return {c: Bound(other.get(c, number), other.get(c, number)) for c in CATEGORIES}


def span(low: int, high: int, **other: tuple[int, int]) -> dict[str, Bound]:
    """Rows of each category between two numbers; others are named."""
    return {c: Bound(*other.get(c, (low, high))) for c in CATEGORIES}


ONE_OR_TWO = Bound(1, 2)
FULL, EMPTY, SOME, BUT_ONE = same(200), same(0), span(0, 200), same(195)


def expect(rows: Mapping[str, Bound] = FULL, **fields: Any) -> Expect:
    """An expectation; person names and covariates may never be kept."""
    return Expect(**({"rows": rows, "never": NEVER} | fields))


def drift(rows: Mapping[str, Bound], ok: Mapping[str, Bound], *words: str, **more: Any) -> Expect:
    """The run must warn or stop and name the field; if it goes on, rows must be as in `ok`."""
    say = tuple((word,) for word in words)
    defaults = {"rows_ok": ok, "signal": "told", "exit": OK_OR_DRIFT, "say": say, "failed": ANY}
    return expect(rows, **(defaults | more))


def add(kind: str, name: str, site: str, *phases: Phase, unsure: str = "") -> None:
    """One more scenario."""
    SCENARIOS.append(Scenario(name, kind, site, phases, unsure))


def reviews(change: Change, shows: str = "", lacks: str = "", **more: Any) -> tuple[Rule, ...]:
    """A change to reviews answers."""
    return (Rule(("reviews",), change, shows=shows, lacks=lacks, **more),)


def reply(
    on: str | tuple[str, ...],
    status: int,
    body: str = "",
    kind: str = "application/json",
    head: tuple[tuple[str, str], ...] = (),
    **more: Any,
) -> tuple[Rule, ...]:
    """A fixed answer, proved by its status line."""
    endpoints = (on,) if isinstance(on, str) else on
    answer = Reply(status, body.encode(), (("Content-Type", kind), *head))
    more = {"shows": rf"HTTP/1\.1 {status} "} | more
    return (Rule(endpoints, reply=answer, **more),)


def fact(number: int, category: str, column: str, *values: Any, **more: Any) -> Fact:
    """A fact about the review with this number in a world of five reviews an apartment."""
    return Fact(marker(number // 5, number % 5), category, column, values, **more)


def days(*numbers: int, month_only: bool = False) -> tuple[Fact, ...]:
    """These reviews have their right day (or month) in the store."""
    return tuple(fact(n, "", "date", day(n)[: 7 if month_only else 10]) for n in numbers)


def first_run(world: World = RICH, **more: Any) -> Phase:
    """A sound first run, against which a second one is held."""
    return Phase(expect(**more), world=world)


HTML = """<!DOCTYPE html><html><head><title>잠시 안내</title></head>
<body><p>서비스 점검 중입니다.</p></body></html>"""
ERROR = '{"code": "500", "message": "Internal Server Error"}'
OVERALL = {"desc": "overallDesc", "score": "overallScore"}
TOTAL_WORDS = r"\btotal\b|\bdesc\b|\bscore\b|추천점수|총평"


def after_first_page(answer: Any, where: Where) -> Any:
    """Empty `data` for a request with page=2 or more (or offset) in its query: see `page_query`."""
    return answer if where.page < 2 else answer | {"data": []}


def score_of(category: str, factor: int) -> Callable[[int], int]:
    """The score of a review on a larger scale."""
    return lambda number: mark(number, category) * factor


def constant(value: Any) -> Callable[[Any], Any]:
    """This value, whatever was there."""
    return lambda old: value


def set_to(key: str, value: Any) -> Callable[[Any], Any]:
    """The entry with one key set."""
    return lambda entry: entry | {key: value}


def add_entry(value: Any) -> Change:
    """One entry more, second in the list of apartments."""

    def apply(answer: Any) -> Any:
        answer["filtered" if "filtered" in answer else "items"].insert(1, value)
        return answer

    return whole(apply)


def cut_json(apartments: frozenset[int] | None = None) -> tuple[Rule, ...]:
    """Reviews as JSON that ends in the middle, with a Content-Length that fits."""
    text = encode(reviews_answer(World(), VICTIM))[:700].decode("utf-8", "ignore")
    return reply("reviews", 200, text, apartments=apartments, shows=r"[^}\]\s]$")
