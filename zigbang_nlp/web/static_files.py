"""Style sheet, scripts and icon: read once, served with a name that changes with their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from zigbang_nlp.charts import CHARTS_CSS
from zigbang_nlp.web.problems import Problem

router = APIRouter(include_in_schema=False)

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class _File:
    body: bytes
    media_type: str
    version: str


@cache
def _files() -> dict[str, _File]:
    files = {}
    for path in [*sorted(Path(__file__).with_name("static").iterdir()), CHARTS_CSS]:
        if path.suffix in _TYPES:
            body = path.read_bytes()
            version = hashlib.blake2b(body, digest_size=6).hexdigest()
            files[path.name] = _File(body, _TYPES[path.suffix], version)
    return files


def static_url(name: str) -> str:
    """The address of a file, which is another one after each change."""
    return f"/static/{name}?v={_files()[name].version}"


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    """A file; for a year where it is asked for by its present version."""
    file = _files().get(name)
    if file is None:
        raise Problem(404, "not-found", "파일을 찾을 수 없습니다.")
    present = request.query_params.get("v") == file.version
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if present else "no-cache",
        "ETag": f'"{file.version}"',
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers=headers, media_type=file.media_type)
