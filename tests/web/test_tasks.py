"""Ten questions that people bring, each answered by clicks from the first page on, in a real browser.

No address is typed: whoever comes with a question finds the answer from `/`. What is on the page at
the end is held against the made city, in which the truth is known.
"""

from __future__ import annotations

import difflib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from tests.factories.city import City
from tests.web.browser import DESK, Watched, browser
from tests.web.conftest import serve
from zigbang_nlp.store import open_store

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = pytest.mark.slow

CITY = City(complexes=32, count=1_200)
NOWON = "서울특별시 노원구"
#: Spoken of by the model of the tests.
GOOD, BAD = "역 가까워요 공원 좋아요", "주차 불편해요 이웃 시끄러워요"


@dataclass(frozen=True)
class Visitor:
    """Somebody before the first page.

    Attributes:
        window: its browser's.
        place: for files that are sent.
    """

    window: Watched
    place: Path

    def __getitem__(self, selector: str) -> Locator:
        return self.window.page.locator(selector)

    def go(self, name: str) -> None:
        """Follow a link of the menu."""
        self["header nav"].get_by_role("link", name=name, exact=True).click()

    def choose(self, **fields: str) -> None:
        """Choose in the page's filters, by the fields' names, and send them."""
        form = self["form.filters"]
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.locator("button.primary").click()

    def press(self, name: str) -> None:
        self.window.page.get_by_role("button", name=name, exact=True).first.click()

    def file(self, link: str, within: str = "main") -> bytes:
        """What a link lets one save."""
        with self.window.page.expect_download() as saved:
            self[within].get_by_text(link, exact=True).first.click()
        return Path(saved.value.path()).read_bytes()

    def words(self, selector: str = "main") -> str:
        """What is to be read there, blanks run together."""
        return " ".join(self[selector].first.inner_text().replace("\u2060", "").split())


