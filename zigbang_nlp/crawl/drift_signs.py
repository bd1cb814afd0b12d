"""Signs that a site changed, in how often each field of its answers was filled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zigbang_nlp.config.site import Floors
from zigbang_nlp.store.fill_rates import Fill

#: Answers, or entries, from which on the end of a run is judged.
LEAST = 5
#: A share below this is nothing: the crawl stops.
NOTHING = 0.02
#: Of answers that can't be read, more is expected to be left over than of fields.
UNREADABLE = 0.1
#: A measure from an earlier run must be of so many, and the field have been filled so often.
MEASURED, OFTEN = 20, 0.1
#: A share that falls by as much, beyond what chance does, has fallen.
DROP = 0.15


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign that a site changed: a sentence, and whether it is a collapse."""

    endpoint: str
    field: str
    fact: str
    collapse: bool = False


def judge(
    endpoint: str,
    fills: Mapping[str, Fill],
    before: Mapping[str, Fill],
    floors: Floors,
    least: int,
    at_end: bool,
) -> list[Sign]:
    """The signs in the fill rates of one endpoint.

    Args:
        endpoint: the name of the endpoint that both were counted at.
        fills: what was counted.
        before: the measure from earlier; empty where there is none.
        floors: of the site.
        least: how often a field must have been looked for.
        at_end: of a whole run; while it goes on, empty lists say nothing, as there is the sea.
    """
    signs = (
        _judge_field(endpoint, field, fill, before.get(field), floors, least, at_end)
        for field, fill in fills.items()
        if fill.total > 0
    )
    return [sign for sign in signs if sign is not None]


def _fell(fill: Fill, known: Fill) -> bool:
    """Whether a share fell: by half, or by more than chance does between one run and another."""
    if fill.share < known.share / 2:
        return True
    likely = (known.filled + 1) / (known.total + 2)  # never quite 0 or 1, however few were counted
    chance = 4 * math.sqrt(likely * (1 - likely) / fill.total)
    return fill.total >= MEASURED and known.share - fill.share > max(DROP, chance)


def _judge_count(
    sign: Callable[..., Sign], fill: Fill, least: int, of_reviews: bool
) -> Sign | None:
    """`unread` are answers that have fewer entries than they say there are."""
    missing = fill.total - fill.filled
    if fill.unread < LEAST and (missing < max(least, MEASURED) or fill.share >= 0.9):
        return None
    fact = (
        f"answers have {fill.filled:,} entries, but say (reviewCount, count) that there are "
        f"{fill.total:,}; {fill.unread:,} of them have fewer than they say"
    )
    return sign(fact, of_reviews and fill.total >= max(least, MEASURED) and fill.share < NOTHING)


#: Fields that are no fields of entries: what they say, where it is a sign.
_SPECIAL: dict[str, Callable[[Fill], str]] = {
    "review.year": lambda fill: (
        f"{fill.unread:,} dates are of years that can't be" if fill.unread else ""
    ),
    "review.scale": lambda _: "",
    "more": lambda _: (
        "answers say that there are further pages (hasNext, totalPages ...), which nobody asks for"
    ),
    "pages": lambda fill: (
        f"{fill.unread:,} pages are those that came before, so what follows is missing"
    ),
    "review.place": lambda fill: (
        f"review.id is the review's place in the list (1, 2, 3 ...) in {fill.unread:,} of "
        f"{fill.total:,} answers: it is no id, and a new review moves it to another one"
        if fill.unread >= LEAST and fill.unread > 0.5 * fill.total
        else ""
    ),
}


def _judge_lists(sign: Callable[..., Sign], fill: Fill, known: Fill | None) -> Sign | None:
    """Empty lists say something only of a whole run: there is the sea."""
    if fill.total < 2 * LEAST:
        return None
    if fill.filled == 0 and known is None:
        return sign(f"all {fill.total:,} lists are empty")
    if fill.total >= MEASURED and known is not None and fill.share < known.share / 2:
        of_total = f"{fill.filled:,} of {fill.total:,}"
        return sign(f"{of_total} lists have entries ({fill.share:.0%}, {known.share:.0%} before)")
    return None


def _judge_field(
    endpoint: str,
    field: str,
    fill: Fill,
    known: Fill | None,
    floors: Floors,
    least: int,
    at_end: bool,
) -> Sign | None:
    def sign(fact: str, collapse: bool = False) -> Sign:
        return Sign(endpoint, field, f"{endpoint}: {fact}.", collapse)

    of_total = f"{fill.filled:,} of {fill.total:,}"
    measured = known is not None and known.total >= MEASURED and known.share >= OFTEN
    once = f", {known.share:.0%} before" if measured and known else ""
    if field in ("answer", "review"):
        collapse = fill.total >= least and fill.share < UNREADABLE
        if collapse or (fill.unread >= LEAST and fill.unread > 0.2 * fill.total):
            return sign(f"{fill.unread:,} of {fill.total:,} {field}s can't be read", collapse)
        return None
    if field in _SPECIAL:
        fact = _SPECIAL[field](fill)
        return sign(fact) if fact else None
    if field == "same":
        if fill.unread < LEAST or fill.unread <= 0.2 * fill.total:
            return None
        fact = f"{fill.unread:,} of {fill.total:,} answers say what those to other questions said"
        return sign(fact, fill.total >= MEASURED and fill.share < UNREADABLE)
    if field == "count":
        return _judge_count(sign, fill, least, endpoint.startswith("reviews"))
    if field == "list":
        return _judge_lists(sign, fill, known if measured else None) if at_end else None
    if fill.unread >= LEAST and fill.unread > 0.2 * (fill.filled + fill.unread):
        return sign(f"{field} is there but can't be read in {fill.unread:,} of {fill.total:,}")
    floor = {"text": floors.texts, "score": floors.scores}.get(field.rpartition(".")[2], 0.0)
    if fill.total < least:
        return None
    if floor and fill.share < NOTHING:
        return sign(f"{field} is filled in {of_total}{once}", collapse=True)
    if fill.share < floor or (measured and known and _fell(fill, known)):
        field = "the number of entries (reviewCount, count)" if field == "counted" else field
        return sign(f"{field} is filled in {of_total} ({fill.share:.0%}{once})")
    return None
