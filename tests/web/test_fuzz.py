"""What the OpenAPI document allows: no 5xx, and every answer as the document says.

CI sends a few hundred requests; `python scripts/bench.py serve --fuzz 5000` sends 5,000.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.page_fuzz import routes
from zigbang_nlp.config import Settings
from zigbang_nlp.web.app import create_app

#: Neither in the document nor a page: the document itself, and files as they are.
BESIDE = {
    ("GET", "/api/v1/openapi.json"),
    ("HEAD", "/api/v1/openapi.json"),
    ("GET", "/static/{name}"),
}


def served(router: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route of an app, routers within it too."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from served(inner, prefix + route.include_context.prefix)
        else:
            for method in route.methods:
                yield method, (prefix + route.path).replace(":path}", "}")


def test_every_route_is_asked_by_the_fuzz() -> None:
    app: Any = create_app(Settings())
    while hasattr(app, "app"):
        app = app.app  # the middleware around it
    documented = {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    }
    pages = {(method, route.path) for route in routes() for method in route.methods or ()}
    found = set(served(app))
    assert len(found) > 40
    assert found - documented - pages == BESIDE, "a route is asked by no fuzz"


@pytest.mark.slow
def test_no_request_breaks_the_api(bundle_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="it is in the test extras")
    from tests.web.fuzz import fuzz

    requests, wrong = fuzz(bundle_dir, tmp_path, 500)
    assert requests >= 800
    assert not wrong, wrong[:3]
