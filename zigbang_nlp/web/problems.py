"""Errors as RFC 9457 problem documents: a status, a stable type, and a sentence of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from starlette.types import Scope

from zigbang_nlp.errors import BundleError, InputError, InsightError, StoreError, ZigbangError
from zigbang_nlp.language.i18n import N_, translated

#: Errors that say themselves in each language.
_TOLD = (InsightError, InputError)

MEDIA_TYPE = "application/problem+json"

#: What a problem document looks like, for the OpenAPI document.
SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:zigbang-nlp:problem:too-many-texts"]},
        "title": {"type": "string", "examples": ["Unprocessable Content"]},
        "status": {"type": "integer", "examples": [422]},
        "detail": {
            "type": "string",
            "description": "Korean, or English where Accept-Language prefers it",
            "examples": ["리뷰가 1,001개입니다. 한 번에 1,000개까지 보낼 수 있습니다."],
        },
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


@dataclass
class Problem(Exception):
    """An answer that is an error.

    Attributes:
        status: HTTP status code.
        kind: a stable name, the end of the document's `type`.
        message: what is wrong and what to do: a sentence of the catalogue, or an error that has it
            in each language.
        headers: sent with it.
        errors: the parts of the request that are wrong, or nothing.
        values: what the sentence is filled with; an error says itself in the same language.
    """

    status: int
    kind: str
    message: str | InsightError | InputError
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[Mapping[str, Any]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """What is wrong, in "ko" or "en"."""
        if isinstance(self.message, _TOLD):
            return self.message.sentence(language)
        values = {
            name: value.sentence(language) if isinstance(value, _TOLD) else value
            for name, value in self.values.items()
        }
        return translated(self.message, language, **values)

    def response(self, scope: Scope, language: str = "") -> Response:
        """The problem as an answer to the request of `scope`, in the language it prefers or this one."""
        document: dict[str, Any] = {
            "type": f"urn:zigbang-nlp:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.sentence(language or preferred_language(scope)),
        }
        if self.errors:
            document["errors"] = list(self.errors)
        # Half a surrogate pair, as a caller may have sent, is no UTF-8.
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")
        return Response(body, self.status, dict(self.headers), MEDIA_TYPE)


def wrong_values(faults: Sequence[Any]) -> list[dict[str, str]]:
    """The first of pydantic's faults as `errors` of a problem."""
    return [{"where": "/".join(map(str, one["loc"])), "reason": one["msg"]} for one in faults[:20]]


def preferred_language(scope: Scope) -> str:
    """Choose "en" where the caller's first wish is English, else "ko"."""
    wished = next((v for k, v in scope["headers"] if k == b"accept-language"), b"")
    return "en" if wished.strip().lower().startswith(b"en") else "ko"


def problem_of(error: ZigbangError) -> Problem:
    """One of the package's errors as a problem.

    A store or a model that is away may come back, so the caller is told when to try again. What a
    database said may name hosts and users: that is for the log, not for callers.
    """
    soon = {"Retry-After": "5"}
    if isinstance(error, StoreError):
        sentence = N_("저장소를 읽을 수 없습니다. 잠시 뒤에 다시 시도하세요.")
        return Problem(503, "store-away", sentence, soon)
    if isinstance(error, BundleError):
        return Problem(
            503,
            "model-missing",
            "사용할 수 있는 모델이 없습니다. 먼저 `zigbang-nlp train`으로 학습하세요.",
            soon,
        )
    if isinstance(error, InsightError):
        return Problem(404, "nothing-to-say", error)
    why = [{"reason": str(error)}]
    if isinstance(error, InputError):
        lost = N_("요청 값을 이해하지 못했습니다. 값을 확인해 주세요.")
        return Problem(422, "wrong-input", error if error.korean else lost, errors=why)
    return Problem(500, "internal", "요청을 처리할 수 없습니다.", errors=why)
