"""HEAD, packed answers, parameters that are none, the limit at /login, logout, reports by a button."""

from __future__ import annotations

import gzip
import html
import re
import shlex
import socket
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pandas as pd
import pytest

from tests.report.test_report import Page
from tests.web.conftest import Known, serve
from zigbang_nlp.store import open_store
from zigbang_nlp.web.pages.render import chance
from zigbang_nlp.web.server import PromptProtocol

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("address", ["/", "/search", "/api/v1/complexes", "/healthz", "/nowhere"])
def test_head_is_get_without_the_body(known: Known, address: str) -> None:
    headers = {"Accept-Encoding": "identity"}
    got, head = (known.http.request(method, address, headers=headers) for method in ("GET", "HEAD"))
    assert head.status_code == got.status_code
    assert head.content == b""
    # The forms' tokens differ each time and are equally long.
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))


def test_head_is_counted_by_its_route(known: Known) -> None:
    assert known.http.head("/api/v1/complexes").status_code == 200
    metrics = known.http.get("/metrics").text
    assert 'zigbang_requests_total{method="HEAD",route="/api/v1/complexes",status="200"}' in metrics


def test_large_answers_are_packed(known: Known) -> None:
    with known.http.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert "은솔마루" in gzip.decompress(packed).decode()
    assert "content-encoding" not in known.http.get("/healthz").headers


def test_a_form_token_is_new_each_time_and_each_is_good(known: Known) -> None:
    tokens = {known.csrf("/search?topic=주차") for _ in range(3)}
    assert len(tokens) == 3
    page = known.http.get("/search?topic=주차").text
    fields = dict(re.findall(r'name="(complex|review_id|category)" value="([^"]*)"', page))
    for token in tokens:
        data = fields | {"csrf": token, "label": "positive"}
        assert known.http.post("/reviews/correct", data=data, headers=JSON).status_code == 200
    forged = next(iter(tokens))[:-1] + "x"
    data = fields | {"csrf": forged, "label": "positive"}
    assert known.http.post("/reviews/correct", data=data, headers=JSON).status_code == 403


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/api/v1/complexes?sorts=best", "sort"),
        ("/api/v1/keywords?sice=2024", "since"),
        ("/search?topc=주차", "topic"),
        ("/?regoin=노원구", "region"),
    ],
)
def test_a_misspelt_parameter_is_told_with_the_nearest(
    known: Known, address: str, near: str
) -> None:
    answer = known.http.get(address, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["nearest"] == near
    assert f"‘{near}’" in answer.json()["detail"]
    page = known.http.get(address)
    assert page.status_code == 400 or page.headers["content-type"].startswith("application/problem")


def test_one_that_resembles_none_lists_what_there_is(known: Known) -> None:
    answer = known.http.get("/api/v1/compare?one=made:1&other=made:2&zzzzzz=1", headers=JSON)
    assert answer.status_code == 400
    assert "kind, one, other" in answer.json()["detail"]


def test_the_document_says_who_may_ask_and_names_operations_plainly(known: Known) -> None:
    document = known.http.get("/api/v1/openapi.json").json()
    assert document["servers"] == [{"url": "/", "description": "이 서버"}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    names = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert {"search", "before_after", "mentions", "geojson", "geopackage", "complexes"} <= set(
        names
    )
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z_]+", name) for name in names)


def test_the_api_is_explained_on_a_page_that_needs_nothing_from_elsewhere(known: Known) -> None:
    page = known.http.get("/api").text
    document = known.http.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in page
            assert f"<code>{method.upper()} {path}</code>" in page
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter['name']}</code>" in page
    assert not re.findall(r'(?:src|href)="https?:', page)
    assert "<code>unsure</code>가 참이고" in page
    assert "`" not in page
    commands = [html.unescape(one) for one in re.findall(r"<pre[^>]*><code>(.*?)</code>", page)]
    addresses = [shlex.split(one)[1] for one in commands if "--json" not in one]
    assert len(addresses) == len(commands) - 1
    for address in addresses:
        address = address.replace("sample:90101", "made:1").replace("sample:90102", "made:2")
        # Without a model there is no model card, and the server isn't ready.
        assert known.http.get(address, headers=JSON).status_code in (200, 503), address


