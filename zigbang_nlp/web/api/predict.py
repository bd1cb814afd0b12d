"""POST /api/v1/predict."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from zigbang_nlp.errors import BundleError
from zigbang_nlp.records import PredictionOptions
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.schemas import Predictions, PredictRequest, problem_responses
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.problems import Problem, wrong_values

router = APIRouter(prefix=PREFIX, tags=["판정"])

_BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PredictRequest"}}},
}


@router.post(
    "/predict",
    summary="리뷰를 판정합니다",
    response_model=Predictions,
    responses=problem_responses(400, 413, 415, 422),
    openapi_extra={"requestBody": _BODY},
)
async def predict(request: Request) -> Response:
    """글마다 긍정·부정과 그 확률을 알려 줍니다.

    모델이 확신하지 못하면 `unsure`가 참이고 `reason`에 까닭이 있습니다.
    """
    app_state = app_state_of(request)
    prediction_service = app_state.prediction_service
    prediction_service.refuse_when_full()  # before the body is read, since a flood must cost little
    question = _read(request.headers.get("content-type", ""), await request.body())
    _check(question, app_state.settings.serve.max_texts, app_state.settings.serve.max_characters)
    try:
        predictions, model = await prediction_service.predict(
            question.texts,
            PredictionOptions(**question.model_dump(exclude={"texts"})),
        )
    except BundleError as error:
        if prediction_service.model is None:
            raise
        # There is a model, but it lacks what was asked: topics, or a network that can be explained.
        raise Problem(
            422,
            "beyond-the-model",
            "이 모델은 주제나 점수, 설명을 제공하지 않습니다. topics, aspects, stars, explain을 빼고 "
            "요청하세요.",
        ) from error
    body: dict[str, Any] = {"predictions": [p.as_dict() for p in predictions], "model": model}
    # By hand: serializing through the response model costs more than the prediction.
    return Response(json.dumps(body, ensure_ascii=False).encode(), media_type="application/json")


def _read(media_type: str, body: bytes) -> PredictRequest:
    kind = media_type.partition(";")[0].strip().lower()
    # Browsers send other types to other sites unasked; JSON they don't.
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem(
            415,
            "not-json",
            "본문은 JSON이어야 합니다. `Content-Type: application/json` 헤더를 보내세요.",
        )
    try:
        return PredictRequest.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        errors = [{"reason": faults[0]["msg"]}]
        raise Problem(400, "broken-json", "본문이 올바른 JSON이 아닙니다.", errors=errors)
    raise Problem(
        422,
        "wrong-value",
        '본문의 값이 올바르지 않습니다. {"texts": ["..."]} 형식으로 보내세요.',
        errors=wrong_values(faults),
    )


def _check(question: PredictRequest, max_texts: int, max_characters: int) -> None:
    if len(question.texts) > max_texts:
        raise Problem(
            422,
            "too-many-texts",
            "리뷰가 {n:,}건입니다. 한 번에 {most:,}건까지 보낼 수 있습니다.",
            values={"n": len(question.texts), "most": max_texts},
        )
    for number, text in enumerate(question.texts, start=1):
        if len(text) > max_characters:
            raise Problem(
                400,
                "text-too-long",
                "{number:,}번째 리뷰가 {length:,}자입니다. {most:,}자까지 판정합니다.",
                values={"number": number, "length": len(text), "most": max_characters},
            )
