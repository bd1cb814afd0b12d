"""What was not kept since it might name a person is told of, and asked for again, never forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories.crawl import crawl_settings, settings
from tests.factories.roaming import fake_whole_world, renamed
from tests.fake_zigbang import serve
from zigbang_nlp.config.site import SITES, known_site
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.crawler import site_of
from zigbang_nlp.crawl.maintain import reparse
from zigbang_nlp.crawl.privacy import Scrubber
from zigbang_nlp.crawl.reading import LEFT_OUT
from zigbang_nlp.errors import DriftError
from zigbang_nlp.store import Store, open_store
from zigbang_nlp.store.export import export
from zigbang_nlp.store.schema import reviews


def totals(store: Store) -> int:
    query = sa.select(sa.func.count()).where(reviews.c.category == "total")
    with store.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def test_a_name_that_looks_like_nothing_is_mended_by_asking_again(tmp_path: Path) -> None:
    """A text under a name that could be anybody's is not kept, so a file alone can't bring it back."""
    file = tmp_path / "my.toml"
    shipped = (SITES / "zigbang.toml").read_text("utf-8")
    file.write_text(shipped.replace('total = ["desc"', 'total = ["속마음", "desc"'), "utf-8")
    world = renamed(fake_whole_world(), desc="속마음")
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(DriftError, match=r"속마음.{3}\[left out\]") as stopped:
            run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
        assert "--retry-failed" in stopped.value.next_step
        chosen = settings(tmp_path, crawl_settings(server.url, site=str(file)))
        done = reparse(store, [site_of(chosen.crawl)])
        assert len(done.failed) >= 30, "it is no success that nothing is new"
        assert "total.text (속마음) was left out" in done.failed[0]
        assert "--retry-failed" in done.failed[0]
        assert {f.kind for _, f in store.frontier.failures("zigbang", 99)} == {"left out"}
        assert totals(store) == 0
        assert run_crawl(chosen, store, retry_failed=True).failed == 0
        assert totals(store) == 3 * 40


def test_what_a_mended_file_brings_is_new_for_the_next_feed(tmp_path: Path) -> None:
    """Who reads what is new since each run misses nothing that was read again between two runs."""
    file, out = tmp_path / "my.toml", tmp_path / "new.jsonl"
    shipped = (SITES / "zigbang.toml").read_text("utf-8")
    file.write_text(shipped.replace('total = ["desc"', 'total = ["총평", "desc"'), "utf-8")
    world = renamed(fake_whole_world(apartments=4), desc="총평")
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(DriftError):
            run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
        assert export(store, out, since_run=1) == 4 * 3 * 4
        chosen = settings(tmp_path, crawl_settings(server.url, site=str(file)))
        assert reparse(store, [site_of(chosen.crawl)]).reviews.new == 4 * 3 * 5
        run_crawl(chosen, store)
        assert export(store, out, since_run=2) == 4 * 3 * 5
        run_crawl(chosen, store)
        assert export(store, out, since_run=3) == 0


def kept(kind: str, answer: Any) -> Any:
    scrubber = Scrubber(known_site("zigbang"), lambda _: None)
    return json.loads(scrubber.body(kind, json.dumps(answer).encode()))


@pytest.mark.parametrize(
    "name",
    [
        "총평",
        "한줄평",
        "거주후기",
        "좋은점",
        "review",
        "opinion",
        "careOpinion",
        "prosText",
        "교통여건",
    ],
)
def test_names_of_texts_are_kept_to_be_read_later(name: str) -> None:
    entry = {"score": 4, "trafficDesc": "버스가 많아요", name: "볕이 잘 들어요"}
    assert kept("reviews", {"data": [entry]})["data"] == [entry]


@pytest.mark.parametrize(
    "name",
    ["careManager", "residentOwnerText", "managerComment", "담당 의견", "회원 평", "sellerReview"],
)
def test_names_of_persons_are_not_though_they_look_like_texts(name: str) -> None:
    entry = {"score": 4, "trafficDesc": "버스가 많아요", name: "김달래"}
    assert "김달래" not in json.dumps(kept("reviews", {"data": [entry]}), ensure_ascii=False)


def test_a_text_in_parts_is_kept_with_the_failure() -> None:
    entry = {"score": 4, "desc": ["볕이 잘 들어요", "조용해요"], "careDesc": "깨끗해요"}
    entries = kept("reviews", {"data": [entry | {"friends": ["김달래"]}]})["data"]
    assert entries == [entry | {"friends": []}]


def test_an_apartment_with_a_score_is_an_apartment() -> None:
    listed = {"filtered": [{"id": 7, "name": "별빛마을", "score": 4.1, "desc": "새 단지"}]}
    assert kept("cell", listed)["filtered"][0]["name"] == "별빛마을"
    page = {"name": "별빛마을", "address": "가람구 1", "score": 4.1, "시공사": "누리건설"}
    assert kept("danji", page) == page | {"시공사": LEFT_OUT}
