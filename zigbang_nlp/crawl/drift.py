"""Tells a site that changed from one that didn't, by how often each field of its answers is filled."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace

from zigbang_nlp.config.site import SiteFile, file_to_mend
from zigbang_nlp.crawl.drift_signs import LEAST, MEASURED, Sign, judge
from zigbang_nlp.crawl.endpoints import place_of
from zigbang_nlp.errors import DriftError
from zigbang_nlp.store import Outcome
from zigbang_nlp.store.fill_rates import ByEndpoint, Fill, Fills

#: Answers with something in them that are looked back at while the crawl runs.
WINDOW = 30
#: Rows of reviews, or apartments of a list, from which on two answers are not the same by chance.
_CONTENT = {"reviews": 5, "cell": 3, "area": 3}
#: Characters of a raw answer that are shown.
_SHOWN = 600

_NEXT = (
    "Look at the whole answer with `zigbang-nlp crawl --show {key}`. Put the new name into {file}, run "
    "`zigbang-nlp crawl --site FILE --reparse`, which reads what is stored again without a request, "
    "and go on with `--site FILE`. What stands there as [left out] was not kept, as it might name a "
    "person: add --retry-failed then, to ask for it again."
)
#: Where the site doesn't look at what is asked, what is stored says nothing.
_NEXT_BLIND = (
    "Look at the whole answer with `zigbang-nlp crawl --show {key}`. Put the question as the site "
    "takes it now (path, query) into {file}, and ask all again with `--site FILE --refresh 0d`."
)


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
        self._recent: dict[str, deque[tuple[str, int]]] = {}
        self._told: set[tuple[str, str]] = set()
        self._shown: dict[str, tuple[str, Outcome]] = {}

    def note(self, outcome: Outcome) -> list[Sign]:
        """Learn from an answer; gives new signs that the site has changed in part.

        Raises:
            DriftError: of the last answers, nothing could be read, or a field is gone.
        """
        contents = outcome.contents
        if not contents.fills:
            return []
        with self._lock:
            self._compare(outcome)
            for sums in (self.totals, self._unsaved):
                sums.setdefault(contents.endpoint, Fills()).add(contents.fills)
            if "answer" not in contents.fills:
                return []  # an empty list says nothing of its fields
            if not contents.readable or contents.endpoint not in self._shown:
                fact = outcome.failure.fact if outcome.failure else ""
                self._shown[contents.endpoint] = (fact, outcome)
            signs = self._judge_window(contents.endpoint, contents.fills)
            new = [sign for sign in signs if (sign.endpoint, sign.field) not in self._told]
            self._told |= {(sign.endpoint, sign.field) for sign in new}
        if any(sign.collapse for sign in signs):
            raise self._error(signs)
        return new

    def _compare(self, outcome: Outcome) -> None:
        """Count an answer that says what one to another question said, if that can be no chance."""
        contents, (key, _) = outcome.contents, place_of(outcome.task)
        entries: list[object] = [(row.category, row.text) for row in contents.reviews]
        entries = entries or [apartment.apartment_id for apartment in contents.apartments]
        if len(entries) < _CONTENT.get(outcome.task.kind, len(entries) + 1):
            return
        recent = self._recent.setdefault(contents.endpoint, deque(maxlen=WINDOW))
        content = hash(tuple(entries))
        same = any(content == other and key != earlier for earlier, other in recent)
        recent.append((key, content))
        contents.fills.note("same", filled=not same, unread=same)

    def _judge_window(self, endpoint: str, fills: Fills) -> list[Sign]:
        window = self._windows.setdefault(endpoint, deque())
        sums = self._sums.setdefault(endpoint, Fills())
        window.append(fills)
        sums.add(fills)
        if len(window) < WINDOW:
            return []
        before = self._before.get(endpoint)
        if before is None:  # then this run's own beginning is the measure
            before = Fills()
            before.add(self.totals[endpoint])
            before.add(sums, sign=-1)
        signs = judge(endpoint, sums, before, self._floors, MEASURED, at_end=False)
        sums.add(window.popleft(), sign=-1)
        return signs

    def at_end(self, nothing_known: bool) -> list[Sign]:
        """Signs that the site has changed in part, by what the whole run has seen.

        Args:
            nothing_known: no apartment of the region is known from this run or an earlier one, so
                that lists without entries are no sea but a collapse.

        Raises:
            DriftError: nothing, or nothing of a field, could be read.
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
        if any(sign.collapse for sign in signs):
            raise self._error(signs)
        return signs

    def _error(self, signs: list[Sign]) -> DriftError:
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
        blind = any(sign.field == "same" and sign.collapse for sign in signs)
        step = _NEXT_BLIND if blind else _NEXT
        return DriftError(" ".join(filter(None, facts)), step.format(key=key, file=self._file))

    def take_unsaved(self) -> ByEndpoint:
        """What was counted since the last call."""
        with self._lock:
            unsaved, self._unsaved = self._unsaved, {}
            return unsaved

    def recognised_scale(self, now: float) -> float | None:
        """The scale that the scores of this run are on, where it is not the one in force."""
        with self._lock:
            scales = [fields.get("review.scale", Fill()) for fields in self.totals.values()]
            total, over = sum(s.total for s in scales), sum(s.filled for s in scales)
            far = sum(s.unread for s in scales)
        if now == self._scale:
            if total < MEASURED or over < LEAST or over < 0.03 * total:
                return None
            return 100.0 if far >= LEAST and far >= 0.03 * total else 10.0
        return self._scale if total >= 10 * MEASURED and not over else None
