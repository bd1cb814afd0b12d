"""What an answer says of further pages is heard in every spelling, and nothing else is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zigbang_nlp.config.site import known_site
from zigbang_nlp.crawl.interpret import read_answer
from zigbang_nlp.crawl.privacy import Scrubber
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.store import Task
from zigbang_nlp.store.fill_rates import Fill

ENTRIES = {"data": [{"desc": "볕이 잘 드는 집이에요", "score": 4}]}


def read(answer: dict[str, Any]) -> tuple[str, Fill | None]:
    """What is kept of an answer, and what is counted of its further pages."""
    scrubber = Scrubber(known_site("zigbang"), lambda _: None)
    kept = scrubber.body("reviews", json.dumps(answer).encode())
    contents = read_answer(Zigbang(), Task("reviews", "7"), kept).contents
    assert len(contents.reviews) == 1
    return kept.decode(), contents.fills.get("more")


@pytest.mark.parametrize(
    "extra",
    [
        *({"hasNext": True}, {"hasNext": "true"}, {"has_more": 1}, {"hasNextPage": "Y"}),
        *({"isLast": False}, {"last": False}, {"is_end": "false"}, {"lastPage": 0}),
        *({"nextPage": 2}, {"next_cursor": "c2VjcmV0"}, {"next": "https://x/?page=2&who=dalrae"}),
        *({"totalPages": 3}, {"page_count": "2"}, {"paging": {"hasNext": True}}),
        {"pageable": {"totalPages": 12, "last": False}},
    ],
)
def test_further_pages_are_noticed(extra: dict[str, Any]) -> None:
    kept, more = read(ENTRIES | extra)
    assert more == Fill(1, 1, 0)
    assert "dalrae" not in kept
    assert "c2VjcmV0" not in kept


@pytest.mark.parametrize(
    "extra",
    [
        *({"hasNext": False}, {"hasNext": "false"}, {"has_more": 0}, {"isLast": True}),
        *({"last": "true"}, {"nextPage": None}, {"next": ""}, {"next_cursor": "-1"}),
        *({"totalPages": 1}, {"totalPages": 0}, {"more": "자세히"}, {"last": 20}, {"page": 2}),
    ],
)
def test_no_further_pages_are_none(extra: dict[str, Any]) -> None:
    _, more = read(ENTRIES | extra)
    assert more is None
