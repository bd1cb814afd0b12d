"""Whatever a browser may send to the pages: any value of any parameter, any field of any form.

Pages are no part of the OpenAPI document, so their addresses are those of the routers, and their
forms those that the pages hold; a new one is asked without being named here.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from fastapi.routing import APIRoute

from tests.factories.web import HOSTILE
from zigbang_nlp.web import pages
from zigbang_nlp.web.known_parameters import _names

#: Values between what is asked for and what nobody would ask.
VALUES = [
    *("", "0", "1", "-1", "2024", "2024-13-45", "9999999", "1e309", "nan", "١٢", "２", "\x00", "%"),
    *(
        "csv",
        "xlsx",
        "geojson",
        "gpkg",
        "random",
        "doubtful",
        "complaints",
        "positive",
        "district",
        "meaning",
    ),
    *("노원구", "주차", "층간 소음", "ㅈㅊ", "made:1", "../../x", "a" * 3_000, "\U0001f3e0" * 99),
    *(text for text in HOSTILE if len(text) < 300),
]


@dataclass
class Form:
    """A form of a page: where it goes, and its fields with their values."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get")))
        elif name := attributes.get("name") if self.forms else None:
            if attributes.get("type") == "file":
                self.forms[-1].files.append(name)
            else:
                self.forms[-1].fields[name] = attributes.get("value", "")


def routes() -> list[APIRoute]:
    """Every route of every page."""
    modules = [
        importlib.import_module(f"{pages.__name__}.{module.name}")
        for module in pkgutil.iter_modules(pages.__path__)
    ]
    routes = [route for one in modules if hasattr(one, "router") for route in one.router.routes]
    return [route for route in routes if isinstance(route, APIRoute)]


#: Routes of pages that answer with a file, or that only a server with a token has.
FILES = ("/data/plots/{name}", "/classify/file/{key}/answer.csv", "/report/{key}/report.html")
WITH_A_TOKEN = ("/login", "/logout")


def addresses() -> list[str]:
    """The pages that need no key."""
    return [
        route.path for route in routes() if "{" not in route.path and "GET" in (route.methods or ())
    ]


def fuzz_pages(origin: str, requests: int) -> tuple[int, list[str]]:
    """(requests sent, answers that are 5xx), about half by parameters and half by forms.

    A server that says it is busy, and when to come again, is none of them.
    """
    rng, sent = random.Random(0), 0
    wrong: list[str] = []
    with httpx.Client(base_url=origin, headers={"Accept": "text/html"}, timeout=120) as http:

        def note(answer: httpx.Response, fields: object) -> None:
            if answer.status_code >= 500 and "retry-after" not in answer.headers:
                wrong.append(
                    f"{answer.status_code} {answer.request.method} {answer.url}: {fields!r:.300}"
                )

        gets = [route for route in routes() if "GET" in (route.methods or ())]
        while sent < requests // 2:
            for route in gets:
                names = sorted(_names(route.dependant) | {"lang"})
                chosen: list[tuple[str, Any]] = [
                    (n, rng.choice(VALUES)) for n in names if rng.random() < 0.6
                ]
                path = re.sub(
                    r"\{\w+\}", lambda _: rng.choice(["none", "x.png", "%00", "é"]), route.path
                )
                note(http.get(path, params=httpx.QueryParams(chosen)), chosen)
                sent += 1
        key = http.get("/api/v1/complexes?sort=most").json()["items"][0]["complex"]
        places = [
            *addresses(),
            str(httpx.URL("/complex", params={"id": key})),
            "/search?q=요",
            "/label?person=a",
        ]
        shown = [http.get(place).text for place in places]
        page = http.get("/classify").text
        csrf = {"csrf": page.split('name="csrf" value="', 1)[1].split('"', 1)[0]}
        shown.append(http.post("/classify", data=csrf | {"text": "역이 가까워요"}).text)
        file = {"file": ("리뷰.csv", "리뷰\n역이 가까워요\n".encode())}
        place = str(http.post("/classify/file", data=csrf, files=file, follow_redirects=True).url)
        shown.append(_once_done(http, place))
        forms = [form for page in shown for form in Forms(page).forms]
        posts = list({f.action: f for f in forms if f.method == "post"}.values())
        while sent < requests:
            for form in posts:
                values = {
                    name: value if name == "csrf" or rng.random() < 0.4 else rng.choice(VALUES)
                    for name, value in form.fields.items()
                    if name == "csrf" or rng.random() < 0.9
                }
                body = (
                    "\n".join(rng.choices(VALUES, k=30)).encode()
                    if rng.random() < 0.7
                    else rng.randbytes(999)
                )
                ending = rng.choice(["csv", "xlsx", "txt", "json", "", "xls", "parquet", "zip"])
                files = {
                    name: (f"{rng.choice(HOSTILE)[:99]}.{ending}", body) for name in form.files
                }
                note(http.post(form.action, data=values, files=files or None), values)
                sent += 1
        missing = {
            route.path
            for route in routes()
            if "POST" in (route.methods or ())
            and not any(route.path_regex.match(form.action) for form in posts)
        }
        assert missing <= set(WITH_A_TOKEN), f"no page holds the form of {missing}"
    return sent, wrong


def _once_done(http: httpx.Client, place: str) -> str:
    """The page of a judged file; the form of each of its rows is on it."""
    for _ in range(600):
        page = http.get(place).text
        if f'action="{httpx.URL(place).path}/correct"' in page:
            return page
        time.sleep(0.1)
    raise AssertionError(f"no rows to correct: {page[:500]}")


def ask_together(origin: str, places: list[str], rounds: int, connections: int = 16) -> list[str]:
    """Ask all pages over several connections at once; what is answered otherwise than alone."""

    def ask(number: int) -> list[str]:
        shuffled = random.Random(number).sample(places, len(places))
        with httpx.Client(base_url=origin, headers={"Accept": "text/html"}, timeout=120) as http:
            answers = [http.get(place) for _ in range(rounds) for place in shuffled]
        return [f"{a.status_code} {a.url}" for a in answers if a.status_code != 200]

    with ThreadPoolExecutor(connections) as threads:
        return [one for troubles in threads.map(ask, range(connections)) for one in troubles]
