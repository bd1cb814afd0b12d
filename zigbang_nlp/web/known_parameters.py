"""Parameters that no address knows are told, with the nearest that it does, rather than ignored."""

from __future__ import annotations

from difflib import get_close_matches

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from zigbang_nlp.web.problems import Problem

#: Known everywhere: the language of a page, and the version of a static file.
_EVERYWHERE = {"lang", "v"}


def known_parameters(request: Request) -> None:
    """Raise the problem that the query has a parameter that the route doesn't know.

    A misspelt filter that is ignored gives an answer to another question.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not request.query_params:
        return
    known = _names(route.dependant) | _EVERYWHERE
    for name in request.query_params:
        if name in known:
            continue
        near = get_close_matches(name, sorted(known - {"v"}), n=1, cutoff=0.5)
        raise _unknown(name, near[0]) if near else _no_such(name, sorted(known - _EVERYWHERE))


def _names(dependant: Dependant) -> set[str]:
    """Query parameters of a route and of all that it depends on."""
    own = {one.alias for one in dependant.query_params}
    return own.union(*(_names(part) for part in dependant.dependencies))


def _unknown(name: str, near: str) -> Problem:
    return Problem(
        400,
        "unknown-parameter",
        "‘{name}’이라는 조건은 없습니다. ‘{near}’을(를) 쓰려던 것인지 확인해 주세요.",
        errors=[{"where": f"query/{name[:100]}", "nearest": near}],
        values={"name": name[:100], "near": near},
    )


def _no_such(name: str, known: list[str]) -> Problem:
    errors = [{"where": f"query/{name[:100]}"}]
    if not known:
        return Problem(
            400,
            "unknown-parameter",
            "이 주소에는 조건을 붙일 수 없습니다. 물음표 뒤의 ‘{name}’을(를) 지워 주세요.",
            errors=errors,
            values={"name": name[:100]},
        )
    return Problem(
        400,
        "unknown-parameter",
        "‘{name}’이라는 조건은 없습니다. 이 주소에서 쓸 수 있는 조건: {known}",
        errors=errors,
        values={"name": name[:100], "known": ", ".join(known)},
    )
