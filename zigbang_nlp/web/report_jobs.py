"""Reports that people asked for by a button: written one after another, kept for a while."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.language.i18n import N_, translated
from zigbang_nlp.report.make import write_report
from zigbang_nlp.store import Store
from zigbang_nlp.web.background import Background, BackgroundJob, StoppedError
from zigbang_nlp.web.problems import Problem

#: Reports that may wait.
_WAITING = 4


@dataclass
class ReportJob(BackgroundJob):
    """One report; what is done of it are sections.

    Attributes:
        filters, language: what it is about, and in which language.
        file: where it is written.
    """

    filters: Filters
    language: str
    file: Path

    @property
    def packed(self) -> Path:
        """The file by gzip, packed once rather than for each who asks."""
        return self.file.with_suffix(".html.gz")

    @property
    def reason(self) -> str:
        """Why it failed, in its language."""
        if isinstance(self.trouble, str):
            return translated(self.trouble, self.language)
        if isinstance(self.trouble, InsightError | InputError):
            return self.trouble.sentence(self.language)
        return self.trouble.fact


class ReportJobs(Background[ReportJob]):
    """Writes reports in a thread of its own.

    Args:
        store: gives the open store.
        model: gives the bundle's directory, or None where there is no model.
        evaluation: what `evaluate` wrote, where it did.
    """

    def __init__(
        self, store: Callable[[], Store], model: Callable[[], Path | None], evaluation: Path
    ) -> None:
        sentence = N_("보고서를 찾을 수 없습니다. 만든 보고서는 한 시간 동안만 보관합니다.")
        gone = ("no-such-report", sentence)
        super().__init__("reports", "A report could not be written.", gone)
        self._store, self._model, self._evaluation = store, model, evaluation

    def ask(self, filters: Filters, language: str) -> ReportJob:
        """Put a report in the queue; one that waits with the same filters is given again.

        Raises:
            Problem: too many wait.
        """
        with self.lock:
            self.forget_old()
            waiting = self.under_way()
            for one in waiting:
                if (one.filters, one.language) == (filters, language):
                    return one
            if len(waiting) >= _WAITING:
                raise Problem(
                    503,
                    "too-many-reports",
                    "만들고 있는 보고서가 너무 많습니다. 잠시 뒤에 다시 시도하세요.",
                    {"Retry-After": "30"},
                )
            key = secrets.token_urlsafe(16)
            job = ReportJob(filters, language, self.place / f"{key}.html", key=key)
            self.put(job)
        return job

    def work(self, job: ReportJob) -> None:
        """Write a report, and pack it."""

        def note_progress(done: int, total: int) -> None:
            job.done, job.total = done, total
            if job.state != "working":
                raise StoppedError

        write_report(
            self._store(),
            job.file,
            model=self._model(),
            evaluation=self._evaluation,
            language=job.language,
            filters=job.filters,
            progress=note_progress,
        )
        job.packed.write_bytes(gzip.compress(job.file.read_bytes(), 6))

    def remove(self, job: ReportJob) -> None:
        """Delete a report."""
        job.file.unlink(missing_ok=True)
        job.packed.unlink(missing_ok=True)
