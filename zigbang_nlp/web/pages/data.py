"""데이터: what was crawled and how it went, what the model is, plots of training and evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from zigbang_nlp.errors import BundleError, StoreError
from zigbang_nlp.model.evaluation.metrics import macro_f1_of
from zigbang_nlp.web.api.model import model_card
from zigbang_nlp.web.app_state import AppState, app_state_of
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import Viewed
from zigbang_nlp.web.pages.render import korean_moment, page
from zigbang_nlp.web.problems import Problem

router = APIRouter(include_in_schema=False)

_RUNS, _FAILURES, _CORRECTIONS = 10, 20, 10
_RUN_COLUMNS = ("requests", "new", "changed", "failed", "outcome")
#: Where one class is large, accuracy says little, so it comes last.
_MEASURES = ("macro_f1", "roc_auc", "accuracy")


@router.get("/data")
async def data(request: Request, view: Viewed) -> Response:
    """Every part is shown that there is, and says what is missing where there isn't."""
    app_state = app_state_of(request)
    context: dict[str, Any] = await run_in_threadpool(_stored, app_state)
    try:
        context["card"] = model_card(app_state.prediction_service.classifier.bundle)
        context["macro_f1"] = macro_f1_of(context["card"]["metrics"]["validation"])
    except BundleError:
        context["card"] = None
    context["evaluation"] = _evaluation(app_state, context["card"])
    if view.format:
        return await run_in_threadpool(one_of, _tables(context), view.table, view.format)
    context["plots"] = [name for name, path in _plots(app_state).items() if path.is_file()]
    return page(request, "data.html", **context)


@router.get("/data/plots/{name}")
async def plot(request: Request, name: str) -> Response:
    """One of the plots that training and evaluation draw."""
    file = _plots(app_state_of(request)).get(name)
    if file is None or not file.is_file():
        raise Problem(404, "not-found", "그래프를 찾을 수 없습니다.")
    return FileResponse(file, headers={"Cache-Control": "no-cache"})


def _plots(app_state: AppState) -> dict[str, Path]:
    settings = app_state.settings
    plots = {"learning_curves.png": app_state.prediction_service.directory / "learning_curves.png"}
    if settings.evaluation_dir.is_dir():
        plots |= {file.name: file for file in sorted(settings.evaluation_dir.glob("*.png"))}
    plots["architecture.png"] = app_state.prediction_service.directory / "architecture.png"
    return plots


def _tables(context: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Every table of the page, as a file has it."""
    crawls = context["crawls"]
    rows: dict[str, list[dict[str, Any]]] = {
        "sources": [{"source": name, "reviews": count} for name, count in context["sources"]],
        "tasks": [{"source": one["source"]} | row for one in crawls for row in one["tasks"]],
        "runs": [
            {"source": one["source"], "started_at": korean_moment(run.started_at)}
            | {name: getattr(run, name) for name in _RUN_COLUMNS}
            | {"errors": ", ".join(f"{kind}: {count}" for kind, count in run.errors.items())}
            for one in crawls
            for run in one["runs"]
        ],
        "failures": [
            {"source": one["source"], "task": str(task), "kind": failure.kind, "fact": failure.fact}
            for one in crawls
            for task, failure in one["failures"]
        ],
        "measures": [
            {"measure": row["name"], "model": side}
            | {name: (row[key] or {}).get(name) for name in ("value", "low", "high")}
            for row in context["evaluation"]
            for side, key in (("LSTM", "ours"), ("TF-IDF", "other"))
        ],
        "corrections": [
            {"text": one.text, "model_label": one.said, "label": one.label}
            for one in context["corrections"]
        ],
    }
    return {name: pd.DataFrame(table) for name, table in rows.items()}


def _evaluation(app_state: AppState, card: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What `evaluate` measured of this model on the held-out texts, one row a measure."""
    try:
        metrics = json.loads(
            (app_state.settings.evaluation_dir / "metrics.json").read_text(encoding="utf-8")
        )
        ours = metrics["model"]["at_threshold"]
        # An evaluation of an earlier model says nothing of this one.
        if card is None or metrics["bundle"] != card["model"]:
            return []
        others = metrics.get("baseline") or {}
        return [
            {
                "name": name,
                "ours": ours[name],
                "other": (others.get("at_threshold") or {}).get(name),
            }
            for name in _MEASURES
            if name in ours  # an earlier version had no macro-F1
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _stored(app_state: AppState) -> dict[str, Any]:
    context: dict[str, Any] = {"away": False, "sources": [], "crawls": [], "corrections": []}
    context |= {"corrected": 0, "confirmed": 0, "apartments": 0, "reviews": 0}
    try:
        store = app_state.corpus_cache.store()
        counts = store.sources()
        context["sources"] = list(counts.items())
        context["reviews"] = sum(counts.values())
        context["apartments"] = store.count_apartments()
        context["corrected"], context["confirmed"] = store.corrections.tally()
        context["corrections"] = store.corrections.recent(_CORRECTIONS)
        for source in counts:
            states = store.frontier.states(source)
            runs = store.runs.recent(source, _RUNS)
            if not states and not runs:
                continue
            kinds = sorted({kind for kind, _ in states})
            context["crawls"].append(
                {
                    "source": source,
                    "tasks": [
                        {
                            "kind": kind,
                            "done": states.get((kind, "done"), 0),
                            "left": states.get((kind, "todo"), 0) + states.get((kind, "leased"), 0),
                            "failed": states.get((kind, "failed"), 0),
                        }
                        for kind in kinds
                    ],
                    "runs": runs,
                    "failures": store.frontier.failures(source, _FAILURES),
                }
            )
    except StoreError:
        context["away"] = True
    return context