def test_guesses_at_the_token_are_limited_and_logout_ends_the_session(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with open_store(url):
        pass
    serving = serve(url, tmp_path, pd.DataFrame(), token="a-token-of-some-length", limit=8)
    known = next(serving)
    try:
        target = "/search?topic=%EC%A3%BC%EC%B0%A8&label=negative"
        login = known.http.get(target, follow_redirects=False).headers["location"]
        assert parse_qs(urlsplit(login).query)["next"] == [target], "with its own query"
        assert html.escape(target) in known.http.get(login).text
        token = known.csrf("/login")
        inside = known.http.post(
            "/login",
            data={"csrf": token, "token": "a-token-of-some-length", "next": "/data"},
            follow_redirects=False,
        )
        assert inside.headers["location"] == "/data"
        page = known.http.get("/data")
        assert "로그아웃" in page.text
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf
        known.http.post("/logout", data={"csrf": csrf[1]}, follow_redirects=False)
        assert (
            known.http.get("/data", follow_redirects=False).headers["location"].startswith("/login")
        )
        statuses = [
            known.http.post("/login", data={"csrf": token, "token": f"guess {n}"}).status_code
            for n in range(8)
        ]
        assert statuses[0] == 401
        assert statuses[-1] == 429
    finally:
        serving.close()


def finished(known: Known, address: str) -> httpx.Response:
    for _ in range(900):
        state = known.http.get(address, headers=JSON).json()
        if state["state"] in ("done", "failed"):
            break
        time.sleep(0.1)
    assert state["state"] == "done", state
    assert state["done"] == state["total"]
    return known.http.get(f"{address}/report.html")


def report_by_button(known: Known) -> Page:
    """The report of all reviews, as the button makes it."""
    sent = known.http.post("/report", data={"csrf": known.csrf("/")}, follow_redirects=False)
    return Page(finished(known, sent.headers["location"]).text)


def test_a_report_by_a_button_has_the_filters_of_the_page(known: Known) -> None:
    page = known.http.get("/?region=노원구&since=2023").text
    form = page.split('action="/report"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert {name: fields[name] for name in ("region", "since")} == {
        "region": "노원구",
        "since": "2023",
    }
    answer = known.http.post("/report", data=fields, follow_redirects=False)
    address = answer.headers["location"]
    again = known.http.post("/report", data=fields, follow_redirects=False)
    assert (
        again.headers["location"] == address
        or known.http.get(address, headers=JSON).json()["state"] == "done"
    )
    report = finished(known, address)
    assert "지역: 노원구 · 2023부터" in report.text
    assert "attachment" in report.headers["content-disposition"]
    assert report.headers["content-encoding"] == "gzip"
    plain = known.http.get(f"{address}/report.html", headers={"Accept-Encoding": "identity"})
    assert plain.text == report.text
    rows = known.rows
    district = rows["complex"].str.partition(":")[2].astype(int).mod(3).eq(0)
    meant = rows[district & rows["written_at"].ge("2023-01-01")]
    assert f"{len(meant):,}" in report.text
    assert "다 되었습니다" in known.http.get(address).text
    assert known.http.get("/report/none").status_code == 404


def test_a_report_by_a_button_keeps_topic_name_and_least_count(known: Known) -> None:
    rows = known.rows[known.rows["topic"].eq("주차")]
    counts = rows[rows["complex"].isin(["made:3", "made:30", "made:33"])]["complex"].value_counts()
    least = sorted(counts)[1]
    page = known.http.get(f"/?topic=주차&q=마루 3&min_texts={least}&region=노원구").text
    assert re.search(r"단지 2곳", page)
    form = page.split('action="/report"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = known.http.post("/report", data=fields, follow_redirects=False)
    report = finished(known, answer.headers["location"]).text
    caption = f"지역: 노원구 · 주제: 주차 · 이름: 마루 3 · 리뷰 {least}건 이상인 단지"
    assert caption in report
    assert caption in known.http.get(answer.headers["location"]).text
    assert "은솔마루 3단지" in report
    meant = counts[counts >= least]
    assert len(meant) == 2
    assert f"{meant.sum():,}" in report
    left_out = len(known.rows) - len(rows)
    assert f"리뷰 {left_out:,}건을 제외했습니다: 선택한 주제를 말하지 않음." in report


def test_a_report_that_cant_be_says_why(known: Known) -> None:
    data = {"csrf": known.csrf("/"), "since": "2090"}
    address = known.http.post("/report", data=data, follow_redirects=False).headers["location"]
    for _ in range(300):
        state = known.http.get(address, headers=JSON).json()
        if state["state"] == "failed":
            break
        time.sleep(0.1)
    assert state["trouble"] == "이 조건에 맞는 리뷰가 없습니다."
    assert known.http.get(f"{address}/report.html").status_code == 409


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "<1%"), (0.0049, "<1%"), (0.006, "1%"), (0.5, "50%"), (0.9949, "99%"), (0.996, ">99%"),
     (1.0, ">99%"), (None, "–"), (float("nan"), "–")],
)  # fmt: skip
def test_no_page_calls_a_text_certain(probability: float | None, shown: str) -> None:
    assert chance(probability) == shown


def test_a_low_number_beside_a_complaint_says_what_it_is(known: Known) -> None:
    answer = known.http.get("/search", params={"q": "주차", "label": "negative"})
    verdicts = re.findall(
        r'<span class="verdict negative">부정.*?<small>(.*?)</small>', answer.text
    )
    assert verdicts
    assert all(re.fullmatch(r"긍정일 확률 (&lt;)?\d+%", shown) for shown in verdicts)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: local"])
def test_slow_headers_are_cut_and_quick_ones_are_not(
    known: Known, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(PromptProtocol, "patience", 0.5)
    at = (known.http.base_url.host, known.http.base_url.port or 80)
    began = time.monotonic()
    with socket.create_connection(at, timeout=30) as slow:
        slow.sendall(sent)
        assert slow.recv(1_000) == b""
    assert time.monotonic() - began >= 0.4
    whole = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(at, timeout=30) as quick:
        for _ in range(2):
            quick.sendall(whole)
            assert quick.recv(4_000).startswith(b"HTTP/1.1 200")
