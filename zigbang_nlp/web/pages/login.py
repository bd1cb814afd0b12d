"""The token, typed once into a browser; a cookie stands for it from then on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from zigbang_nlp.web.app_state import services_of
from zigbang_nlp.web.authentication import SESSION_COOKIE
from zigbang_nlp.web.pages.render import check_form, page

router = APIRouter(include_in_schema=False)

_MONTH = 2_592_000


@router.get("/login")
async def login(request: Request, next: str = "/") -> Response:
    """The form."""
    return page(request, "login.html", target=_own(next), wrong=False)


@router.post("/login")
async def logged_in(request: Request) -> Response:
    """Check the token; wrong ones are counted by the limit of requests like all others."""
    form = await request.form(max_files=0, max_fields=5)
    check_form(request, str(form.get("csrf", "")))
    target = _own(str(form.get("next", "/")))
    authenticator = services_of(request).authenticator
    if not authenticator.is_token(str(form.get("token", "")).strip()):
        return page(request, "login.html", 401, target=target, wrong=True)
    answer = RedirectResponse(target, 303)
    answer.set_cookie(
        SESSION_COOKIE,
        authenticator.session(),
        max_age=_MONTH,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def _own(target: str) -> str:
    """An address of this server; a stranger's link must not lead elsewhere."""
    own = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if own and target.isprintable() else "/"
