"""Parameters that no address knows are told, with the nearest that it does, rather than ignored."""

from __future__ import annotations

from difflib import get_close_matches

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from zigbang_nlp.language.i18n import N_
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
    name = next((one for one in request.query_params if one not in known), None)
    if name is None:
        return
    values, error = {"name": name[:100]}, {"where": f"query/{name[:100]}"}
    if near := get_close_matches(name, sorted(known - {"v"}), n=1, cutoff=0.5):
        sentence = N_("‘{name}’이라는 조건은 없습니다. ‘{near}’을(를) 쓰려던 것인지 확인해 주세요.")
        values["near"] = error["nearest"] = near[0]
    elif usable := sorted(known - _EVERYWHERE):
        sentence = N_("‘{name}’이라는 조건은 없습니다. 이 주소에서 쓸 수 있는 조건: {known}")
        values["known"] = ", ".join(usable)
    else:
        sentence = N_(
            "이 주소에는 조건을 붙일 수 없습니다. 물음표 뒤의 ‘{name}’을(를) 지워 주세요."
        )
    raise Problem(400, "unknown-parameter", sentence, errors=[error], values=values)


def _names(dependant: Dependant) -> set[str]:
    """Query parameters of a route and of all that it depends on."""
    own = {one.alias for one in dependant.query_params}
    return own.union(*(_names(part) for part in dependant.dependencies))
