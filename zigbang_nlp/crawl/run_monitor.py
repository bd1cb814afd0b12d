"""What a run learns of the site on its way: drift, another scale of scores, endpoints that are closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pygeohash

from zigbang_nlp.config.site import file_to_mend
from zigbang_nlp.console import log
from zigbang_nlp.crawl.drift import Watch
from zigbang_nlp.crawl.interpret import scale_at
from zigbang_nlp.crawl.maintain import reread
from zigbang_nlp.crawl.site import Site
from zigbang_nlp.errors import DriftError
from zigbang_nlp.geo import districts
from zigbang_nlp.store import Outcome, Scope, Store, Task

#: Answers that say that there is nothing at this address.
GONE = ("http 404", "http 410")
#: Kinds without which there are no reviews.
_NEEDED = ("cell", "area", "reviews")


class RunMonitor:
    """Follows one run over one scope.

    Args:
        store: keeps what is learnt.
        site: is asked; its scale and its endpoints are changed here.
        scope: of the run.
        run: its number.
    """

    def __init__(self, store: Store, site: Site, scope: Scope, run: int) -> None:
        self.store, self.site, self.scope, self.run = store, site, scope, run
        self._began = datetime.now(UTC)
        site.scale = scale_at(store.answers.scales(site.source), self._began, site.data.scale)
        before = store.fills.last_good(site.source, before=run)
        self._watch = Watch(site.data, before)
        self._rescaled = False
        #: What the end of the run has to say, beside the counts.
        self.warnings: list[str] = []

    def note(self, outcomes: Iterable[Outcome]) -> None:
        """Learn from answers that are saved.

        Raises:
            DriftError: the site has changed so much that going on makes no sense.
        """
        for outcome in outcomes:
            self._note_endpoint(outcome)
            for sign in self._watch.note(outcome):
                log.warning("%s", sign.fact)
        scale = self._watch.recognised_scale(self.site.scale)
        if scale is not None:
            self._rescale(scale)

    def save(self) -> None:
        """Write the fill rates down; call it now and then, and at the end."""
        self.store.fills.add(self.run, self._watch.take_unsaved())

    def go_on(self) -> bool:
        """At the end of the work: whether another endpoint brings more of it."""
        for kind in ("cell", "area", "reviews"):
            refused = self.site.endpoints.refused(kind)
            if refused >= (3 if kind == "reviews" else 1) and self._take_next(kind, refused):
                return True
        return False

    def end(self) -> str:
        """Judge the whole run, and give the word for its outcome.

        Raises:
            DriftError: nothing, or nothing of a field, could be read.
        """
        if self._rescaled:
            reread(self.store, self.site, self._began)
        states = self.store.frontier.states(self.scope.source, self.scope.region)
        signs = self._watch.at_end(not any(kind == "reviews" for kind, _ in states))
        self.warnings += [sign.fact for sign in signs]
        return f"warned: {' '.join(self.warnings)}" if self.warnings else "complete"

    # -- the scale of scores

    def _rescale(self, scale: float) -> None:
        self.site.scale = scale
        self.store.answers.add_scale(self.site.source, self._began, scale)
        self._rescaled = True
        warning = (
            f"The scores of this run are on a scale of {scale:g}, not of {self.site.data.scale:g}: "
            "they are stored as parts of 5, and those read before are read again."
        )
        log.warning("%s", warning)
        self.warnings.append(warning)

    # -- endpoints

    def _note_endpoint(self, outcome: Outcome) -> None:
        task, failure, endpoints = outcome.task, outcome.failure, self.site.endpoints
        absent = bool(outcome.absent) or (failure is not None and failure.kind in GONE)
        if failure is not None and not absent and not failure.readable_later:
            return  # no answer says nothing of the endpoint
        if outcome.endpoint != self.site.endpoint(task):
            if absent:  # asked on an endpoint that was found closed meanwhile
                self.store.frontier.reopen(self.scope, task.kind, GONE)
            return
        if endpoints.note(task.kind, absent):
            refused = endpoints.refused(task.kind)
            if not self._take_next(task.kind, refused) and task.kind in _NEEDED:
                self._ask_again_next_time(task.kind)
                raise DriftError(
                    f"{outcome.endpoint} says 404 or 410 to everything ({refused:,} times), and no "
                    "other endpoint for these answers is known.",
                    "Look for the endpoint that the site uses now, and put it into "
                    f"{file_to_mend(self.site.source)}: zigbang-nlp crawl --site FILE.",
                )

    def _ask_again_next_time(self, kind: str) -> None:
        """Nothing passes for answered; areas stood in for the cells that had been put away."""
        if kind == "area":
            self.store.frontier.drop(self.scope, kind)
            kind = "cell"
        self.store.frontier.reopen(self.scope, kind, GONE)

    def _take_next(self, kind: str, refused: int) -> bool:
        """Go on by the next endpoint for a kind of answer; False where there is none."""
        endpoints = self.site.endpoints
        warning = (
            f"{self._name(kind)} says 404 or 410 to everything ({refused:,} times): it may be gone."
        )
        if endpoints.take_next(kind) is not None:
            self.store.frontier.reopen(self.scope, kind, GONE)
            warning += f" Going on by {self._name(kind)}."
        elif kind == "cell" and endpoints.all("area"):
            tasks = self._areas()
            self.store.frontier.start(self.scope, tasks)
            warning += f" Going on by {self._name('area')}, for {len(tasks):,} districts."
            endpoints.give_up(kind)
            self.store.frontier.reopen(self.scope, kind, GONE)  # to be put away without a request
        else:
            return False
        log.warning("%s", warning)
        self.warnings.append(warning)
        return True

    def _name(self, kind: str) -> str:
        """The endpoint for a kind of answer, as failures and fill rates name it."""
        return self.site.endpoint(Task(kind, ""))

    def _areas(self) -> Sequence[Task]:
        """The districts that the region's cells touch, by their codes."""
        codes = set()
        for cell in self.store.frontier.keys(self.scope, "cell"):
            box = pygeohash.get_bounding_box(cell)
            for part in range(25):  # a district of Seoul is wider than a fifth of a cell
                latitude = box.min_lat + (part // 5 + 0.5) / 5 * (box.max_lat - box.min_lat)
                longitude = box.min_lon + (part % 5 + 0.5) / 5 * (box.max_lon - box.min_lon)
                place = districts.district_at(latitude, longitude)
                codes.add(place.district_code if place is not None else "")
        return [Task("area", code) for code in sorted(codes - {""})]
