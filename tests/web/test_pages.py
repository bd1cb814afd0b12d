"""Every page in a real browser, at a phone's and a desk's width; hostile reviews; uploads; corrections."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest

from tests.factories.vectors import scatter
from tests.factories.web import HOSTILE, fill
from tests.web.browser import DESK, OUTPUT, PHONE, browser
from tests.web.page_fuzz import FILES, ask_together, routes
from tests.web.server import Served, serving
from tests.web.spoken import foreign
from zigbang_nlp import insight
from zigbang_nlp.store import open_store

pytestmark = pytest.mark.slow

SENT = ["역 가까워요", "주차 불편해요 17동", "", "층간소음이 심해요"]
PAGES = {
    "explore": "/",
    "explore-filtered": "/?region=노원구&category=traffic&sort=worst&min_texts=10&since=2022",
    "complex": "/complex?id=test:3",
    "complex-marked": "/complex?id=test:3&marks=1",
    "compare": "/compare?id=test:1&id=test:2&id=test:3",
    "keywords": "/keywords?word=주차",
    "search": "/search?q=주차",
    "search-meaning": "/search?q=주차&by=meaning",
    "changes": "/changes",
    "prices": "/prices",
    "label": "/label?person=가온",
    "classify": "/classify",
    "trace": "/trace",
    "data": "/data",
    "help": "/help",
    "guide": "/help/predictions",
    "api": "/api",
    "missing": "/nowhere",
}


def led_to(served: Served, texts: list[str]) -> dict[str, str]:
    """Pages that sending these texts, a table of prices and a report's form leads to, once done."""
    with httpx.Client(
        base_url=served.url, headers={"Accept": "text/html"}, timeout=120, follow_redirects=True
    ) as http:
        page = http.get("/classify").text
        csrf = {"csrf": page.split('name="csrf" value="', 1)[1].split('"', 1)[0]}

        def sent(path: str, table: pd.DataFrame, **more: str) -> str:
            file = {"file": ("<b>이름</b>.csv", table.to_csv(index=False).encode())}
            answer = http.post(path, data=csrf | more, files=file)
            assert answer.is_success, answer.text[:500]
            return str(answer.url).removeprefix(served.url)

        def done(path: str) -> str:
            for _ in range(1_200):
                state = http.get(path, headers={"Accept": "application/json"}).json()
                if state["state"] not in ("waiting", "working"):
                    break
                time.sleep(0.1)
            assert state["state"] == "done", state
            return path

        file = sent("/classify/file", pd.DataFrame({"리뷰": texts}))
        places = http.get("/api/v1/complexes?size=200").json()["items"]
        prices = pd.DataFrame(places)[["name", "latitude", "longitude"]].set_axis(
            ["단지명", "위도", "경도"], axis=1
        )
        prices = prices.assign(거래금액=40_000 + 317 * np.arange(len(places)) % 999)
        prices[HOSTILE[0]] = np.arange(len(places))
        joined = sent("/prices", prices, target="거래금액")
        report = http.post("/report", data=csrf)
        return {
            "file": done(file),
            "file-sorted": f"{file}?sort=doubtful&label=negative&q=요",
            "prices-joined": joined,
            "report": done(str(report.url).removeprefix(served.url)),
        }


def world(bundle_dir: Path, place: Path, hostile: bool) -> Iterator[Served]:
    url = f"sqlite:///{place / 'reviews.db'}"
    fill(url, bundle_dir, hostile)
    scatter(url, place / "data" / "embeddings")
    with serving(place, "--model", bundle_dir, "--db", url, "--requests-per-minute", "0") as server:
        yield server


