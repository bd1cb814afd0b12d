"""The map by mouse, finger and keyboard, and suggestions as they are typed, in a real browser."""

from __future__ import annotations

import pytest

from tests.factories.topical import COMPLEXES
from tests.web.browser import DESK, PHONE, browser
from tests.web.conftest import Known

pytestmark = pytest.mark.slow


def test_a_dot_tells_what_it_is_by_mouse_and_keyboard(known: Known) -> None:
    with browser(str(known.http.base_url), DESK) as window:
        page = window.page
        page.goto("/")
        order = page.evaluate(
            """[...document.querySelectorAll('.places a, #map svg.map > a')]
               .map((a) => a.closest('.places') ? 'list' : 'map')"""
        )
        assert order == sorted(order), "the list comes before the map"
        assert order.count("map") == COMPLEXES
        sizes = page.evaluate(
            """[...document.querySelectorAll('#map svg.map > a')]
               .map((a) => { const b = a.getBoundingClientRect(); return Math.min(b.width, b.height); })"""
        )
        assert min(sizes) >= 24
        assert page.locator(".legend small").count() == 6, "a threshold between any two colours"
        assert page.locator("#map polygon.area").count() >= 25, "Seoul's districts"
        dot = page.locator("#map svg.map > a[href$='id=made:7']")
        dot.hover()
        card = page.locator(".map-card")
        assert "은솔마루 7단지" in card.inner_text()
        assert "서울특별시 강서구" in card.inner_text()
        assert "n=" in card.inner_text()
        page.mouse.move(5, 5)
        assert not card.is_visible()
        dot.focus()
        assert "은솔마루 7단지" in card.inner_text()
        page.keyboard.press("Escape")
        assert not card.is_visible()
        window.check()


def test_a_fingers_first_tap_tells_and_the_second_follows(known: Known) -> None:
    with browser(str(known.http.base_url), PHONE, touch=True) as window:
        page = window.page
        page.goto("/?q=7단지 강서구")
        dot = page.locator("#map svg.map > a[href$='id=made:7']")
        dot.tap()
        assert "은솔마루 7단지" in page.locator(".map-card").inner_text()
        assert "/complex" not in page.url
        dot.tap()
        page.wait_for_url("**/complex?id=made:7")
        window.check()


def test_a_misspelt_name_is_chosen_by_keyboard(known: Known) -> None:
    with browser(str(known.http.base_url), PHONE) as window:
        page = window.page
        page.goto("/")
        page.locator("input[name=q]").press_sequentially("은솔마르")
        options = page.locator("[role=option]")
        options.first.wait_for()
        assert page.locator("input[name=q]").get_attribute("aria-expanded") == "true"
        chosen = options.nth(1).inner_text()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert options.nth(1).get_attribute("aria-selected") == "true"
        page.keyboard.press("Enter")
        page.wait_for_url("**q=*")
        assert page.locator(".places strong").first.inner_text() in chosen
        page.goto("/compare")
        page.locator("input[name=id]").first.press_sequentially("은솔마루 12")
        page.locator("[role=option]").first.click()
        assert page.locator("input[name=id]").first.input_value() == "은솔마루 12단지"
        window.check()
