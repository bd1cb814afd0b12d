"""The search by name is held to the same rules as the site's other answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.factories.crawl import crawl_settings, fake_world, settings
from tests.fake_zigbang import Faults, World, ZigbangServer, serve
from zigbang_nlp.config.site import SITES, load_site
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.crawler import find_region
from zigbang_nlp.crawl.maintain import catch_up
from zigbang_nlp.errors import CrawlStoppedError, DriftError, RegionError, ZigbangError
from zigbang_nlp.store import Store, open_store

NAME = "여우골역"
HERE = {"type": "address", "name": NAME, "lat": 37.65, "lng": 127.06}


class SearchedWorld(World):
    """A world whose search answers as the test wants, at the address it wants."""

    reply: Any = None
    at: str = "/v2/search"

    def answer(self, path: str, query: Any) -> Any:
        return self.reply if path == self.at else super().answer(path, query)


def world() -> SearchedWorld:
    plain = fake_world(cells=8, apartments=4)
    return SearchedWorld(plain.cells, plain.danjis, plain.reviews)


def crawl(store: Store, server: ZigbangServer, work: Path, **changes: Any) -> None:
    chosen = crawl_settings(server.url, place=NAME, details=False, retries=0, **changes)
    run_crawl(settings(work, chosen), store)


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


ZEROS = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        ([], DriftError, 4),
        ({"code": "200"}, DriftError, 4),
        ({"items": "none"}, DriftError, 4),
        ({"results": [HERE]}, DriftError, 4),
        ({"items": []}, RegionError, 2),
        ({"items": [None, 7, "x", {"name": None}]}, RegionError, 2),
        ({"items": [HERE | {"lat": float("nan")}]}, RegionError, 2),
        ({"items": [HERE | {"lat": 0, "lng": 0}]}, RegionError, 2),
        ({"items": [HERE | {"lat": 10**400}]}, RegionError, 2),
        ({"items": [HERE | {"lat": True}]}, RegionError, 2),
        ({"items": [HERE | {"lat": None, "polygon": deep(60)}]}, RegionError, 2),
        ({"items": [HERE | {"lat": None, "polygon": ZEROS}]}, RegionError, 2),
        ({"items": [HERE | {"lat": None, "polygon": [[10**400, 1]] * 4}]}, RegionError, 2),
        ({"items": [HERE | {"lat": None, "polygon": [[127.0, 37.5]] * 4}]}, RegionError, 2),
    ],
)
def test_an_answer_that_names_no_place_is_told_and_not_kept(
    tmp_path: Path, reply: Any, error: type[ZigbangError], code: int
) -> None:
    searched = world()
    with serve(searched) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        searched.reply = reply
        with pytest.raises(error) as caught:
            crawl(store, server, tmp_path)
        assert caught.value.exit_code == code
        assert "--preset" in caught.value.next_step or NAME in caught.value.fact
        assert store.answers.get("zigbang", "search", NAME) is None
        searched.reply = {"items": [HERE]}
        crawl(store, server, tmp_path, max_requests=2)
        assert store.answers.get("zigbang", "search", NAME) is not None


def test_a_polygon_that_cannot_be_read_leaves_the_point(tmp_path: Path) -> None:
    searched = world()
    searched.reply = {"items": [HERE | {"lat": "37.65", "lng": "127.06", "polygon": ZEROS}]}
    with serve(searched) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        crawl(store, server, tmp_path)
        assert len([path for path in server.paths() if "geohash" in path]) == 9


def test_nothing_of_a_person_is_kept_of_a_search(tmp_path: Path) -> None:
    searched = world()
    person = {"manager": "나무늘", "tel": "010-1234-5678", "owner": {"name": "나무늘"}}
    other = HERE | {"name": "솔마을", "description": "나무늘 소장"}
    searched.reply = {
        "items": [HERE | person | {"description": "서울 노원구 문의 010-1234-5678"}, other],
        "user": person,
    }
    with serve(searched) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        crawl(store, server, tmp_path)
        kept = store.answers.get("zigbang", "search", NAME)
        assert kept is not None
        text = kept[0].decode()
        assert NAME in text
        assert "서울 노원구" in text
        assert "나무늘" not in text
        assert "1234" not in text
        region = find_region(crawl_settings(place=NAME), store, "zigbang", client=None)
        assert len(region.cells) == 9, "and what is kept says the same"


def test_what_earlier_versions_kept_of_a_search_is_gone_too(tmp_path: Path) -> None:
    other = {"type": "address", "name": "솔마을", "description": "나무늘 소장"}
    older = {
        "items": [HERE | {"manager": "나무늘", "tel": "010-1234-5678"}, other],
        "user": "나무늘",
    }
    file = tmp_path / "a.db"
    with open_store(f"sqlite:///{file}") as store:
        store.answers.save(
            "zigbang", "search", NAME, json.dumps(older, ensure_ascii=False).encode()
        )
        store.answers.save("zigbang", "search", "솔마을", b"[" * 9)
        store.answers.set_reading(3)
        catch_up(store)
        kept = store.answers.get("zigbang", "search", NAME)
        assert kept is not None
        for secret in ("나무늘", "1234-5678", "솔마을"):
            assert secret not in kept[0].decode()
        assert store.answers.get("zigbang", "search", "솔마을") is None, "it is looked up again"
        region = find_region(crawl_settings(place=NAME), store, "zigbang", client=None)
        assert len(region.cells) == 9


def test_the_older_search_is_asked_where_the_newer_is_gone(tmp_path: Path) -> None:
    searched = world()
    searched.at, searched.reply = "/search", {"items": [HERE]}
    with serve(searched) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults = Faults(1, ["404"], where="/v2/search")
        crawl(store, server, tmp_path)
        paths = [path.partition("?")[0] for path in server.paths() if "search" in path]
    assert paths == ["/v2/search", "/search"]


@pytest.mark.parametrize("fault", ["500", "html", "404"])
def test_a_search_that_fails_stops_with_what_can_help(tmp_path: Path, fault: str) -> None:
    searched = world()
    with serve(searched) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        server.faults = Faults(1, [fault], where="/search")
        with pytest.raises(CrawlStoppedError, match=f"{NAME} can't be looked up") as stopped:
            crawl(store, server, tmp_path)
    assert stopped.value.exit_code == 3
    assert "--retry-failed" not in stopped.value.next_step, "a place is no task"


@pytest.mark.parametrize(
    ("setting", "paths"),
    [('"/find"', ("/find",)), ('["/a", "/b"]', ("/a", "/b")), ('""', ()), ("[]", ())],
)
def test_a_site_file_says_where_to_search(tmp_path: Path, setting: str, paths: Any) -> None:
    file = tmp_path / "my.toml"
    known = (SITES / "zigbang.toml").read_text("utf-8")
    file.write_text(known.replace('["/v2/search", "/search"]', setting), "utf-8")
    assert load_site(file).search == paths
    searched = world()
    searched.at, searched.reply = (*paths, "/none")[0], {"items": [HERE]}
    with serve(searched) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        if not paths:
            with pytest.raises(RegionError, match="the site has no search"):
                crawl(store, server, tmp_path, site=str(file))
        else:
            crawl(store, server, tmp_path, site=str(file), max_requests=3)
            assert any(path.startswith(paths[0]) for path in server.paths())
