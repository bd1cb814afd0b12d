"""과정: one review on its way through every step to its label."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from zigbang_nlp.charts.heatmap import heat_map
from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.language.i18n import Translator, translated
from zigbang_nlp.text.parts_of_speech import other_tokenizer, tag_names, tagged
from zigbang_nlp.text.taggers import TAGGERS
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.trace.cleaning import REASONS as CHANGED
from zigbang_nlp.trace.described import KNOWN_STATES, REASONS, shape_text, steps_of, visible
from zigbang_nlp.trace.traced import Gates, Tokenized, Trace
from zigbang_nlp.web.app_state import AppState, app_state_of
from zigbang_nlp.web.downloads import file_of
from zigbang_nlp.web.pages.forms import form_of, text_of
from zigbang_nlp.web.pages.render import language_of, page
from zigbang_nlp.web.prediction_service import PredictionService

router = APIRouter(include_in_schema=False)

#: Tokens that are shown of a long text, units of the heat map, and numbers of a vector.
_TOKENS, _UNITS, _NUMBERS = 60, 12, 5
#: Seconds that a request waits for another tokenizer to start before it does without.
_PATIENCE = 1.0
#: SentencePiece learns a model of its own, which a bundle of another tokenizer doesn't have.
_COMPARED = tuple(name for name in TAGGERS if name != "sentencepiece")


@router.get("/trace")
async def empty(request: Request) -> Response:
    """The form alone; the tokenizer to compare with starts while the reader types."""
    app_state = app_state_of(request)
    if app_state.prediction_service.model is not None:
        _started(app_state, _usual(app_state.prediction_service))
    return _page(request)


@router.post("/trace")
async def traced(request: Request) -> Response:
    """The page with every step of a pasted review."""
    form = await form_of(request)
    text, other, unit = (text_of(form, name) for name in ("text", "other", "unit"))
    app_state = app_state_of(request)
    language = language_of(request.scope)
    unit = unit.strip()
    context: dict[str, Any] = {"text": text, "chosen": other, "unit": unit}
    most = app_state.settings.serve.max_characters
    if len(text) > most:
        sentence = translated("{n:,}자까지 입력할 수 있습니다.", language, n=most)
        return _page(request, 422, sentence=sentence, **context | {"text": text[:most]})
    if not text.strip():
        return _page(request, sentence=translated("리뷰를 입력해 주세요.", language), **context)
    app_state.prediction_service.refuse_when_full()
    tracer = app_state.prediction_service.tracer
    if unit and not (unit.isascii() and unit.isdigit() and int(unit) < tracer.unit_count):
        sentence = translated(
            "0부터 {most}까지의 유닛 번호를 입력해 주세요.", language, most=tracer.unit_count - 1
        )
        return _page(request, 422, sentence=sentence, **context)
    second = other if other in _COMPARED else _usual(app_state.prediction_service)
    ready, _ = await asyncio.wait([_started(app_state, second)], timeout=_PATIENCE)
    # The model's own has been started with the model.
    compared = second if ready else _own(app_state.prediction_service)
    trace = await run_in_threadpool(tracer.trace, text, compared, int(unit) if unit else None)
    if not ready:
        trace = replace(trace, other=Tokenized(second, ()))
    if (format := text_of(form, "format")) in ("csv", "xlsx"):
        return file_of(_token_table(trace), "trace", format)
    pooling = app_state.prediction_service.classifier.bundle.architecture.pooling
    steps = steps_of(trace, pooling, Translator(language))
    return _page(
        request, trace=trace, steps=steps, map=_map(trace, language), starting=not ready, **context
    )


def _started(app_state: AppState, name: str) -> asyncio.Task[None]:
    """The start of a tokenizer, begun once, in a thread of its own.

    Okt needs Java, whose start takes seconds, and half a minute on a busy machine: longer than a
    request may take. A start that fails ends too: whoever uses it hears at once why it can't.
    """

    def start() -> None:
        with contextlib.suppress(TokenizerError):
            tagged("역", TokenizerSettings(name))

    starts = app_state.tokenizer_starts
    if name not in starts:
        starts[name] = asyncio.create_task(asyncio.to_thread(start))
    return starts[name]


def _own(prediction_service: PredictionService) -> str:
    return prediction_service.classifier.bundle.encoder.tokenizer_settings.name


def _usual(prediction_service: PredictionService) -> str:
    return other_tokenizer(_own(prediction_service))


def _token_table(trace: Trace) -> pd.DataFrame:
    """One row a token of the first window: its name, id, embedding and the LSTM's states."""
    if not trace.windows:
        return pd.DataFrame({"token": [token.form for token in trace.tokenized.tokens]})
    first = trace.windows[0]
    count = len(trace.names)
    parts = [
        pd.DataFrame({"token": trace.names, "id": list(first.ids)[:count]}),
        pd.DataFrame(trace.embedding[:count]).add_prefix("embedding_"),
        pd.DataFrame(first.states[:count]).add_prefix("state_"),
    ]
    return pd.concat(parts, axis=1)


def _map(trace: Trace, language: str) -> Markup | None:
    if not trace.windows:
        return None
    units = trace.units[:_UNITS]
    return heat_map(
        trace.names[:_TOKENS],
        [str(unit) for unit in units],
        trace.windows[0].states[:_TOKENS, list(units)].tolist(),
        translated("LSTM 상태: 행은 토큰, 열은 유닛", language),
    )


def _page(request: Request, status: int = 200, **context: Any) -> Response:
    prediction_service = app_state_of(request).prediction_service
    ready = prediction_service.model is not None
    blank: dict[str, Any] = {
        "text": "",
        "sentence": "",
        "chosen": "",
        "unit": "",
        "trace": None,
        "steps": [],
        "map": None,
        "ready": ready,
        "starting": False,
        "most_unit": prediction_service.tracer.unit_count - 1 if ready else 0,
        "compared": _COMPARED,
        "shown": _TOKENS,
        "numbers": _NUMBERS,
        "changed": CHANGED,
        "reasons": REASONS,
        "states": KNOWN_STATES,
        "tag_names": tag_names,
        "shape_text": shape_text,
        "visible": visible,
        "gates_of": _gate_rows,
    }
    return page(request, "trace.html", status, **(blank | context))


def _gate_rows(gates: Gates, names: list[str]) -> list[tuple[str, list[float]]]:
    columns = (gates.input, gates.forget, gates.output, gates.offered, gates.cell, gates.state)
    rows = zip(names[:_TOKENS], *columns, strict=False)
    return [(name, [float(value) for value in values]) for name, *values in rows]
