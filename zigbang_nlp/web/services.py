"""What the answers draw on, made once for an application."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from zigbang_nlp.config import Settings
from zigbang_nlp.web.access import Guard
from zigbang_nlp.web.engine import Engine
from zigbang_nlp.web.jobs import Jobs
from zigbang_nlp.web.library import Library
from zigbang_nlp.web.metrics import Metrics


@dataclass(frozen=True)
class Services:
    """See the modules of each."""

    settings: Settings
    engine: Engine
    library: Library
    jobs: Jobs
    metrics: Metrics
    guard: Guard


def services_of(request: Request) -> Services:
    """The services of the application that a request came to; for FastAPI's Depends, too."""
    found: Services = request.app.state.services
    return found
