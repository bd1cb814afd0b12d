"""Answers that come in pages are read to their end, and to no more than that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories.crawl import content, crawl_settings, settings
from tests.factories.roaming import fake_whole_world
from tests.fake_zigbang import World, serve
from zigbang_nlp.config.site import SITES
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.cache import crawl_saved
from zigbang_nlp.crawl.crawler import site_of
from zigbang_nlp.crawl.interpret import read_answer
from zigbang_nlp.crawl.maintain import reparse
from zigbang_nlp.crawl.privacy import as_json
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.store import Task, open_store
from zigbang_nlp.store.fill_rates import Fills

Answered = Callable[[int], dict[str, Any]]
DISTRICT = [{"areaDanjiId": number, "areaDanjiName": f"{number}단지"} for number in range(1, 51)]


def district(number: int = 50, **more: Any) -> Answered:
    """Pages of a district with so many complexes, with what else the answers say."""
    return lambda offset: {"list": DISTRICT[:number][offset : offset + 20], **more}


def read_on(answer: Answered) -> tuple[list[str], Fills]:
    """Ask for pages until none follows; gives the ids and what was counted."""
    site, fills = Zigbang(), Fills()
    ids: list[str] = []
    tasks = [Task("area", "11350")]
    for page in range(9):
        if not tasks:
            return ids, fills
        offset = int(site.path(tasks[0])[1]["offset"])
        assert offset == 20 * page
        contents = read_answer(site, tasks[0], as_json(answer(offset))).contents
        ids += [apartment.apartment_id for apartment in contents.apartments]
        fills.add(contents.fills)
        tasks = [task for task in contents.tasks if task.kind == "area"]
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("more", [{"count": 50}, {"total": 50}, {"count": 20}, {"count": 3}])
@pytest.mark.parametrize("number", [50, 40, 3])
def test_a_district_is_read_to_its_end_whatever_its_count_says(
    number: int, more: dict[str, int]
) -> None:
    ids, fills = read_on(district(number, **more))
    assert ids == [str(n) for n in range(1, number + 1)]
    assert "pages" not in fills


def test_a_short_page_is_not_the_last_where_the_count_says_more() -> None:
    pages = {0: DISTRICT[:19], 20: DISTRICT[20:39], 40: DISTRICT[40:]}
    ids, fills = read_on(lambda offset: {"list": pages[offset], "count": 50})
    assert len(ids) == 48
    assert (fills["count"].filled, fills["count"].total) == (50, 50), "by where the pages begin"


def test_pages_that_end_too_early_are_noticed() -> None:
    _, fills = read_on(district(20, count=500))
    assert (fills["count"].filled, fills["count"].total) == (20, 500)
    assert fills["list"].total == 1, "an empty last page is no empty list"


@pytest.mark.parametrize("more", [{"count": 10**8}, {}])
def test_a_site_that_ignores_the_offset_is_not_asked_for_ever(more: dict[str, int]) -> None:
    ids, fills = read_on(lambda _: {"list": DISTRICT[:20], **more})
    assert len(ids) == 40
    assert fills["pages"].unread == 1


class Paged(World):
    """Reviews in pages of two, numbered from 1."""

    deaf = False

    def answer(self, path: str, query: Any) -> Any:
        answer = super().answer(path, query)
        if "/reviews/" not in path or answer is None:
            return answer
        start = 0 if self.deaf else 2 * (int(query["no"][0]) - 1)
        return answer | {"data": answer["data"][start : start + 2]}


@pytest.fixture
def site_file(tmp_path: Path) -> str:
    """A site whose reviews come in pages."""
    file = tmp_path / "paged.toml"
    known = (SITES / "zigbang.toml").read_text("utf-8")
    reviews = 'path = "/property/apartments/{key}/reviews/v1"\n'
    assert reviews in known
    paged = known.replace(reviews, reviews + 'page = 2\nquery = { no = "{page}" }\n')
    file.write_text(paged, "utf-8")
    return str(file)


def test_reviews_in_pages_need_a_site_file_and_no_code(tmp_path: Path, site_file: str) -> None:
    whole = fake_whole_world(apartments=8, per=5)
    with (
        serve(Paged(whole.cells, whole.danjis, whole.reviews)) as server,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
    ):
        crawl = crawl_settings(server.url, site=site_file, details=False)
        chosen = settings(tmp_path, crawl)
        assert run_crawl(chosen, store).reviews.new == 8 * 5 * 5
        paths = [path for path in server.paths() if "/reviews/" in path]
        assert len(paths) == 8 * 3
        stored = content(store)
        again = run_crawl(chosen, store, refresh=timedelta(0))
        assert again.reviews == replace(again.reviews, new=0, changed=0, seen=200, vanished=0)
        assert "may have changed" not in again.note
        assert reparse(store, [site_of(crawl)]).removed == 0
        assert "200 the same. 0 questions" in crawl_saved(chosen, store).note
        assert content(store) == stored


def test_reviews_whose_pages_repeat_are_told(tmp_path: Path, site_file: str) -> None:
    whole = fake_whole_world(apartments=8, per=5)
    world = Paged(whole.cells, whole.danjis, whole.reviews)
    world.deaf = True
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        crawl = crawl_settings(server.url, site=site_file, details=False)
        note = run_crawl(settings(tmp_path, crawl), store).note
    assert "8 pages are those that came before" in note
    assert len([path for path in server.paths() if "/reviews/" in path]) == 8 * 2
