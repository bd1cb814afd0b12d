"""What the answers draw on, made once for an application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from zigbang_nlp.config import Settings
from zigbang_nlp.web.authentication import Authenticator
from zigbang_nlp.web.corpus_cache import CorpusCache
from zigbang_nlp.web.latest_embeddings import LatestEmbeddings
from zigbang_nlp.web.metrics import Metrics
from zigbang_nlp.web.prediction_service import PredictionService
from zigbang_nlp.web.report_jobs import ReportJobs
from zigbang_nlp.web.result_cache import ResultCache
from zigbang_nlp.web.second_tokenizers import SecondTokenizers
from zigbang_nlp.web.upload_jobs import UploadJobs


@dataclass(frozen=True)
class AppState:
    """See the modules of each."""

    settings: Settings
    prediction_service: PredictionService
    corpus_cache: CorpusCache
    jobs: UploadJobs
    reports: ReportJobs
    metrics: Metrics
    authenticator: Authenticator
    embeddings: LatestEmbeddings
    prices_cache: ResultCache[Any] = field(default_factory=ResultCache)
    second_tokenizers: SecondTokenizers = field(default_factory=SecondTokenizers)


def app_state_of(request: Request) -> AppState:
    """The state of the application that a request came to; for FastAPI's Depends, too."""
    app_state: AppState = request.app.state.app_state
    return app_state
