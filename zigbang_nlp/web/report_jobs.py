"""Reports that people asked for by a button: written one after another, kept for a while."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zigbang_nlp.console import log
from zigbang_nlp.errors import InputError, InsightError, ZigbangError
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.report.make import write_report
from zigbang_nlp.store import Store
from zigbang_nlp.web.background import Background
from zigbang_nlp.web.problems import Problem

#: Reports that may wait, that are kept, and for how many seconds.
_WAITING, _KEPT, _SECONDS = 4, 20, 3_600


@dataclass
class ReportJob:
    """One report.

    Attributes:
        key: its secret name in addresses.
        filters, language: what it is about, and in which language.
        file: where it is written.
        state: "waiting", "working", "done" or "failed".
        done, total: sections.
        trouble: why it failed, in its language.
    """

    key: str
    filters: Filters
    language: str
    file: Path
    state: str = "waiting"
    done: int = 0
    total: int = 1
    trouble: str = ""
    ended: float = 0.0

    @property
    def packed(self) -> Path:
        """The file by gzip, packed once rather than for each who asks."""
        return self.file.with_suffix(".html.gz")


class ReportJobs:
    """Writes reports in a thread of its own.

    Args:
        store: gives the open store.
        model: gives the bundle's directory, or None where there is no model.
        evaluation: what `evaluate` wrote, where it did.
    """

    def __init__(
        self, store: Callable[[], Store], model: Callable[[], Path | None], evaluation: Path
    ) -> None:
        self._store, self._model, self._evaluation = store, model, evaluation
        self._background: Background[ReportJob] = Background(
            "reports", self._do, _remove, _KEPT, _SECONDS
        )

    def ask(self, filters: Filters, language: str) -> ReportJob:
        """Put a report in the queue; one that waits with the same filters is given again.

        Raises:
            Problem: too many wait.
        """
        background = self._background
        with background.lock:
            background.forget_old()
            waiting = background.under_way()
            for one in waiting:
                if (one.filters, one.language) == (filters, language):
                    return one
            if len(waiting) >= _WAITING:
                raise _TOO_MANY
            key = secrets.token_urlsafe(16)
            job = ReportJob(key, filters, language, background.place / f"{key}.html")
            background.put(job)
        return job

    def find(self, key: str) -> ReportJob:
        """A report by its key.

        Raises:
            Problem: there is none, or it is long gone.
        """
        job = self._background.jobs.get(key)
        if job is None:
            raise Problem(
                404,
                "no-such-report",
                "보고서를 찾을 수 없습니다. 만든 보고서는 한 시간 동안만 보관합니다.",
            )
        return job

    def close(self) -> None:
        """Stop after the section at hand and remove all files."""
        self._background.close()

    def _do(self, job: ReportJob) -> None:
        try:
            self._write(job)
            job.packed.write_bytes(gzip.compress(job.file.read_bytes(), 6))
            job.state = "done" if job.state == "working" else job.state
        except _StoppedError:
            pass
        except (InsightError, InputError) as error:
            job.state, job.trouble = "failed", error.sentence(job.language)
        except ZigbangError as error:
            job.state, job.trouble = "failed", error.fact
        except Exception:  # noqa: BLE001 - the thread must live on
            log.exception("A report could not be written.")
            job.trouble = translated(
                "서버에서 오류가 발생했습니다. 자세한 내용은 서버 로그에 있습니다.",
                job.language,
            )
            job.state = "failed"

    def _write(self, job: ReportJob) -> None:
        def note_progress(done: int, total: int) -> None:
            job.done, job.total = done, total
            if job.state != "working":
                raise _StoppedError

        write_report(
            self._store(),
            job.file,
            model=self._model(),
            evaluation=self._evaluation,
            language=job.language,
            filters=job.filters,
            progress=note_progress,
        )


def _remove(job: ReportJob) -> None:
    job.file.unlink(missing_ok=True)
    job.packed.unlink(missing_ok=True)


class _StoppedError(Exception):
    """The server is told to stop."""


_TOO_MANY = Problem(
    503,
    "too-many-reports",
    "만들고 있는 보고서가 너무 많습니다. 잠시 뒤에 다시 시도하세요.",
    {"Retry-After": "30"},
)
