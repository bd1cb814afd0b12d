"""The report's text: right numbers, everything escaped, and nothing said that can't be said."""

from __future__ import annotations

import base64
import io
import re
import sqlite3
from collections.abc import Mapping
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.commands import Running
from tests.conftest import zigbang
from tests.factories.reviews import apartments, fake_complex_reviews, fake_reviews, fill
from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.filters import recent
from zigbang_nlp.insight.opinions import mentioned
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.records import Review
from zigbang_nlp.report.make import write_report
from zigbang_nlp.report.page.report_table import formatted
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material

EVIL = (
    '</script><script>alert(1)</script><img src=x onerror="alert(2)">{{ 7919*7907 }} 주차 힘들어요'
)
DAY = date(2026, 11, 24)


class Page(HTMLParser):
    """What a page holds: its text by element id of the card, its tags, its CSV links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.csv: dict[str, str] = {}
        self.cards: dict[str, str] = {}
        self.text = ""
        self._card, self._skip = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append(tag)
        self._skip = tag in ("script", "style")
        if tag in ("article", "section"):
            self._card = attributes.get("id") or ""
        if tag == "a" and "download" in attributes:
            self.csv[(attributes["download"] or "").removesuffix(".csv")] = attributes["href"] or ""

    def handle_endtag(self, _tag: str) -> None:
        self._skip = False

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.text += data
            self.cards[self._card] = self.cards.get(self._card, "") + data

    def table(self, key: str) -> pd.DataFrame:
        encoded = self.csv[key].partition("base64,")[2]
        return pd.read_csv(io.BytesIO(base64.b64decode(encoded)), encoding="utf-8-sig")


def report(url: str, folder: Path, **options: object) -> Page:
    file = folder / "report.html"
    write_report(url, file, day=DAY, **options)  # type: ignore[arg-type]
    page = Page(file.read_text("utf-8"))
    assert not re.search(r"\bnan\b|\bNaN\b|\bNone\b|\bNaT\b|\binf\b", page.text)
    assert "{" not in page.text.replace(EVIL, ""), "a sentence kept its placeholder"
    return page


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fill(tmp_path_factory.mktemp("made"), fake_complex_reviews(), apartments())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the report of `url` is, once it was asked for."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def page(url: str, folder: Path) -> Page:
    return report(url, folder)


def test_the_headline_is_what_the_store_holds(url: str, page: Page) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as store:
        texts, reviews, complexes, share = store.execute(
            "SELECT count(*), count(DISTINCT r.apartment_id || '/' || r.review_id),"
            " count(DISTINCT r.apartment_id), avg(p.label = 'positive') FROM reviews r"
            " JOIN predictions p USING (source, apartment_id, review_id, category)"
        ).fetchone()
    for shown in (f"{texts:,}", f"주민 {reviews:,}명", f"{complexes}", f"{share:.1%}"):
        assert shown in page.cards["overview"]
    low, high = map(float, re.findall(r"구간 ([\d.]+)%–([\d.]+)%", page.text)[0])
    assert low < 100 * share < high
    assert "2022.01" in page.text
    assert "견본" not in page.text


def test_every_table_is_that_of_the_library(url: str, page: Page) -> None:
    corpus = insight.load(url)
    expected = {
        "ranking": insight.where(corpus),
        "categories": insight.where(corpus, "category"),
        "regions": insight.where(corpus, "district").rename(columns={"district": "name"}),
        "standouts": insight.standouts(corpus),
        "trend": insight.trend(corpus, "quarter"),
        "polar": insight.polar_words(corpus),
        "drivers": insight.drivers(corpus, "category"),
    }
    for key, table in expected.items():
        shown = page.table(key)
        assert len(shown) == len(table), key
        for column in table.select_dtypes("number"):
            np.testing.assert_allclose(shown[column], table[column], rtol=1e-9, err_msg=key)


def test_planted_effects_are_said_with_quotes(page: Page) -> None:
    card = page.cards["standouts"]
    assert "솔마을 3단지: 교통여건 만족도가 다른 단지보다 낮습니다" in card
    assert "솔마을 3단지 · 교통여건" in card, "a quote from there"
    keywords = page.table("keywords")
    rising = keywords[(keywords["q_value"] < 0.05) & (keywords["direction"] == "rising")]
    assert "발망치" in set(rising["word"])
    assert "발망치" in page.cards["keywords"]


def test_every_chart_has_its_table_and_csv(page: Page, folder: Path) -> None:
    html = (folder / "report.html").read_text("utf-8")
    charts = set(re.findall(r'data-chart="(\w+)"', html))
    assert charts >= {"map", "ranking", "regions", "categories", "trend", "polar", "network"}
    assert charts <= set(page.csv)


@pytest.mark.usefixtures("page")
def test_the_same_reviews_make_the_same_file(url: str, folder: Path, tmp_path: Path) -> None:
    write_report(url, tmp_path / "again.html", day=DAY)
    assert (tmp_path / "again.html").read_bytes() == (folder / "report.html").read_bytes()


def test_filters_narrow_it_and_are_named(url: str, tmp_path: Path) -> None:
    filters = Filters(region="노원구", since="2024", complexes=("솔마을 3", "솔마을 5"))
    page = report(url, tmp_path, filters=filters)
    assert "지역: 노원구 · 2024부터 · 단지: 솔마을 3 · 단지: 솔마을 5" in page.text
    assert set(page.table("ranking")["name"]) == {"솔마을 3단지", "솔마을 5단지"}
    assert "2024.01" in page.text
    assert "2023." not in page.cards[""]
    assert "선택한 지역이나 단지가 아님" in page.cards["caveats"]
    with pytest.raises(InputError, match="No complex lies in"):
        report(url, tmp_path, filters=Filters(region="제주시"))
    with pytest.raises(InsightError, match="No reviews are left"):
        report(url, tmp_path, filters=Filters(since="2030"))


def test_text_of_residents_is_never_markup(tmp_path: Path) -> None:
    reviews = [
        *fake_complex_reviews(3, 20),
        *(Review("test", "0", f"x{i}", "total", EVIL, 1.0) for i in range(30)),
    ]
    url = fill(tmp_path, reviews, apartments(3, name="<b>굵은</b>&\u202e"))
    page = report(url, tmp_path)
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert "b" not in page.tags
    assert EVIL in page.text, "shown as it was written"
    assert "62615533" not in page.cards["categories"]


def test_cells_of_a_csv_run_in_no_spreadsheet(tmp_path: Path) -> None:
    url = fill(tmp_path, fake_complex_reviews(3, 20), apartments(3, name="=HYPERLINK(1)"))
    names = report(url, tmp_path).table("ranking")["name"]
    assert names.str.startswith("'=").all()


def absent(page: Page, key: str) -> str:
    assert key not in page.csv, key
    return page.cards[key]


def test_without_dates_the_times_are_left_out(tmp_path: Path) -> None:
    page = report(fill(tmp_path, fake_complex_reviews(undated=True), apartments()), tmp_path)
    assert "작성일" in absent(page, "trend")
    assert "작성일" in absent(page, "keywords")
    assert "작성일이 없는" in page.cards["caveats"]
    assert {"ranking", "map", "polar"} <= set(page.csv)


def test_without_places_the_map_is_left_out(tmp_path: Path) -> None:
    page = report(fill(tmp_path, fake_complex_reviews(), apartments(placed=False)), tmp_path)
    assert "좌표가 있는 단지가 없습니다." in absent(page, "map")
    assert "주소가 있는 단지가 없습니다." in absent(page, "regions")
    assert {"ranking", "trend"} <= set(page.csv)
    page = report(fill(tmp_path / "nameless", fake_complex_reviews()), tmp_path)
    assert "좌표가 있는 단지가 없습니다." in absent(page, "map")


def test_one_complex_is_not_ranked(tmp_path: Path) -> None:
    page = report(fill(tmp_path, fake_complex_reviews(complexes=1), apartments(1)), tmp_path)
    for key in ("ranking", "standouts"):
        assert "한 곳뿐이라 비교할 대상이 없습니다." in absent(page, key)
    assert {"categories", "trend", "map"} <= set(page.csv)


def test_five_reviews_say_little(tmp_path: Path) -> None:
    page = report(
        fill(tmp_path, fake_complex_reviews(complexes=1, reviews=2)[:5], apartments(1)), tmp_path
    )
    for key in ("ranking", "keywords", "polar", "new_words", "network", "drivers"):
        assert "필요합니다" in absent(page, key) or "없습니다" in absent(page, key), key
    assert "리뷰수5주민" in re.sub(r"\s", "", page.cards["overview"])


def test_one_review(tmp_path: Path) -> None:
    page = report(fill(tmp_path, fake_complex_reviews(1, 1)[:1], apartments(1)), tmp_path)
    assert "주민 1명" in page.text


def test_a_corpus_in_english_has_no_korean_words(tmp_path: Path) -> None:
    texts = ["The subway is close and it is quiet here", "Parking is a nightmare every evening"]
    reviews = [
        Review(
            "test", str(i % 4), str(i), "total", f"{texts[i % 2]} {i}", 5.0 - 4 * (i % 2),
            written_at=datetime(2022 + i % 3, 1 + i % 12, 1),
        )
        for i in range(120)
    ]  # fmt: skip
    page = report(fill(tmp_path, reviews, apartments(4)), tmp_path)
    for key in ("keywords", "polar", "network"):
        assert "한국어 리뷰가 아닙니다" in absent(page, key), key
    assert {"ranking", "trend", "map"} <= set(page.csv)


def test_reviews_that_no_model_judged(tmp_path: Path) -> None:
    page = report(fill(tmp_path, fake_complex_reviews(), apartments(), judged=False), tmp_path)
    for key in ("map", "ranking", "trend", "polar"):
        assert "아직 판정된 리뷰가 없습니다." in absent(page, key), key
    assert "아직 판정하지 않은" in page.cards["caveats"]


def test_the_model_gives_its_reasons(bundle_dir: Path, tmp_path: Path) -> None:
    identity = load_bundle(bundle_dir).identity()
    reviews = fake_reviews(600)  # what that bundle has learned from
    url = fill(tmp_path / "own", reviews, model=identity)
    page = report(url, tmp_path, model=bundle_dir)
    assert "리뷰 600건" in page.cards["deciding"]
    table = page.table("deciding")
    assert (table["low"].gt(0) | table["high"].lt(0)).all()
    assert "검증 데이터에서" in page.cards["caveats"]
    page = report(url, tmp_path, model=tmp_path / "nowhere")
    assert "모델이 없어 판정의 까닭을 말할 수 없습니다." in absent(page, "deciding")
    page = report(fill(tmp_path, fake_complex_reviews(), apartments()), tmp_path, model=bundle_dir)
    assert "판정한 모델이 아니어서" in absent(page, "deciding")
    assert "판정에 쓴 모델이 현재 모델과 다릅니다" in page.cards["caveats"]


def test_in_english(url: str, tmp_path: Path) -> None:
    page = report(url, tmp_path, language="en")
    assert "What residents say" in page.text
    assert "worse than elsewhere in Transport" in page.cards["standouts"]


def test_quotes_are_nearest_to_the_mean_and_of_different_complexes(tmp_path: Path) -> None:
    reviews = [
        Review("test", place, f"{place}{i}", "care", text, 1.0)
        for place in "01"
        for i, text in enumerate(
            [
                "주차 자리가 좁아서 힘들어요",
                "주차 자리가 좁아요 정말로요",
                "수영장 냄새가 심해서 괴로워요",
                "짧다",
            ]
        )
    ]
    corpus = insight.load(fill(tmp_path, reviews, apartments(2)))
    material = Material(corpus, Translator("ko"))
    quotes = representative(material, np.ones(len(reviews), bool), 5)
    assert len(quotes) == 2, "one a complex, and no text twice"
    assert {q.place for q in quotes} == {"솔마을 0단지", "솔마을 1단지"}
    assert all("주차" in q.text for q in quotes)
    assert (quotes[0].label, quotes[0].category, quotes[0].day) == ("negative", "단지관리", "")
    assert representative(material, mentioned(corpus, "없는낱말")[0]) == []


def test_quotes_point_at_nobody(tmp_path: Path) -> None:
    text = "주차 문제로 304동 1502호에 010-2345-6789로 전화했어요"
    reviews = [Review("test", place, place, "care", text, 1.0) for place in "01"]
    corpus = insight.load(fill(tmp_path, reviews, apartments(2)))
    quotes = representative(Material(corpus, Translator("ko")), np.ones(2, bool), 5)
    assert {q.text for q in quotes} == {"주차 문제로 [동호수]에 [전화번호]로 전화했어요"}


def test_the_recent_period(tmp_path: Path) -> None:
    corpus = insight.load(fill(tmp_path, fake_complex_reviews(), apartments()))
    since, until = recent(corpus.dated["written_at"])
    assert until == corpus.dated["written_at"].max().date()
    assert (until - since).days in (364, 365)
    short = corpus.narrowed(since="2024-01", until="2024-08")
    since, until = recent(short.dated["written_at"])
    assert 55 <= (until - since).days <= 61


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "text", "–"), (float("nan"), "percent", "–"), (float("inf"), "ratio", "∞"),
        (0.7123, "percent", "71.2%"), (-0.1, "points", "-10.0%p"), (1234, "count", "1,234"),
        (0.00001, "p", "<0.001"), (0.0312, "p", "0.031"), (2.5, "ratio", "2.50"),
    ],
)  # fmt: skip
def test_cells(value: object, kind: str, shown: str) -> None:
    assert formatted(value, kind, Translator("ko")) == shown


def complaint(
    *arguments: str, cwd: Path, code: int = 1, environ: Mapping[str, str] | None = None
) -> str:
    done = Running(["report", *arguments], cwd, environ=environ).ended()
    stderr = done.stderr.decode()
    assert done.returncode == code, stderr
    assert "Traceback" not in stderr
    return stderr


def test_the_command_says_what_is_wrong(url: str, tmp_path: Path) -> None:
    assert "There is no store" in complaint(cwd=tmp_path)
    arguments = ["--db", url]
    assert "doesn't end in .html" in complaint(
        *arguments, "--output", "r.pdf", cwd=tmp_path, code=2
    )
    assert "노원구" in complaint(*arguments, "--region", "제주시", cwd=tmp_path), (
        "a region that is here"
    )
    assert "not a date" in complaint(*arguments, "--since", "gestern", cwd=tmp_path)
    pdf = complaint(*arguments, "--pdf", cwd=tmp_path, environ={"BROWSER_PATH": "/nowhere"})
    assert "A PDF needs Chromium" in pdf
    assert (tmp_path / "data" / "report.html").is_file(), "the HTML is there all the same"
    done = zigbang(
        "report", "--db", url, "--output", "a/b.html", "--region", "노원구", cwd=tmp_path
    )
    assert done.returncode == 0
    assert "The report is in a/b.html." in done.stderr.decode().replace("\\", "/")


def test_an_empty_store_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(InsightError, match="The store holds no review"):
        report(fill(tmp_path, []), tmp_path)
