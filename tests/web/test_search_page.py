"""찾기: what a person asks for is what is shown, as a page and as files, and each text can be mended."""

from __future__ import annotations

import io
import re
import unicodedata

import pandas as pd
import pytest

from tests.web.conftest import Known
from zigbang_nlp.store import open_store


def shown(known: Known, address: str) -> tuple[int, int]:
    """(texts, residents) as the page says them."""
    text = known.http.get(address).text
    match = re.search(r"글 ([\d,]+)건, 주민 ([\d,]+)명", text)
    assert match, text[:2000]
    texts, residents = (int(part.replace(",", "")) for part in match.groups())
    return texts, residents


def test_a_question_in_words_is_topic_label_and_region(known: Known) -> None:
    rows = known.rows
    district = rows["complex"].str.partition(":")[2].astype(int).mod(3).eq(0)
    meant = rows[rows["topic"].eq("주차") & rows["positive"].eq(0) & district]
    address = "/search?q=주차를 불평하는 노원구 리뷰"
    residents = meant.groupby(["complex", "review_id"]).ngroups
    assert shown(known, address) == (len(meant), residents)
    page = known.http.get(address).text
    assert "지역으로 읽었습니다" in page
    assert "주제 주차로 읽었습니다" in page
    filtered = "/search?topic=주차&label=negative&region=노원구"
    assert shown(known, filtered) == (len(meant), residents)


def without_tokens(text: str) -> str:
    """A page without what differs at each look."""
    return re.sub(r'name="csrf" value="[^"]*"|nonce="[^"]*"', "", text)


@pytest.mark.parametrize("query", ["층간소음", "층간 소음", "ㅊㄱㅅㅇ"])
def test_words_are_found_in_any_spacing_and_by_initials(known: Known, query: str) -> None:
    meant = known.rows["text"].str.replace(" ", "").str.contains("층간소음")
    assert shown(known, f"/search?q={query}")[0] == meant.sum()
    assert '<mark class="mark hit">층간' in known.http.get(f"/search?q={query}").text


@pytest.mark.parametrize(
    ("address", "names", "holds"),
    [
        ("/api/v1/complexes?q={}&region={}", ("은솔마루", "노원구"), '"name": "은솔마루'),
        ("/api/v1/search?q={}&region={}", ("층간소음", "노원구"), "층간 소음이 거의"),
        ("/api/v1/mentions?word={}&region={}", ("주차", "노원구"), "주차"),
        ("/api/v1/compare?one={}&other={}", ("은솔마루 3단지", "은솔마루 4단지"), "p_adjusted"),
        ("/search?q={}&region={}", ("주차", "노원구"), "지하<mark"),
    ],
)
def test_what_macos_takes_apart_is_found(
    address: str, names: tuple[str, str], holds: str, known: Known
) -> None:
    """Region, complex and words in both spellings give one answer, and not an empty one."""
    plain = known.http.get(address.format(*names))
    apart = known.http.get(address.format(*(unicodedata.normalize("NFD", word) for word in names)))
    assert (plain.status_code, apart.status_code) == (200, 200), apart.text[:500]
    assert holds in plain.text
    assert without_tokens(apart.text) == without_tokens(plain.text)


def test_a_typing_error_is_read_and_said(known: Known) -> None:
    assert "층간소음" in known.http.get("/search?q=층간소엄").text
    assert "들어간 글이 없어" in known.http.get("/search?q=층간소엄").text


def test_period_and_score_narrow(known: Known) -> None:
    rows = known.rows
    meant = rows[rows["written_at"].ge("2024-01-01") & rows["score"].le(1)]
    assert shown(known, "/search?since=2024&score_to=1")[0] == len(meant)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_holds_every_hit(known: Known, kind: str) -> None:
    answer = known.http.get(f"/search?topic=교통&label=positive&format={kind}")
    body = io.BytesIO(answer.content)
    got = pd.read_csv(body) if kind == "csv" else pd.read_excel(body, engine="openpyxl")
    rows = known.rows
    meant = rows[rows["topic"].eq("교통") & rows["positive"].eq(1)]
    assert sorted(got["text"]) == sorted(meant["text"])
    assert set(got["label"]) == {"positive"}
    assert pd.to_datetime(got["written_at"]).is_monotonic_decreasing


def test_a_click_confirms_or_corrects(known: Known) -> None:
    address = "/search?q=조경&label=negative"
    page = known.http.get(address).text
    with open_store(known.url) as store:  # other tests of the run correct this store too
        corrected, confirmed = store.corrections.tally()
    fields = dict(re.findall(r'name="(csrf|complex|review_id|category)" value="([^"]*)"', page))
    for label, word in (("negative", "확인함"), ("positive", "고침")):
        headers = {"Accept": "application/json"}
        answer = known.http.post(
            "/reviews/correct", data=fields | {"label": label}, headers=headers
        )
        assert answer.json() == {
            "label": label,
            "confirmed": label == "negative",
            "sentence": word,
        }
        assert f'role="status">{word}' in known.http.get(address).text
    with open_store(known.url) as store:
        assert store.corrections.tally() == (corrected + 1, confirmed)
    back = known.http.post(
        "/reviews/correct",
        data=fields | {"label": "positive", "back": "//evil.example"},
        follow_redirects=False,
    )
    assert back.headers["location"] == "/"
    gone = known.http.post(
        "/reviews/correct", data=fields | {"review_id": "none", "label": "positive"}
    )
    assert gone.status_code == 404


def test_what_cant_be_read_is_said_and_nothing_breaks(known: Known) -> None:
    assert "‘없는구’에 있는 단지가 없습니다" in known.http.get("/search?region=없는구").text
    for page in ("0", "-1", "x", "9" * 30, "999999"):
        assert known.http.get(f"/search?topic=주차&page={page}").status_code == 200
    assert "조건에 맞는 리뷰가 없습니다" in known.http.get("/search?q=우주왕복선").text