@pytest.fixture(scope="module")
def city(bundle_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    place = tmp_path_factory.mktemp("tasks")
    url = f"sqlite:///{place / 'a.db'}"
    with open_store(url) as store:
        CITY.fill(store)
        CITY.label(store, 300)
    for known in serve(url, place, CITY.texts, bundle_dir):
        with browser(str(known.http.base_url), DESK) as window:
            window.page.goto("/")
            yield Visitor(window, place)


@pytest.fixture
def visitor(city: Visitor) -> Iterator[Visitor]:
    """On the first page, which the name of the site leads to."""
    city["a.brand"].click()
    yield city
    city.window.check()


def opinions() -> pd.DataFrame:
    """One row an opinion of the city, with all of its text and the name and district of its complex."""
    rows = [
        row | {"topic": one.topic, "praised": one.label == "positive"}
        for row in CITY.texts.to_dict("records")
        for one in row["opinions"]
    ]
    return pd.DataFrame(rows).merge(CITY.apartments[["key", "name", "district"]])


def numbers(text: str) -> list[float]:
    return [float(figure.replace(",", "")) for figure in re.findall(r"[+-]?\d[\d,]*\.?\d*", text)]


def test_complaints_about_parking_in_one_district(visitor: Visitor) -> None:
    visitor.go("찾기")
    visitor.choose(q="주차를 불평하는 노원구 리뷰")
    spoken = opinions()
    meant = spoken[spoken["topic"].eq("주차") & ~spoken["praised"] & spoken["district"].eq(NOWON)]
    count = meant.drop_duplicates(["review_id", "text"])
    assert numbers(visitor.words("#found")) == [len(count), meant["review_id"].nunique()]
    assert "노원구" in visitor.words("#reviews .meta")
    assert "0%" not in visitor.words("#reviews .list-head"), "no share of praise among complaints"
    assert visitor["#reviews .answer-head"].count() == 0


def test_where_noise_is_worst(visitor: Visitor) -> None:
    visitor.choose(topic="층간소음", sort="complaints")
    spoken = opinions()
    spoken = spoken[spoken["topic"].eq("층간소음")]
    complained = spoken[~spoken["praised"]].groupby("name")["review_id"].nunique()
    share = complained / CITY.texts.merge(CITY.apartments).groupby("name")["review_id"].nunique()
    first = visitor["ol.places li"].first
    name = first.locator("strong").inner_text()
    assert share[name] >= share.quantile(0.8)
    figures = re.search(r"불만 (\d+)건 / 작성자 (\d+)명", first.inner_text())
    assert figures
    assert int(figures[1]) == complained[name]
    assert int(figures[1]) / int(figures[2]) == pytest.approx(share[name])
    legend = numbers(visitor.words(".legend"))
    assert min(legend) >= 0, "a share below nothing is none"


def test_what_changed_in_2024(visitor: Visitor) -> None:
    visitor.go("변화")
    visitor.choose(since="2024")
    visitor["details summary"].first.click()
    row = numbers(visitor.words("tr:has(a:text-is('주차'))").split("주차", 1)[1])
    spoken = opinions()
    spoken = spoken[spoken["topic"].eq("주차")]
    later = spoken["written_at"].dt.year.ge(2024)
    before, after = spoken[~later]["praised"], spoken[later]["praised"]
    expected = [100 * before.mean(), len(before), 100 * after.mean(), len(after)]
    assert row[:4] == pytest.approx(expected, abs=0.051)
    assert visitor["tr.sure:has(a:text-is('주차'))"].count() == 1, "that was planted"


def test_what_is_seen_as_tables(visitor: Visitor) -> None:
    visitor.choose(region=NOWON)
    table = pd.read_csv(io.BytesIO(visitor.file("CSV 다운로드")), encoding="utf-8-sig")
    here = CITY.apartments[CITY.apartments["district"].eq(NOWON)]
    assert sorted(table["name"]) == sorted(here["name"])
    texts = CITY.texts[CITY.texts["key"].isin(here["key"])]
    assert table["texts"].sum() == len(texts)
    sheet = pd.read_excel(io.BytesIO(visitor.file("엑셀 다운로드")), engine="openpyxl")
    assert sheet["texts"].tolist() == table["texts"].tolist()
    points = json.loads(visitor.file("GeoJSON"))["features"]
    assert len(points) == len(here)


def test_a_report_of_what_is_chosen(visitor: Visitor) -> None:
    visitor.choose(region=NOWON)
    visitor.press("이 조건으로 보고서 만들기")
    visitor.window.page.get_by_text("HTML 다운로드").wait_for()
    assert NOWON in visitor.words()
    report = visitor.file("HTML 다운로드").decode()
    here = CITY.apartments[CITY.apartments["district"].eq(NOWON)]
    assert f"{CITY.texts['key'].isin(here['key']).sum():,}" in report
    others = CITY.apartments[CITY.apartments["district"].eq("서울특별시 송파구")]["name"]
    assert here["name"].isin(re.findall(r"[가-힣]+ \d+단지", report)).any()
    assert not others.isin(re.findall(r"[가-힣]+ \d+단지", report)).any()


def test_a_file_of_ones_own_and_its_mistakes(visitor: Visitor) -> None:
    texts = [f"{GOOD} {n}동" for n in range(30)] + [f"{BAD} {n}동" for n in range(20)]
    file = visitor.place / "내 글.csv"
    pd.DataFrame({"리뷰": texts}).to_csv(file, index=False)
    visitor.go("판정")
    visitor["#upload input[type=file]"].set_input_files(file)
    visitor.press("업로드")
    visitor["#rows"].wait_for()
    assert visitor.words(".job-result") == "긍정 30건 / 판정한 글 50건"
    visitor["#rows [name=label]"].first.select_option("negative")
    visitor["#rows form.row button"].click()
    assert numbers(visitor.words("#rows-head")) == [20]
    visitor["#rows form.mend"].first.get_by_text("긍정이에요").click()
    visitor["#rows form.mend"].first.get_by_text("고침").wait_for()
    visitor.window.page.reload()
    assert "고침" in visitor.words("#rows form.mend")
    table = pd.read_csv(io.BytesIO(visitor.file("CSV 다운로드", "#rows")), encoding="utf-8-sig")
    assert len(table) == 20
    assert table.astype(str).apply(lambda row: row.eq("positive").any(), axis=1).sum() == 1


def test_which_texts_a_person_should_read_first(visitor: Visitor) -> None:
    visitor.go("라벨링")
    visitor["[name=person]"].first.fill("다솜")
    visitor.press("답하기 시작")
    text = visitor.words("#next .text")
    meant = CITY.texts.set_index("text")["true"][text]
    visitor["#next form.mend"].first.get_by_text("긍정이에요" if meant else "부정이에요").click()
    visitor["#next form.mend [aria-pressed=true]"].wait_for()
    visitor["#next"].get_by_text("다음 글 보기").click()
    assert "다솜 님이 답한 글 1건" in visitor.words("#next")
    assert text not in visitor.words("#next")
    assert "가온 · 나래 300" in visitor.words()
    visitor["[name=queue]"].first.select_option("doubtful")
    visitor.press("답하기 시작")
    visitor["#next .text"].first.wait_for()
    shown = visitor["#next .text"].all_inner_texts()
    assert set(shown) <= set(CITY.texts.loc[CITY.texts["unsure"], "text"])
    assert visitor["#next .verdict"].count() == len(shown)


def test_whether_a_share_can_be_trusted(visitor: Visitor) -> None:
    visitor.go("라벨링")
    row = numbers(visitor.words("tr:has-text('전체 항목')"))
    naive, low, high = (row[i] for i in (0, 1, 2))
    shares = sorted({100 * CITY.texts["positive"].mean(), naive})
    assert shares[-1] - shares[0] < 0.051
    assert low < naive < high, "sampling alone"
    corrected, low, high = row[3:6]
    true = 100 * CITY.texts["true"].mean()
    assert low <= true <= high
    assert abs(corrected - true) < abs(naive - true)


def test_texts_that_are_nearly_the_same(visitor: Visitor) -> None:
    visitor.go("라벨링")
    visitor["[name=person]"].first.fill("라온")
    visitor["[name=queue]"].first.select_option("duplicate")
    visitor.press("답하기 시작")
    visitor["#next li"].first.wait_for()
    one = visitor.words("#next .text")
    other = visitor.words("#next li .soft:has-text('닮은 글')").removeprefix("닮은 글: ")
    assert {one, other} <= set(CITY.texts["text"])
    assert difflib.SequenceMatcher(None, one, other).ratio() > 0.8


def test_prices_beside_satisfaction(visitor: Visitor) -> None:
    known = CITY.apartments
    rng = np.random.default_rng(0)
    price = 50_000 * np.exp(0.0005 * known["households"] + rng.normal(0, 0.03, len(known)))
    table = pd.DataFrame({"단지명": known["name"], "월세": 90, "거래금액": price.round()})
    file = visitor.place / "가격.csv"
    table.to_csv(file, index=False)
    visitor.go("가격")
    visitor["main input[type=file]"].set_input_files(file)
    visitor.press("비교하기")
    assert "단지 32곳 가운데 32곳의 짝을 찾았습니다" in visitor.words()
    visitor.press("거래금액")
    effect, low, high = numbers(visitor.words("tr.sure").split("세대수", 1)[1])[:3]
    assert low < 0.0005 * known["households"].std() < high
    assert low < effect < high
    assert visitor["tr.sure"].count() == 1, "satisfaction has no part in it"
    while (more := visitor["main"].get_by_text("결과 보기")).count():
        more.click()
    assert "모란 I" in visitor.words()
    assert visitor["tr.sure"].count() == 1, "what was found in the table is still there"