@pytest.fixture(scope="module")
def served(bundle_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from world(bundle_dir, tmp_path_factory.mktemp("pages"), hostile=False)


@pytest.fixture(scope="module")
def hostile(bundle_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from world(bundle_dir, tmp_path_factory.mktemp("hostile"), hostile=True)


@pytest.fixture(scope="module")
def pages(served: Served) -> dict[str, str]:
    return PAGES | led_to(served, SENT * 15)


@pytest.mark.parametrize(
    ("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)], ids=["390", "1440", "dark"]
)
def test_every_page_is_whole_quiet_and_accessible(
    served: Served, pages: dict[str, str], width: int, dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def check(name: str) -> None:
        window.check()
        violations = axe.run(window.page).response["violations"]
        worst = [
            (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
            for one in violations
            if one["impact"] in ("serious", "critical")
        ]
        assert not worst, (name, worst)
        window.picture(f"{name}-{width}{'-dark' if dark else ''}")

    with browser(served.url, width, dark) as window:
        # axe itself can't be added under our policy, so it is evaluated by the debugger.
        for name, address in pages.items():
            answer = window.page.goto(address)
            assert answer is not None
            assert answer.status == (404 if name == "missing" else 200), name
            assert "console: " not in "".join(window.troubles) or name == "missing"
            if name == "missing":
                window.troubles.clear()  # the browser itself notes a 404
            check(name)
        for name in ("classify", "trace"):
            window.page.goto(PAGES[name])
            window.page.fill("textarea", "주차 불편해요 역 가까워요")
            window.page.locator("form:has(textarea) button").click()
            window.page.locator(".answer, ol.morphemes").first.wait_for()
            check(f"{name}-answer")


def test_all_pages_asked_at_once_are_answered(served: Served, pages: dict[str, str]) -> None:
    known = [path for name, path in pages.items() if name != "missing"]
    asked = [path.partition("?")[0] for path in known]
    unlisted = {
        route.path
        for route in routes()
        if "GET" in (route.methods or ())
        and not any(route.path_regex.match(path) for path in asked)
    }
    assert unlisted == {"/login", *FILES}, "a page is in none of the lists"
    began = time.monotonic()
    assert not ask_together(served.url, [*known, "/login"], rounds=2)
    assert time.monotonic() - began < 120
    assert served.http.get("/readyz").status_code == 200


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_with_a_model_are_in_one_language(
    served: Served, pages: dict[str, str], language: str
) -> None:
    """Names and reviews stay as they are; nothing else does."""
    corpus = insight.load(f"sqlite:///{_place(served) / 'reviews.db'}")
    text = "주차 불편해요 역 멀어요 17동"
    data = [
        text,
        *filter(None, SENT),
        HOSTILE[0],
        "이름",
        "거래금액",
        "위도",
        "경도",
        "리뷰",
        "층간소음, 재건축 주차를 불평하는 노원구 리뷰 가온 주차할 데가 없어요ㅠㅠㅠ",
    ]
    data += [*corpus.texts["text"], *corpus.mentions.words["word"], *corpus.complexes["name"]]
    data += corpus.complexes["address"].dropna().tolist()
    headers = {"Accept": "text/html", "Cookie": f"zigbang_lang={language}"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=60) as http:
        answers = [http.get(path) for path in pages.values() if path != "/help/predictions"]
        for path in ("/classify", "/trace"):
            page = http.get(path)
            csrf = page.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
            form = page.headers["set-cookie"].split(";")[0]
            answers.append(
                http.post(
                    path,
                    data={"csrf": csrf, "text": text},
                    headers={"Cookie": f"zigbang_lang={language}; {form}"},
                )
            )
    for answer in answers:
        assert answer.is_success or answer.url.path == "/nowhere", answer.url
        assert f'<html lang="{language}"' in answer.text, answer.url
        assert not foreign(answer.text, language, data), answer.url


def test_map_list_and_keyboard_lead_to_a_complex(served: Served) -> None:
    with browser(served.url) as window:
        page = window.page
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        before = page.locator("#map circle").first.get_attribute("cx")
        page.click("[data-zoom=in]")
        assert page.locator("#map circle").first.get_attribute("cx") != before
        page.click("[data-zoom=out]")
        page.fill("input[name=q]", "7단지 강서")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=7*")
        names = page.locator(".places strong").all_inner_texts()
        assert names
        assert all("7단지" in name for name in names)
        page.locator(".places a").first.click()
        page.wait_for_url("**/complex?id=*")
        assert page.locator("h1").inner_text() == names[0]
        page.select_option("select[name=label]", "negative")
        page.click("text=적용")
        page.wait_for_url("**label=negative*")
        assert page.locator(".reviews .verdict.negative").count()
        assert not page.locator(".reviews .verdict.positive").count()
        assert page.locator(".reviews mark").count()
        page.click("text=다른 단지와 비교")
        page.wait_for_url("**/compare?id=*")
        window.check()


def test_words_of_long_reviews_are_marked_after_the_page(served: Served) -> None:
    address = "/complex?id=test:4"
    with browser(served.url) as window:
        page = window.page
        page.route("**/complex?*marks=1*", lambda _: None)  # as if it took for ever
        page.goto(address)
        long = page.locator(".said .text").filter(has_text=re.compile(".{200}"))
        assert long.count() >= 3
        assert not long.locator("mark").count()
        assert page.locator(".more-marks").is_visible()
        page.unroute("**/complex?*marks=1*")
        page.goto(address)
        page.locator(".more-marks").wait_for(state="detached")
        assert long.locator("mark").count() >= 3
        assert "marks=1" not in page.url
        window.check()
    # Without scripts the link leads to the same.
    marked = served.http.get(f"{address}&marks=1", headers={"Accept": "text/html"}).text
    assert "more-marks" not in marked
    assert marked.count("<mark") >= 3


def test_a_review_is_judged_and_its_label_corrected(served: Served) -> None:
    text = "주차 불편해요 <b>역</b> 멀어요 17동"
    with browser(served.url, PHONE) as window:
        page = window.page
        page.goto("/classify")
        page.fill("textarea", text)
        page.click("text=판정하기")
        page.wait_for_selector(".answer")
        assert page.locator(".answer .text").inner_text() == text
        assert page.locator(".answer mark").count()
        window.picture("judged-390")
        model_label = page.locator(".correct [name=said]").get_attribute("value")
        page.click("text=아니요")
        page.wait_for_url("**corrected=*")
        window.check()
        page.goto("/data")
        assert text in page.inner_text("main")
    with open_store(f"sqlite:///{_place(served) / 'reviews.db'}") as store:
        (kept,) = store.corrections.all()
    assert (kept.text, kept.said) == (text, model_label)
    assert kept.label != model_label
    assert kept.model_id


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_is_judged_with_progress_and_a_download(
    served: Served, tmp_path: Path, ending: str
) -> None:

    table = pd.DataFrame(
        {"번호": range(700), "리뷰": ["역 가까워요 공원 좋아요"] * 699 + ["+나쁘지 않아요"]}
    )
    file = tmp_path / f"내 리뷰.{ending}"
    if ending == "csv":
        table.to_csv(file, index=False, encoding="cp949")
    else:
        table.to_excel(file, index=False)
    with browser(served.url) as window:
        page = window.page
        page.goto("/classify")
        page.set_input_files("input[type=file]", file)
        page.click("text=업로드")
        page.wait_for_selector(".job-done:not([hidden])")
        assert page.locator("progress").get_attribute("value") == "700"
        with page.expect_download() as download:
            page.click("text=CSV 다운로드")
        window.check()
        window.picture(f"uploaded-{ending}")
        got = pd.read_csv(download.value.path())
    assert list(got.columns) == ["번호", "리뷰", "label", "probability", "unsure", "truncated"]
    assert len(got) == 700
    assert got["리뷰"].iloc[-1] == "'+나쁘지 않아요"  # no spreadsheet may run it


def test_a_file_that_cant_be_read_is_explained(served: Served, tmp_path: Path) -> None:
    (tmp_path / "columns.csv").write_text("가,나\n1,2\n", encoding="utf-8")
    (tmp_path / "broken.xlsx").write_bytes(b"PK no")
    with browser(served.url) as window:
        page = window.page
        for name, words in (("columns.csv", "가, 나"), ("broken.xlsx", "읽을 수 없습니다")):
            page.goto("/classify")
            page.set_input_files("input[type=file]", tmp_path / name)
            page.click("text=업로드")
            page.wait_for_selector("#upload-trouble:not([hidden])")
            assert words in page.inner_text("#upload-trouble")


def test_a_foreign_form_is_refused(served: Served) -> None:
    with httpx.Client(base_url=served.url) as http:
        http.get("/classify")
        for data in ({"text": "글", "label": "positive"}, {"csrf": "0" * 64, "text": "글"}):
            answer = http.post("/classify/correct", data=data)
            assert answer.status_code == 403
            assert answer.json()["type"].endswith(":foreign-form")


def test_a_token_is_typed_once(bundle_dir: Path, tmp_path: Path) -> None:
    token = "a-token-of-some-length"
    with (
        serving(tmp_path, "--model", bundle_dir, ZIGBANG_NLP__SERVE__TOKEN=token) as server,
        browser(server.url) as window,
    ):
        page = window.page
        page.goto("/data")
        page.wait_for_url("**/login?next=/data")
        page.fill("input[type=password]", "wrong token, wrong")
        page.click("main button")
        page.wait_for_selector("[role=alert]")
        page.fill("input[type=password]", token)
        page.click("main button")
        page.wait_for_url("**/data")
        # An empty store: every page says so.
        for address in PAGES.values():
            answer = page.goto(address)
            assert answer is not None
            assert answer.status in (200, 404)
            assert page.locator("h1, .empty").count()
        assert not window.overflow()


def test_hostile_reviews_stay_text(hostile: Served) -> None:
    with browser(hostile.url, PHONE) as window:
        page = window.page
        keys = hostile.http.get("/api/v1/complexes", params={"size": 200}).json()["items"]
        first = next(one["complex"] for one in keys if one["complex"].endswith('"0'))
        address = httpx.QueryParams({"id": first})
        page.goto(f"/complex?{address}")
        seen: set[str] = set()
        while True:
            seen.update(page.locator(".said .text").all_text_contents())
            window.check()
            assert page.evaluate("window.hit") is None
            following = page.locator("a[rel=next]")
            if not following.count():
                break
            following.click()
            page.wait_for_load_state()
        assert "<script>window.hit=1</script>" in seen
        assert "{{ 7*7 }} {{ config }}" in seen
        stored = {text for text in HOSTILE if "\r" not in text}
        assert len(stored & seen) >= 0.9 * len(stored)
        short = [text for text in HOSTILE if len(text) <= 1_000]
        more = led_to(hostile, short)
        for name, path in (PAGES | more).items():
            page.goto(path.replace("id=test:3", str(address)) if "complex" in name else path)
            if name == "missing":
                window.troubles.clear()
            window.check()
            assert page.evaluate("window.hit") is None
            assert not page.locator("text=49단지").count()
            window.picture(f"hostile-{name}")
        page.goto(more["file"])
        rows = set(page.locator("main table td").all_text_contents())
        assert "<script>window.hit=1</script>" in rows
        report = hostile.http.get(f"{more['report']}/report.html").text
        page.goto("about:blank")  # our pages' policy would forbid what a file may do
        page.set_content(report)
        assert page.evaluate("window.hit") is None
        assert page.locator("section").count() >= 3
        window.check()


def _place(served: Served) -> Path:
    arguments = served.process.args
    assert isinstance(arguments, list)
    (url,) = [one for one in arguments if str(one).startswith("sqlite:///")]
    return Path(str(url).removeprefix("sqlite:///")).parent


def test_pictures_are_kept_for_people_who_want_them(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = OUTPUT / "help-390.png"
    file.unlink(missing_ok=True)
    with browser(served.url, PHONE) as window:
        window.page.goto("/help")
        monkeypatch.delenv("TESTS_PICTURES", raising=False)
        window.picture("help-390")
        assert not file.exists()
        monkeypatch.setenv("TESTS_PICTURES", "1")
        window.picture("help-390")
        assert file.stat().st_size > 1_000


def test_the_list_is_a_csv_too_and_ranks_by_complaints_about_a_topic(served: Served) -> None:
    def rows(address: str) -> pd.DataFrame:
        answer = served.http.get(address)
        assert answer.headers["content-type"].startswith("text/csv")
        return pd.read_csv(io.BytesIO(answer.content), encoding="utf-8-sig")

    table = rows("/?format=csv&sort=most")
    assert table["texts"].is_monotonic_decreasing
    assert len(table) == served.http.get("/api/v1/complexes").json()["total"]
    worst = rows("/?format=csv&sort=complaints&topic=주차")
    assert worst["low"].is_monotonic_decreasing
    shown = served.http.get("/?sort=complaints&topic=주차", headers={"Accept": "text/html"}).text
    places = [shown.index(f"<strong>{name}</strong>") for name in worst["name"].head(5)]
    assert places == sorted(places)
