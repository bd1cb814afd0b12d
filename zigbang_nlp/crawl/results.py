"""What became of a run's tasks, by kind: the end of a run is judged and told from it."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence

from zigbang_nlp.config.site import file_to_mend
from zigbang_nlp.console import log
from zigbang_nlp.crawl.client import PASSING
from zigbang_nlp.errors import CrawlFailedError
from zigbang_nlp.store import Counts, Failure, Outcome, Scope, Store, Task


class Results:
    """Counts the outcomes of one run. Not for several threads."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.absent: Counter[str] = Counter()
        self._failures: dict[Task, tuple[str, str]] = {}

    def note(self, outcome: Outcome) -> None:
        """Count an outcome; a later one of the same task takes the place of the earlier."""
        task, failure = outcome.task, outcome.failure
        self._failures.pop(task, None)
        if failure is not None:
            self._failures[task] = (failure.kind, failure.fact)
            self.done[task.kind] += outcome.contents.readable  # but for some of its entries
        elif outcome.absent:
            self.absent[task.kind] += 1
        else:
            self.done[task.kind] += 1

    @property
    def answers(self) -> int:
        """Tasks that were answered, if only with word that there is nothing."""
        return self.done.total() + self.absent.total()

    @property
    def failed(self) -> int:
        """How many tasks failed for good."""
        return len(self._failures)

    def passing(self) -> list[Task]:
        """Tasks that failed for a reason that may have passed: an outage, a time-out."""
        return sorted(task for task, (kind, _) in self._failures.items() if kind in PASSING)

    def verdict(self) -> CrawlFailedError | None:
        """The error that a run is in which all tasks of a kind failed; None for any other."""
        by_kind: dict[str, list[str]] = defaultdict(list)
        for task, (_, fact) in sorted(self._failures.items()):
            by_kind[task.kind].append(fact)
        for kind, facts in by_kind.items():
            if not self.done[kind] + self.absent[kind]:
                return CrawlFailedError(
                    f"Nothing of the kind {kind!r} could be read: {len(facts):,} failed, the first "
                    f"with: {facts[0]}",
                    "`zigbang-nlp crawl --status` lists them; --retry-failed asks for them again.",
                )
        return None

    def told(self, apartments: Counts, reviews: Counts, warnings: Sequence[str]) -> str:
        """What the run did, in sentences for the user.

        Args:
            apartments: rows that were saved.
            reviews: the same.
            warnings: signs that the site has changed.
        """
        note = (
            f"{reviews.new:,} new reviews, {reviews.changed:,} changed, {reviews.seen:,} seen again; "
            f"{apartments.new:,} new apartments; {self.answers:,} answers read."
        )
        if self.absent:
            counts = ", ".join(
                f"{count:,} of {kind}" for kind, count in sorted(self.absent.items())
            )
            note += f" The site has nothing (404, 410) for {counts}."
        if not self.answers + self.failed:
            note += " Nothing was left to ask; --refresh 30d asks again for what is older."
        if reviews.vanished:
            note += (
                f" {reviews.vanished:,} texts known from earlier are no longer there; "
                "they are kept."
            )
        kept = {"scores": reviews.kept_scores, "dates": reviews.kept_dates}
        kept["authors"] = reviews.kept_authors
        if lost := ", ".join(f"{count:,} {what}" for what, count in kept.items() if count):
            note += f" The answers no longer give {lost} that were known; those are kept."
        if warnings:
            note += (
                f" The site may have changed: {' '.join(warnings)} "
                "`crawl --status` shows how often each field is filled."
            )
        return note


def tell_failed(store: Store, scope: Scope) -> None:
    """The last word of every run: what is not there."""
    states = store.frontier.states(scope.source, scope.region)
    failed = sum(count for (_, state), count in states.items() if state == "failed")
    left = sum(count for (_, state), count in states.items() if state in ("todo", "leased"))
    again = store.frontier.to_ask_again(scope)
    message = f"{failed:,} still failed" if failed or again else "Nothing failed"
    if left:
        tried = f" ({again:,} of them failed before)" if again else ""
        message += f", {left:,} left to ask{tried}: run the same command to go on"
    if failed or again:
        message += "; `crawl --status` lists the failures"
    if failed:
        unread = store.frontier.failed_as(scope, Failure.READABLE_LATER)
        if failed > unread:
            message += ", --retry-failed asks for them again"
        if unread:
            message += (
                f"; {unread:,} came, and could not be read or not wholly: put the new names into "
                f"{file_to_mend(scope.source)}, then --site FILE --reparse"
            )
    log.log(logging.WARNING if failed or again else logging.INFO, "%s.", message)
