"""An error that comes with HTTP status 200 is an outage, and no answer whose names have changed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.factories.crawl import crawl_settings, settings
from tests.factories.roaming import RoamingWorld, fake_whole_world
from tests.fake_zigbang import serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.store import open_store

SPELLINGS = (
    {"code": "500", "message": "김달래 님의 요청을 처리하지 못했습니다"},
    {"timestamp": "2021-03-04", "status": 500, "error": "Internal Server Error", "path": "/x"},
    {"success": False, "errorCode": "E01"},
)


class Failing(RoamingWorld):
    """Says an error in place of its first answers about reviews."""

    error: Any = None
    times: int = 0

    def answer(self, path: str, query: Any) -> Any:
        if "/reviews/" in path and self.times > 0:
            self.times -= 1
            return self.error
        return super().answer(path, query)


@pytest.mark.parametrize("error", SPELLINGS, ids=lambda error: next(iter(error)))
@pytest.mark.parametrize("times", [3, 9])
def test_an_error_with_status_200_is_asked_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Any, times: int
) -> None:
    whole = fake_whole_world(apartments=8)
    world = Failing(whole.cells, whole.danjis, whole.reviews)
    world.error, world.times = error, times
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = crawl_settings(server.url, retries=1, details=False, stop_share=1)
        with caplog.at_level(logging.INFO):
            assert run_crawl(settings(tmp_path, chosen), store).failed == 0
        assert store.count_reviews() == 8 * 3 * 5
        assert "Asking again for the" in caplog.text
    assert "HTTP status 200 with an error" in caplog.text
    assert "--reparse" not in caplog.text, "no file mends an outage"
    assert "김달래" not in caplog.text
