"""What users could import under a name of before still works, and says how it is called now."""

from __future__ import annotations

import importlib

import pytest


@pytest.mark.parametrize(
    ("module", "former", "now"),
    [
        ("zigbang_nlp.errors", "RequestFailed", "RequestFailedError"),
        ("zigbang_nlp.errors", "CrawlStopped", "CrawlStoppedError"),
        ("zigbang_nlp.records", "Asked", "PredictionOptions"),
    ],
)
def test_a_former_name_is_the_same_and_says_so(module: str, former: str, now: str) -> None:
    imported = importlib.import_module(module)
    with pytest.warns(DeprecationWarning, match=f"^{former} is called {now} now") as said:
        assert getattr(imported, former) is getattr(imported, now)
    assert said[0].filename == __file__, "the warning points at who asked"
    with pytest.raises(AttributeError, match=f"module '{module}' has no attribute 'Neither'"):
        _ = imported.Neither
