"""What became of a run's tasks, by kind: the end of a run is judged and told from it."""

from __future__ import annotations

from collections import Counter, defaultdict

from zigbang_nlp.crawl.client import PASSING
from zigbang_nlp.errors import CrawlFailedError
from zigbang_nlp.store import Outcome, Task


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

    def absences(self) -> str:
        """A sentence about what the site doesn't have, or nothing."""
        counts = [f"{count:,} of {kind}" for kind, count in sorted(self.absent.items())]
        return f"The site has nothing (404, 410) for {', '.join(counts)}." if counts else ""
