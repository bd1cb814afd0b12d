"""API 안내: the OpenAPI document as a page that needs nothing from elsewhere."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from markupsafe import Markup, escape
from starlette.responses import Response

from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.web.api import PREFIX
from zigbang_nlp.web.pages.render import language_of, page

router = APIRouter(include_in_schema=False)

_HANGUL, _CODE = re.compile("[가-힣]"), re.compile("`([^`]+)`")


@router.get("/api")
def api_docs(request: Request) -> Response:
    """Every operation: what it answers, its parameters, a command to try, and its columns."""
    document = request.app.openapi()
    say = Translator(language_of(request.scope))
    origin = str(request.base_url).rstrip("/")
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _operation(document, method.upper(), path, operation, origin, say)
            groups.setdefault(say(operation["tags"][0]), []).append(shown)
    return page(request, "api.html", groups=groups, document=f"{PREFIX}/openapi.json")


def _operation(
    document: dict[str, Any],
    method: str,
    path: str,
    operation: dict[str, Any],
    origin: str,
    say: Translator,
) -> dict[str, Any]:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json")
    answers = operation["responses"]
    parameters = [
        _field(one["name"], one["schema"] | one, say) for one in operation.get("parameters", [])
    ]
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "summary": _described(operation["summary"], say),
        "description": _described(operation.get("description", ""), say),
        "parameters": parameters + (_fields(document, sent["schema"], say) if sent else []),
        "command": _command(document, method, path, operation, origin),
        "columns": _columns(document, answers.get("200", {}), say),
        "problems": [
            (status, _described(answer["description"], say))
            for status, answer in answers.items()
            if status != "200"
        ],
    }


def _command(
    document: dict[str, Any], method: str, path: str, operation: dict[str, Any], origin: str
) -> str:
    """A line for a terminal, with the examples of those parameters that have one."""
    parameters = []
    for one in operation.get("parameters", []):
        examples = one.get("examples") or one["schema"].get("examples") or []
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(examples[0]))
        elif examples and one.get("required"):
            parameters.append(f"{one['name']}={quote(str(examples[0]), safe=':')}")
    words = ["curl", f"{origin}{path}" + (f"?{'&'.join(parameters)}" if parameters else "")]
    if method == "POST":
        example = document["components"]["schemas"]["PredictRequest"]["examples"][0]
        words += ["--json", json.dumps(example, ensure_ascii=False)]
    return shlex.join(words)


def _columns(document: dict[str, Any], answer: dict[str, Any], say: Translator) -> list[Any]:
    """[(part of the answer, its fields)] of a JSON answer: itself, then its rows."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" not in schema:
        return []
    whole = _resolved(document, schema)
    parts = [("", _fields(document, schema, say))]
    for name, field in whole.get("properties", {}).items():
        choices = [one.get("items", {}) for one in (field, *field.get("anyOf", []))]
        parts += [(name, _fields(document, one, say)) for one in choices if "$ref" in one]
    return parts


def _fields(document: dict[str, Any], schema: dict[str, Any], say: Translator) -> list[Any]:
    fields = _resolved(document, schema).get("properties", {})
    return [_field(name, field, say) for name, field in fields.items()]


def _field(name: str, field: dict[str, Any], say: Translator) -> dict[str, Any]:
    """A field of a body or an answer, or a parameter, which knows whether it is `required`."""
    return {
        "name": name,
        "description": _described(field.get("description", ""), say),
        "type": _type_of(field),
        "default": field.get("default"),
        "required": field.get("required", False),
    }


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    resolved: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return resolved


def _type_of(schema: dict[str, Any]) -> str:
    """The type as it is written in JSON Schema, in a word or two."""
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type_of(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("type", schema.get("const", "any")))
    return f"{_type_of(schema['items'])}[]" if kind == "array" and "items" in schema else kind


def _described(description: str, say: Translator) -> Markup:
    """A description in the page's language; the English of a column says nothing in Korean."""
    sentence = " ".join(description.split())
    if _HANGUL.search(sentence):
        sentence = say(sentence)
    elif say.language != "en":
        sentence = ""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence))))
