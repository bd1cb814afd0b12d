"""Tells a site that changed from one that didn't, by how often each field of its answers is filled."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from zigbang_nlp.config.site import Floors, SiteFile, file_to_mend
from zigbang_nlp.errors import DriftError
from zigbang_nlp.store import Outcome
from zigbang_nlp.store.fills import ByEndpoint, Fill, Fills

#: Answers with something in them that are looked back at while the crawl runs.
WINDOW = 30
#: Answers, or entries, from which on the end of a run is judged.
LEAST = 5
#: A share below this is nothing: the crawl stops.
NOTHING = 0.02
#: Of answers that can't be read, more is expected to be left over than of fields.
UNREADABLE = 0.1
#: A measure from an earlier run must be of so many, and the field have been filled so often.
MEASURED, OFTEN = 20, 0.1
#: Characters of a raw answer that are shown.
_SHOWN = 600

_NEXT = (
    "Look at the whole answer with `zigbang-nlp crawl --show {key}`. Put the new name into {file}, run "
    "`zigbang-nlp crawl --site FILE --reparse`, which reads what is stored again without a request, "
    "and go on with `--site FILE`."
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign that a site changed: a sentence, and whether it is a collapse."""

    endpoint: str
    field: str
    fact: str
    collapse: bool = False


