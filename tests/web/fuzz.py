"""schemathesis against a real server: what its OpenAPI document allows, and what it doesn't.

The pages, which are no part of that document, are asked as `page_fuzz` says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import checks

from tests.factories.vectors import scatter
from tests.factories.web import fill
from tests.web.page_fuzz import fuzz_pages
from tests.web.server import serving

_CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


def fuzz(bundle: Path, place: Path, requests: int) -> tuple[int, list[str]]:
    """(requests sent, answers that are 5xx or not as the document says).

    Args:
        bundle: of the model.
        place: an empty directory for the store.
        requests: about how many of the API, shared by its operations, and of the pages.
    """
    url = f"sqlite:///{place / 'reviews.db'}"
    fill(url, bundle, hostile=True)
    scatter(url, place / "data" / "embeddings")
    sent = 0
    wrong: list[str] = []
    arguments = ("--model", bundle, "--db", url, "--requests-per-minute", "0")
    with serving(place, *arguments) as server:
        schema = schemathesis.openapi.from_url(f"{server.url}/api/v1/openapi.json")
        operations = [cast(Any, operation).ok() for operation in schema.get_all_operations()]
        number = 0
        while sent < requests:
            number += 1
            share = -(-(requests - sent) // len(operations))
            counts = [(one, _ask(one, share, number, wrong)) for one in operations]
            sent += sum(count for _, count in counts)
            # One without parameters can be asked in one way only.
            operations = [one for one, count in counts if count >= share > 1]
            if not operations:
                break
        more, wrong_pages = fuzz_pages(server.url, requests)
    return sent + more, wrong + wrong_pages


def _ask(operation: Any, share: int, number: int, wrong: list[str]) -> int:
    """Ask one operation in up to `share` ways; gives in how many, and adds to `wrong`."""
    count = 0

    @seed(number)
    @settings(
        max_examples=share,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        nonlocal count
        count += 1
        answer = case.call()
        if answer.status_code >= 500:
            wrong.append(f"{answer.status_code} {case.as_curl_command()[:500]}")
            return
        try:
            case.validate_response(answer, checks=list(_CHECKS))
        except Exception as error:  # noqa: BLE001 - collected, with all others
            wrong.append(f"{case.as_curl_command()[:300]}: {str(error)[:500]}")

    ask()
    return count
