"""No Korean of ours is left on an English page, and no English sentence on a Korean one."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from tests.factories.topical import COMPLEXES, DISTRICTS, SENTENCES
from tests.web.conftest import Known
from tests.web.spoken import foreign
from zigbang_nlp.text.words import content_words

PAGES = (
    "/", "/?region=노원구&sort=complaints&topic=주차", "/?q=없는이름", "/?region=없는곳", "/?since=3000",
    "/complex?id=made:3", "/complex?id=made:3&label=negative", "/complex?id=none",
    "/compare", "/compare?id=made:1&id=made:35", "/compare?id=없는이름",
    "/keywords", "/keywords?word=주차", "/keywords?word=없는말", "/keywords?since=3000",
    "/search", "/search?q=주차", "/search?q=없는말이다", "/search?region=없는곳", "/search?q=주차&by=meaning",
    "/changes", "/changes?since=2024&topic=주차", "/changes?since=2030",
    "/changes?since=2022&base_since=2021&base_until=2023", "/changes?region=없는곳",
    "/prices", "/prices?result=none", "/label", "/label?person=가온&queue=doubtful",
    "/classify", "/classify/file/none", "/trace", "/data", "/data/plots/none", "/help", "/help/none", "/api", "/report/none", "/nowhere", "/search?topc=1", "/compare?zzz=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def data(known: Known) -> list[str]:
    """Texts and names of the store, and what was typed."""
    texts = known.rows["text"].unique().tolist()
    words = {word for text in texts for word in content_words(text)}
    typed = ["없는이름 없는곳 없는말 없는말이다 가온 나래"]
    names = [f"은솔마루 {n}단지" for n in range(COMPLEXES)]
    shown = [word.removesuffix("-") + "다" for word in words]
    examples = ["층간소음, 주차, 재건축 주차를 불평하는 노원구 리뷰, 층간 소음"]  # in placeholders
    places = [*names, *DISTRICTS, "서울특별시", "가나동"]
    return [*texts, *words, *shown, *typed, *examples, *places, *SENTENCES]


@pytest.fixture(scope="module", autouse=True)
def _clusters_found(known: Known) -> None:
    """Wait for what is found out in the background, so that no thread outlives its test."""
    for _ in range(600):
        if "비교하고 있습니다" not in known.http.get("/prices").text:
            return
        time.sleep(0.1)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_is_in_one_language(
    known: Known, labelled: Known, data: list[str], address: str, language: str
) -> None:
    visited = labelled if address.startswith("/label") else known
    # A client of its own: the language is remembered by a cookie.
    answer = httpx.get(
        f"{visited.http.base_url}{address}{'&' if '?' in address else '?'}lang={language}",
        headers={"Accept": "text/html"},
        timeout=60,
    )
    assert answer.headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}"' in answer.text
    assert not foreign(answer.text, language, data)
    if language == "en":
        assert "%p" not in answer.text, "percentage points are pp in English"
        names = r"<(?:h[1-3]|button|label)\b[^>]*>(?:\s*<span>)?\s*([a-z][^<]*)"
        assert not re.findall(names, answer.text), (
            "headings, fields and buttons begin with a capital"
        )


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_error_of_the_api_is_in_the_language_that_is_asked_for(
    known: Known, data: list[str], language: str
) -> None:
    for address in (
        "/complexes?region=없는곳", "/complexes?sorts=best", "/complexes/none", "/nowhere",
        "/trends?since=2024&until=2022", "/keywords?since=3000", "/compare?one=made:1&other=made:1",
        "/compare?one=없는이름&other=made:1", "/complexes?page=0", "/model",
    ):  # fmt: skip
        answer = known.http.get(
            f"/api/v1{address}", headers={"Accept": "application/json", "Accept-Language": language}
        )
        assert answer.status_code >= 400, address
        assert not foreign(answer.json()["detail"], language, data), answer.json()["detail"]
