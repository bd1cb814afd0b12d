"""The token, typed once into a browser; a cookie stands for it from then on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.authentication import SESSION_COOKIE
from zigbang_nlp.web.pages.forms import form_of, own_address, text_of
from zigbang_nlp.web.pages.render import page

router = APIRouter(include_in_schema=False)

_MONTH = 2_592_000


@router.get("/login")
async def login(request: Request, next: str = "/") -> Response:
    """The form."""
    return page(request, "login.html", target=own_address(next), wrong=False)


@router.post("/login")
async def logged_in(request: Request) -> Response:
    """Check the token; wrong ones are counted by the limit of requests like all others."""
    form = await form_of(request)
    target = own_address(text_of(form, "next") or "/")
    authenticator = app_state_of(request).authenticator
    if not authenticator.is_token(text_of(form, "token").strip()):
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


@router.post("/logout")
async def logged_out(request: Request) -> Response:
    """Forget the session in this browser."""
    await form_of(request)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return answer
