"""What the OpenAPI document allows: no 5xx, and every answer as the document says.

CI sends a few hundred requests; `python scripts/bench.py serve --fuzz 5000` sends 5,000.
"""

from pathlib import Path

import pytest


@pytest.mark.slow
def test_no_request_breaks_the_api(bundle_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="it is in the test extras")
    from tests.web.fuzz import fuzz

    requests, wrong = fuzz(bundle_dir, tmp_path, 500)
    assert requests >= 800
    assert not wrong, wrong[:3]
