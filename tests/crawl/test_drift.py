"""A site that changes is told from one that doesn't, and mended with a file."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import zigbang
from tests.factories.crawl import crawl_settings, settings
from tests.factories.roaming import fake_whole_world, renamed
from tests.fake_zigbang import serve
from zigbang_nlp.config.site import SITES, Floors, known_site, load_site
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.crawler import site_of
from zigbang_nlp.crawl.drift_signs import judge
from zigbang_nlp.crawl.endpoints import OpenEndpoints
from zigbang_nlp.crawl.maintain import READING, reparse
from zigbang_nlp.crawl.show import show_answer
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.errors import ConfigError, DriftError, InputError
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.store import Contents, Store, Task, open_store
from zigbang_nlp.store.fill_rates import Fill

FLOORS = Floors(texts=0.5, scores=0.5)


def crawl(store: Store, url: str, refresh: bool = False, **changes: Any) -> str:
    chosen = settings(Path(), crawl_settings(url, **changes))
    return run_crawl(chosen, store, refresh=timedelta() if refresh else None).note


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(f"sqlite:///{tmp_path}/a.db") as opened:
        yield opened


@pytest.mark.parametrize(
    ("field", "fill", "known", "sign"),
    [
        ("care.text", Fill(100, 90, 0), None, None),
        ("care.text", Fill(100, 40, 0), None, "warns"),
        ("care.text", Fill(100, 1, 0), None, "stops"),
        ("care.text", Fill(3, 0, 0), None, None),
        ("review.date", Fill(100, 0, 0), None, None),
        ("review.date", Fill(100, 40, 0), Fill(100, 90, 0), "warns"),
        ("review.date", Fill(100, 60, 0), Fill(100, 90, 0), "warns"),
        ("review.date", Fill(100, 80, 0), Fill(100, 90, 0), None),
        ("review.date", Fill(20, 14, 0), Fill(1000, 800, 0), None),
        ("review.date", Fill(400, 250, 0), Fill(1000, 800, 0), "warns"),
        ("care.text", Fill(200, 120, 0), Fill(1000, 1000, 0), "warns"),
        ("care.text", Fill(10, 8, 0), Fill(1000, 1000, 0), None),
        ("review.date", Fill(100, 0, 100), None, "warns"),
        ("review.year", Fill(100, 99, 1), None, "warns"),
        ("answer", Fill(30, 2, 28), None, "stops"),
        ("answer", Fill(30, 15, 15), None, "warns"),
        ("count", Fill(100, 100, 0), None, None),
        ("count", Fill(100, 20, 0), None, "warns"),
        ("count", Fill(100, 0, 0), None, "stops"),
        ("count", Fill(1000, 950, 5), None, "warns"),
        ("count", Fill(1000, 950, 4), None, None),
        ("counted", Fill(40, 0, 0), Fill(40, 40, 0), "warns"),
        ("counted", Fill(40, 0, 0), None, None),
        ("same", Fill(100, 1, 99), None, "stops"),
        ("same", Fill(8, 1, 7), None, "warns"),
        ("same", Fill(100, 90, 10), None, None),
        ("review.place", Fill(40, 0, 40), None, "warns"),
        ("review.place", Fill(40, 36, 4), None, None),
        ("more", Fill(1, 1, 0), None, "warns"),
        ("list", Fill(30, 0, 0), None, "warns"),
        ("list", Fill(30, 2, 0), Fill(30, 10, 0), "warns"),
        ("list", Fill(30, 2, 0), None, None),
    ],
)
def test_signs(field: str, fill: Fill, known: Fill | None, sign: str | None) -> None:
    before = {} if known is None else {field: known}
    signs = judge("reviews /r", {field: fill}, before, FLOORS, least=5, at_end=True)
    assert [("stops" if one.collapse else "warns") for one in signs] == ([sign] if sign else [])


def test_a_category_that_is_gone_stops_the_crawl_and_a_file_mends_it(
    store: Store, tmp_path: Path
) -> None:
    world = fake_whole_world()
    with serve(renamed(world, careDesc="careText")) as server:
        with pytest.raises(DriftError, match=r"care\.text is filled in 0 of 90") as drift:
            crawl(store, server.url)
        requests = len(server.paths())
        assert requests < 32 + 2 * 40
        assert "as it came: {" in drift.value.fact
        counts = {r.category for r in store.reviews()}
        assert counts == set(CATEGORIES) - {"care"}
        (run,) = store.runs.recent("zigbang")
        assert run.outcome.startswith("drift: ")
        mended = tmp_path / "my.toml"
        shipped = (SITES / "zigbang.toml").read_text("utf-8")
        mended.write_text(shipped.replace('["careDesc"', '["careText", "careDesc"'), "utf-8")
        again = reparse(store, [site_of(crawl_settings(site=str(mended)))])
        assert (again.failed, len(server.paths())) == ((), requests)
        note = crawl(store, server.url, site=str(mended))
        assert "may have changed" not in note
        assert sum(r.category == "care" for r in store.reviews()) == 40 * 3


def test_a_field_that_a_refresh_lacks_is_told_and_kept(store: Store) -> None:
    world = fake_whole_world()
    dated = copy.deepcopy(world)
    for answer in dated.reviews.values():
        for index, entry in enumerate(answer["data"]):
            entry["createdAt"] = f"2021-03-0{index + 1}"
    with serve(dated) as server:
        assert "may have changed" not in crawl(store, server.url)
        server.world = world
        note = crawl(store, server.url, refresh=True)
    assert "review.date is filled in 0 of 120 (0%, 100% before)" in note
    assert "600 dates" in note
    assert all(review.written_at for review in store.reviews())
    good = store.fills.last_good("zigbang")
    assert good["reviews /property/apartments/{key}/reviews/v1"]["review.date"].share == 1


def test_reviews_that_vanish_are_counted_once(store: Store) -> None:
    world = fake_whole_world(apartments=12)
    fewer = copy.deepcopy(world)
    for answer in fewer.reviews.values():
        del answer["data"][1:]
        answer["summary"]["reviewCount"] = 1
    with serve(world) as server:
        crawl(store, server.url)
        server.world = fewer
        assert "120 texts known from earlier are no longer there" in crawl(store, server.url, True)
        assert "no longer there" not in crawl(store, server.url, True)
    assert store.count_reviews() == 12 * 3 * 5


def test_a_scale_of_ten_is_recognised_and_remembered(store: Store) -> None:
    world = fake_whole_world()
    for answer in world.reviews.values():
        for entry in answer["data"]:
            entry |= {key: 2 * value for key, value in entry.items() if "core" in key}
    with serve(world) as server:
        assert "scale of 10" in crawl(store, server.url)
        kept = {r.key: r.score for r in store.reviews()}
        assert set(kept.values()) == {1, 2, 3, 4}
        assert not store.frontier.failures("zigbang", 10)
        reparse(store)
        crawl(store, server.url, refresh=True)
    assert {r.key: r.score for r in store.reviews()} == kept


class TestEndpoints:
    """Where an endpoint is gone, the next one is taken, and it is said."""

    def test_reviews(self, store: Store) -> None:
        world = fake_whole_world()
        world.closed = ("/reviews/v1",)
        for key, danji in world.danjis.items():
            danji["resident_review"] = [{"score": 3, "content": f"{key}에 산 지 오래됐어요"}]
        with serve(world) as server:
            note = crawl(store, server.url)
            closed = [path for path in server.paths() if "/reviews/v1" in path]
        assert len(closed) == 12
        assert "says 404 or 410 to everything (12 times)" in note
        assert "Going on by reviews /apt/danjis/{key}" in note
        assert {r.category for r in store.reviews()} == {"total"}
        assert store.count_reviews() == 40

    @pytest.mark.parametrize("at", ["items", "areas"])
    def test_cells(self, store: Store, at: str) -> None:
        world = fake_whole_world()
        world.at = at
        world.closed = ("on-danjis", "location/v3") + (() if at == "items" else ("/v2/aparts",))
        with serve(world) as server:
            crawl(store, server.url)
            paths = [path for path in server.paths() if "geohash" in path]
        assert store.count_reviews() == 40 * 3 * 5
        assert len(paths) <= (9 if at == "areas" else 3 + 32)
        assert not store.frontier.failures("zigbang", 9)

    def test_no_endpoint_left(self, store: Store) -> None:
        world = fake_whole_world()
        world.closed = ("/reviews/v1", "/apt/danjis")
        with serve(world) as server, pytest.raises(DriftError, match="no other endpoint"):
            crawl(store, server.url)

    def test_ids_are_quoted_and_pages_follow(self) -> None:
        endpoints = OpenEndpoints(known_site("zigbang").endpoints)
        assert endpoints.path(Task("danji", "a/b?c"))[0] == "/apt/danjis/a%2Fb%3Fc"
        path, query = endpoints.path(Task("area", "11350@20"))
        assert path == "/apt/locals/11350/item-catalogs"
        assert query["offset"] == "20"


def test_a_site_file_that_calls_endpoints_roads_is_read(tmp_path: Path) -> None:
    """As files of before version 0.2 do."""
    file = tmp_path / "my.toml"
    now = (SITES / "zigbang.toml").read_text("utf-8")
    file.write_text(now.replace("[endpoints.", "[roads."), "utf-8")
    assert load_site(file) == load_site(SITES / "zigbang.toml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("scale = 5.0", "scale = -1"), "scale"),
        (('lists = ["data"]', "lists = []"), "names no lists"),
        (("[review.texts]", "[review.txts]"), "review.texts: Field required"),
        (("total = [", "totl = ["), "not a category"),
        (('accept = "application/json"', 'accept = "한글"'), "plain ASCII"),
        (('base_url = "https', 'base_url = "ftp'), "http://"),
        (("[floors]", "[floors"), "not valid TOML"),
        (("/apartments/{key}/reviews/v1", "/apartments/reviews/v1"), r"has no \{key\}"),
        (("/apartments/{key}/reviews/v1", "/apartments/{id}/reviews/v1"), r"\{id\} is not known"),
        (('geohash = "{key}"', 'geohash = "{Key}"'), r"\{Key\} is not known"),
        (("page = 20", ""), "needs both"),
        (('offset = "{offset}"', 'offset = "0"'), "needs both"),
        (('path = "/v2', 'path = "https://example.org/v2'), "is no path"),
        (('path = "/v2/aparts/items"', 'path = "/v2/aparts/items?x=1"'), "is no path"),
        (('path = "/v2', 'path = "v2'), "begins with /"),
        (("[[endpoints.cell]]", "[[endpoints.danji]]"), "needs an endpoint for the apartments"),
        (('id = ["areaDanjiId"', 'brand = ["areaDanjiId"'), "apartment"),
        (('around = ["aroundDesc"', 'around = ["careDesc"'), "'careDesc' already has a meaning"),
        (('around = ["aroundScore"', 'around = ["desc"'), "'desc' already has a meaning"),
        (('["aroundDesc", "around_desc"]', "[]"), "names nothing"),
        (('source = "zigbang"', 'source = "sample"'), "choose another"),
    ],
)
def test_a_site_file_with_a_mistake_is_an_error_with_a_sentence(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    file = tmp_path / "my.toml"
    file.write_text((SITES / "zigbang.toml").read_text("utf-8").replace(*change), "utf-8")
    with pytest.raises(ConfigError, match=words) as caught:
        load_site(file)
    assert "my.toml" in caught.value.fact


def test_an_answer_is_shown_with_its_reading(store: Store) -> None:
    world = fake_whole_world(apartments=3)
    world.reviews["1001"]["data"][1] = {"뜻": "모름"}
    with serve(world) as server:
        crawl(store, server.url)
    shown = show_answer(store, site_of(crawl_settings()), Task("reviews", "1001"))
    assert "1001 단지 0번째 총평입니다" in shown
    assert "no known text field; keys found: 뜻" in shown
    assert "care.text" in shown
    with pytest.raises(InputError, match="no answer for reviews 9"):
        show_answer(store, site_of(crawl_settings()), Task("reviews", "9"))


class Unstorable(Zigbang):
    """A reader that lets one value through that no database holds."""

    def read(self, task: Task, answer: Any) -> Contents:
        contents = super().read(task, answer)
        if task == Task("reviews", "1005"):
            contents.reviews[0] = replace(contents.reviews[0], author="\ud800")
        return contents


def test_a_value_that_no_database_holds_ends_one_task(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigbang_nlp.crawl.crawler.Zigbang", Unstorable)
    with serve(fake_whole_world(apartments=12)) as server:
        crawl(store, server.url, workers=3)
    ((task, failure),) = store.frontier.failures("zigbang", 9)
    assert (task, failure.kind) == (Task("reviews", "1005"), "value")
    assert "can't hold a value" in failure.fact
    assert store.count_reviews() == 11 * 3 * 5
    assert store.answers.get("zigbang", "reviews", "1005") is not None
    assert not reparse(store).failed, "a mended reader reads the kept answer"
    assert store.count_reviews() == 12 * 3 * 5


def test_an_older_stores_answers_are_read_again_once(store: Store) -> None:
    with serve(fake_whole_world(apartments=6)) as server:
        crawl(store, server.url)
        before = store.fingerprint()
        rows = list(store.reviews())
        with store.database.write() as connection:
            connection.exec_driver_sql("UPDATE reviews SET review_id = 'sha:old' || review_id")
        store.answers.set_reading(1)
        crawl(store, server.url)
    assert store.fingerprint() == before
    assert [r.review_id for r in store.reviews()] == [r.review_id for r in rows]
    assert store.answers.reading() == READING


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (("--refresh", "999999999d"), "999999999d"),
        (("--refresh", "99999999999999d"), "99999999999999d"),
        (("--contact", "홍길동"), "contact"),
        (("--polygon", "none.geojson"), "none.geojson"),
        (("--site", "none.toml"), "none.toml"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_code_2(
    tmp_path: Path, flags: tuple[str, str], word: str
) -> None:
    done = zigbang(
        "crawl", "--source", "zigbang", *flags, "--base-url", "http://127.0.0.1:9", cwd=tmp_path
    )
    stderr = done.stderr.decode()
    assert done.returncode == 2, stderr
    assert word in stderr
    assert "unexpected" not in stderr


def test_the_wire_of_the_shipped_file_is_json_with_every_category() -> None:
    data = known_site("zigbang")
    assert set(data.review.texts) == set(data.review.scores) == set(CATEGORIES)
    assert data.review.texts["total"][0] == "desc"
    assert data.review.scores["total"][0] == "score"
    assert json.dumps(data.model_dump())
