"""What the answers draw on, made once for an application."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request

from zigbang_nlp.config import Settings
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.web.authentication import Authenticator
from zigbang_nlp.web.corpus_cache import CorpusCache
from zigbang_nlp.web.metrics import Metrics
from zigbang_nlp.web.prediction_service import PredictionService
from zigbang_nlp.web.report_jobs import ReportJobs
from zigbang_nlp.web.upload_jobs import UploadJobs

#: Results that are kept, the oldest is forgotten first, and for how many seconds.
_MOST, _SECONDS = 20, 3_600


class LatestEmbeddings:
    """Opens the vectors of the texts, again when there are others: they may be made meanwhile.

    Args:
        directory: that `zigbang-nlp embed` writes to; need not exist.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._opened: Embeddings | None = None

    def __call__(self) -> Embeddings:
        """The vectors that are there now."""
        with self._lock:
            if self._opened is None or not self._opened.is_current():
                self._opened = Embeddings(self._directory)
            return self._opened


class ResultCache:
    """What was found for one caller, kept a while in memory under a secret key."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, result: Any) -> str:
        """Keep a result; the answer is its key."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._results[key] = (time.monotonic(), result)
            if len(self._results) > _MOST:
                self._results.popitem(last=False)
        return key

    def find(self, key: str) -> Any:
        """A result by its key; None where there is none, or it is too old."""
        with self._lock:
            since, result = self._results.get(key, (0.0, None))
            if result is not None and time.monotonic() - since > _SECONDS:
                del self._results[key]
                return None
            return result


@dataclass(frozen=True)
class AppState:
    """See the modules of each; `tokenizer_starts` are those of the page of `trace`."""

    settings: Settings
    prediction_service: PredictionService
    corpus_cache: CorpusCache
    jobs: UploadJobs
    reports: ReportJobs
    metrics: Metrics
    authenticator: Authenticator
    embeddings: LatestEmbeddings
    prices_cache: ResultCache = field(default_factory=ResultCache)
    tokenizer_starts: dict[str, asyncio.Task[None]] = field(default_factory=dict)


def app_state_of(request: Request) -> AppState:
    """The state of the application that a request came to; for FastAPI's Depends, too."""
    app_state: AppState = request.app.state.app_state
    return app_state
