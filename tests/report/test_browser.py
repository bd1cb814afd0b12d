"""The report in a real browser: at two widths, in both themes, offline, for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.browser import chromium, needs_browser, opened
from tests.factories.reviews import apartments, fake_complex_reviews, fill
from zigbang_nlp import insight
from zigbang_nlp.errors import ZigbangError
from zigbang_nlp.records import Review
from zigbang_nlp.report.make import write_report
from zigbang_nlp.report.pdf import print_pdf

pytestmark = [needs_browser, pytest.mark.slow]

DRAWN = ".figure svg"
EVIL = "<img src=x onerror=\"document.title='hacked'\"> <script>document.title='hacked'</script> 주차 나빠요"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    evil = [Review("test", "0", f"x{i}", "total", EVIL, 1.0) for i in range(40)]
    places = apartments(name="<b>굵은</b> 마을")
    return fill(tmp_path_factory.mktemp("store"), [*fake_complex_reviews(), *evil], places)


@pytest.fixture(scope="module")
def file(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_file = tmp_path_factory.mktemp("a folder 폴더") / "보고서.html"
    write_report(url, made_file)
    return made_file


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests here, each of which opens a window that shares nothing."""
    with chromium() as launched:
        yield launched


def evaluate(page: Any, script: str) -> Any:
    return page.evaluate(script)


@pytest.mark.parametrize(
    ("width", "dark"), [(390, False), (390, True), (1440, False), (1440, True)]
)
def test_it_shows_everything_and_asks_nobody(
    browser: Any, file: Path, width: int, dark: bool
) -> None:
    with opened(browser, file, width, dark) as seen:
        page = seen.page
        page.wait_for_selector(DRAWN, state="attached")
        assert seen.complaints == []
        assert len(seen.requests) == 1, "the file alone"
        assert page.title().startswith("주민 리뷰 보고서")
        boxes = evaluate(
            page,
            "[...document.querySelectorAll('.figure')].map(box => ({"
            " name: box.closest('article').id, width: box.clientWidth,"
            " drawn: box.firstElementChild.getBoundingClientRect().width,"
            " marks: box.querySelectorAll('circle, rect.bar').length}))",
        )
        assert len(boxes) >= 8
        for box in boxes:
            assert box["drawn"] == pytest.approx(box["width"], abs=1), box
            assert box["marks"] > 0, box
        assert evaluate(page, "document.documentElement.scrollWidth") <= width
        ground, ink = evaluate(
            page,
            "[getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.querySelector('.rows-chart .name')).color]",
        )
        assert (brightness(ground) < brightness(ink)) is dark


def brightness(colour: str) -> float:
    return sum(map(float, colour.strip("rgba()").split(",")[:3]))


def test_hangul_has_a_font_and_text_is_never_markup(browser: Any, file: Path) -> None:
    with opened(browser, file) as seen:
        page = seen.page
        page.wait_for_selector(DRAWN, state="attached")
        client = page.context.new_cdp_session(page)
        root = client.send("DOM.getDocument")["root"]["nodeId"]
        client.send("CSS.enable")
        for selector in ("h1", ".rows-chart .name"):
            node = client.send("DOM.querySelector", {"nodeId": root, "selector": selector})
            fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
            names = [font["familyName"] for font in fonts]
            assert any("Nanum" in name or "CJK" in name or "KR" in name for name in names), names
        assert page.title() != "hacked"
        assert page.locator("main img, main b").count() == 0
        assert "<b>굵은</b> 마을" in page.locator(".rows-chart .name").first.text_content()
        assert page.get_by_text(EVIL).count() > 0


def test_the_theme_can_be_chosen(browser: Any, file: Path) -> None:
    with opened(browser, file, 390) as seen:
        page = seen.page
        page.wait_for_selector(DRAWN, state="attached")
        before = page.locator(".rows-chart .name").first.evaluate("e => getComputedStyle(e).color")
        page.get_by_role("button", name="밝은 화면 / 어두운 화면").click()
        after = page.locator(".rows-chart .name").first.evaluate("e => getComputedStyle(e).color")
        assert brightness(before) < brightness(after)
        assert seen.complaints == []


def test_a_table_opens_and_its_csv_downloads(
    url: str, browser: Any, file: Path, tmp_path: Path
) -> None:
    with opened(browser, file) as seen:
        card = seen.page.locator("#categories")
        card.get_by_text("표로 보기").click()
        assert card.locator("tbody tr").count() == 3
        with seen.page.expect_download() as waiting:
            card.get_by_text("CSV 다운로드").click()
        assert waiting.value.suggested_filename == "categories.csv"
        waiting.value.save_as(tmp_path / "c.csv")
    downloaded = pd.read_csv(tmp_path / "c.csv", encoding="utf-8-sig")
    expected = insight.where(insight.load(url), "category")
    assert downloaded["category"].tolist() == expected["category"].tolist()
    assert downloaded["score"].tolist() == pytest.approx(expected["score"].tolist())


def test_without_scripts_text_and_tables_are_there(browser: Any, file: Path) -> None:
    with opened(browser, file, script=False) as seen:
        assert seen.page.locator(".figure svg").count() >= 8, "charts need no script"
        assert seen.page.locator("table").count() >= 8


@pytest.mark.parametrize("dark", [False, True])
def test_everybody_can_use_it(browser: Any, file: Path, dark: bool) -> None:
    """axe-core finds nothing; it is injected past the page's policy by the test's browser."""
    from axe_playwright_python.base import AXE_FILE_PATH

    with opened(browser, file, 390, dark) as seen:
        page = seen.page
        page.wait_for_selector(DRAWN, state="attached")
        page.evaluate(Path(AXE_FILE_PATH).read_text("utf-8"))
        results = page.evaluate("axe.run(document)")
        broken = [
            (rule["id"], rule["nodes"][0]["html"][:120], rule["nodes"][0]["failureSummary"])
            for rule in results["violations"]
        ]
        assert not broken, json.dumps(broken, ensure_ascii=False, indent=1)


def test_the_pdf_holds_the_charts(file: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.pdf"
    print_pdf(file, output)
    content = output.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page/") >= 4
    assert len(content) > 100_000, "fonts and charts are inside"
    assert list(tmp_path.iterdir()) == [output]


def test_a_browser_that_fails_is_one_sentence(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\necho 'no display' >&2\nexit 3\n")
    fake.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(fake))
    with pytest.raises(ZigbangError, match="made no PDF: no display"):
        print_pdf(file, tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()
