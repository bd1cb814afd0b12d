"""Uploaded files: classified one after another beside the requests, kept for a while."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from zigbang_nlp.errors import InputError, ZigbangError
from zigbang_nlp.files import atomic_file
from zigbang_nlp.importing import Look
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.predict.bulk import columns_of
from zigbang_nlp.predict.files import with_columns
from zigbang_nlp.records import LABEL_ONLY
from zigbang_nlp.tables.cells import review_texts
from zigbang_nlp.tables.source import ReadOptions
from zigbang_nlp.tables.write import open_table
from zigbang_nlp.web.background import Background, BackgroundJob
from zigbang_nlp.web.job_rows import rows_of, save_rows
from zigbang_nlp.web.prediction_service import PredictionService
from zigbang_nlp.web.problems import Problem
from zigbang_nlp.web.uploads import ending_of, look, seen_in, small_chunks, under_name

#: Files that may wait.
_WAITING = 8


@dataclass
class Job(BackgroundJob):
    """One file; what is done of it are rows.

    Attributes:
        name: of the file, as it was sent.
        source: where it lies, in a folder of its own.
        column: of the texts.
        options: how the file is read.
        positive, negative, unsure: rows so far; those that no model could judge are none of them.
        model: identity of the bundle that judges it.
        seen: what was recognised in the file, None before it is read.
        corrected: what people said of its rows, by their number.
    """

    name: str
    source: Path
    column: str
    options: ReadOptions
    positive: int = 0
    negative: int = 0
    unsure: int = 0
    model: str | None = None
    seen: Look | None = None
    corrected: dict[int, str] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        """The CSV that the job writes."""
        return self.source.with_name("answer.csv")

    @property
    def rows(self) -> Path:
        """Its rows for the page; see `job_rows`."""
        return self.source.with_name("rows.parquet")


class UploadJobs(Background[Job]):
    """Classifies uploaded files in a thread of its own.

    Args:
        prediction_service: whose model does it.
    """

    def __init__(self, prediction_service: PredictionService) -> None:
        sentence = N_("파일을 찾을 수 없습니다. 판정한 파일은 한 시간 동안만 보관합니다.")
        gone = ("no-such-file", sentence)
        super().__init__("files", "An uploaded file could not be classified.", gone)
        self._prediction_service = prediction_service
        #: Files that are being read before they are jobs.
        self._coming = 0

    def take(
        self, name: str, body: BinaryIO, column: str, options: ReadOptions | None = None
    ) -> Job:
        """Keep a file and put it in the queue.

        Args:
            name: as it was sent; only its ending is trusted.
            body: its bytes.
            column: of the texts, or "" to find it.
            options: how to read the file.

        Raises:
            Problem: too many wait, or the column must be told.
            InputError: the file can't be read.
            BundleError: there is no model.
        """
        self._prediction_service.classifier  # noqa: B018 - without one the file would wait for nothing
        with self.lock:
            self.forget_old()
            if len(self.under_way()) + self._coming >= _WAITING:
                raise Problem(
                    503,
                    "too-many-files",
                    "대기 중인 파일이 너무 많습니다. 몇 분 뒤에 다시 올려 주세요.",
                    {"Retry-After": "60"},
                )
            self._coming += 1
        try:
            return self._taken(name, body, column, options or ReadOptions())
        finally:
            with self.lock:
                self._coming -= 1

    def _taken(self, name: str, body: BinaryIO, column: str, options: ReadOptions) -> Job:
        key = secrets.token_urlsafe(16)
        home = self.place / key
        home.mkdir()
        source = home / f"upload{ending_of(name)}"
        job = Job(Path(name).name[:100], source, column, options, key=key)
        try:
            with source.open("wb") as stream:
                shutil.copyfileobj(body, stream, 1 << 20)
            job.column, job.total = look(source, column, options)
        except BaseException as error:
            shutil.rmtree(home, ignore_errors=True)
            if isinstance(error, InputError):
                raise under_name(error, source, job.name) from error
            raise
        with self.lock:
            self.put(job)
        return job

    def work(self, job: Job) -> None:
        """Classify a file, which goes; its answer and its rows stay."""
        try:
            self._classify(job)
        except ZigbangError as error:
            raise under_name(error, job.source, job.name) from error
        finally:
            job.source.unlink(missing_ok=True)

    def _classify(self, job: Job) -> None:
        kept = []
        job.model = self._prediction_service.model
        job.seen = seen_in(job.source, job.column, job.options)
        with atomic_file(job.output) as fresh, open_table(fresh) as write:
            for chunk in small_chunks(job.source, job.column, job.options):
                if job.state != "working":
                    return
                texts = review_texts(chunk[job.column], job.column, job.done)
                predictions = self._prediction_service.classifier.predict(texts)
                write(with_columns(chunk, columns_of(predictions, LABEL_ONLY)))
                kept.append(rows_of(predictions, job.done + 1))
                job.done += len(chunk)
                job.positive += sum(p.label == "positive" for p in predictions)
                job.negative += sum(p.label == "negative" for p in predictions)
                job.unsure += sum(p.unsure and p.label is not None for p in predictions)
        save_rows(kept, job.rows)

    def remove(self, job: Job) -> None:
        """Delete all that a file left."""
        shutil.rmtree(job.source.parent, ignore_errors=True)