class Watch:
    """Follows one run. Safe to use from several threads.

    Args:
        data: the site's file, for the shares below which a field may not fall, and the scale.
        before: the last good run's fill rates.
    """

    def __init__(self, data: SiteFile, before: ByEndpoint) -> None:
        self._floors, self._before, self._scale = data.floors, before, data.scale
        self._file = file_to_mend(data.source)
        self._lock = threading.Lock()
        self.totals: ByEndpoint = {}
        self._unsaved: ByEndpoint = {}
        self._windows: dict[str, deque[Fills]] = {}
        self._sums: ByEndpoint = {}
        self._told: set[tuple[str, str]] = set()
        self._shown: dict[str, tuple[str, Outcome]] = {}

    def note(self, outcome: Outcome) -> list[Sign]:
        """Learn from an answer; gives new signs that the site has changed in part.

        Raises:
            DriftError: of the last answers, nothing could be read, or a field is gone.
        """
        found = outcome.found
        if not found.fills:
            return []
        with self._lock:
            for sums in (self.totals, self._unsaved):
                sums.setdefault(found.endpoint, Fills()).add(found.fills)
            if "answer" not in found.fills:
                return []  # an empty list says nothing of its fields
            if not found.readable or found.endpoint not in self._shown:
                fact = outcome.failure.fact if outcome.failure else ""
                self._shown[found.endpoint] = (fact, outcome)
            signs = self._judge_window(found.endpoint, found.fills)
            new = [sign for sign in signs if (sign.endpoint, sign.field) not in self._told]
            self._told |= {(sign.endpoint, sign.field) for sign in new}
        if any(sign.collapse for sign in signs):
            raise self.error(signs)
        return new

    def _judge_window(self, endpoint: str, fills: Fills) -> list[Sign]:
        window = self._windows.setdefault(endpoint, deque())
        sums = self._sums.setdefault(endpoint, Fills())
        window.append(fills)
        sums.add(fills)
        if len(window) < WINDOW:
            return []
        before = dict(self._before.get(endpoint, Fills()))
        if endpoint not in self._before:  # then this run's own beginning is the measure
            earlier = Fills()
            earlier.add(self.totals[endpoint])
            earlier.add(sums, sign=-1)
            before = dict(earlier)
        signs = judge(endpoint, sums, before, self._floors, MEASURED, at_end=False)
        sums.add(window.popleft(), sign=-1)
        return signs

    def at_end(self, nothing_known: bool) -> list[Sign]:
        """All signs, by what the whole run has seen.

        Args:
            nothing_known: no apartment of the region is known from this run or an earlier one, so
                that lists without entries are no sea but a collapse.
        """
        with self._lock:
            signs = [
                sign
                for endpoint, fills in sorted(self.totals.items())
                for sign in judge(
                    endpoint, fills, self._before.get(endpoint, {}), self._floors, LEAST, True
                )
            ]
        if nothing_known:
            signs = [
                replace(sign, collapse=True) if sign.field == "list" else sign for sign in signs
            ]
        return signs

    def error(self, signs: list[Sign]) -> DriftError:
        """The error that ends a run, with one raw answer to look at."""
        endpoint = next(sign.endpoint for sign in signs if sign.collapse)
        facts = ["The site may have changed.", *dict.fromkeys(sign.fact for sign in signs)]
        key = "KIND KEY"
        if endpoint in self._shown:
            why, outcome = self._shown[endpoint]
            raw = outcome.body.decode("utf-8", "replace")
            more = "..." if len(raw) > _SHOWN else ""
            facts += [why, f"The answer for {outcome.task} as it came: {raw[:_SHOWN]}{more}"]
            key = str(outcome.task)
        return DriftError(" ".join(filter(None, facts)), _NEXT.format(key=key, file=self._file))

    def take_unsaved(self) -> ByEndpoint:
        """What was counted since the last call."""
        with self._lock:
            unsaved, self._unsaved = self._unsaved, {}
            return unsaved

    def recognised_scale(self, now: float) -> float | None:
        """The scale that the scores of this run are on, where it is not the one in force."""
        with self._lock:
            seen = [
                fields["review.scale"]
                for fields in self.totals.values()
                if "review.scale" in fields
            ]
        total = sum(fill.total for fill in seen)
        over, far = sum(fill.filled for fill in seen), sum(fill.unread for fill in seen)
        if now == self._scale:
            if total < MEASURED or over < LEAST or over < 0.03 * total:
                return None
            return 100.0 if far >= LEAST and far >= 0.03 * total else 10.0
        return self._scale if total >= 10 * MEASURED and not over else None


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
    signs = []
    for field, fill in fills.items():
        if fill.total <= 0:
            continue
        known = before.get(field)
        sign = _judge_field(endpoint, field, fill, known, floors, least, at_end)
        if sign is not None:
            signs.append(sign)
    return signs


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
        what = {"answer": "answers", "review": "reviews"}[field]
        collapse = fill.total >= least and fill.share < UNREADABLE
        if collapse or (fill.unread >= LEAST and fill.unread > 0.2 * fill.total):
            return sign(f"{fill.unread:,} of {fill.total:,} {what} can't be read", collapse)
        return None
    if field == "review.year":
        return sign(f"{fill.unread:,} dates are of years that can't be") if fill.unread else None
    if field == "more":
        return sign("answers say that there are further pages (hasNext), which nobody asks for")
    if field == "pages":
        return sign(f"{fill.unread:,} pages are those that came before, so what follows is missing")
    if field == "count":
        if fill.total < max(least, MEASURED) or fill.share >= 0.9:
            return None
        said = f"answers have {fill.filled:,} entries, but say (reviewCount, count) that there are {fill.total:,}"
        return sign(said, fill.share < NOTHING and endpoint.startswith("reviews"))
    if field == "review.scale":
        return None
    if field == "list":
        return _judge_lists(sign, fill, known if measured else None) if at_end else None
    if fill.unread >= LEAST and fill.unread > 0.2 * (fill.filled + fill.unread):
        return sign(f"{field} is there but can't be read in {fill.unread:,} of {fill.total:,}")
    floor = {"text": floors.texts, "score": floors.scores}.get(field.rpartition(".")[2], 0.0)
    if fill.total < least:
        return None
    if floor and fill.share < NOTHING:
        return sign(f"{field} is filled in {of_total}{once}", collapse=True)
    if fill.share < floor or (measured and known and fill.share < known.share / 2):
        return sign(f"{field} is filled in {of_total} ({fill.share:.0%}{once})")
    return None
