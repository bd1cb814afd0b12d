"""/api/v1/model: the model card."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.api.listing import answer, headers_of
from zigbang_nlp.web.api.schemas import ModelCard, problem_responses
from zigbang_nlp.web.app_state import app_state_of

router = APIRouter(prefix=PREFIX, tags=["모델"])


@router.get("/model", summary="모델 카드", response_model=ModelCard, responses=problem_responses())
async def model(request: Request) -> Response:
    """무엇을 배웠고 얼마나 맞히는지."""
    prediction_service = app_state_of(request).prediction_service
    card = model_card(prediction_service.classifier.bundle)
    tag = f'"{card["model"]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers_of(tag))
    return answer(tag, card)


def model_card(bundle: Bundle) -> dict[str, Any]:
    """What a bundle says of itself."""
    return {
        "model": bundle.identity(),
        "threshold": bundle.threshold,
        "unsure_low": bundle.unsure_low,
        "unsure_high": bundle.unsure_high,
        "architecture": bundle.architecture.as_dict(),
        "tokenizer": bundle.encoder.tokenizer_settings.name,
        "vocabulary": len(bundle.encoder.vocabulary),
        "length": bundle.encoder.length,
        "metrics": bundle.metrics,
        "versions": bundle.versions,
        "data_fingerprint": bundle.data_fingerprint,
    }
