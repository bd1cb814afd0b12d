"""What `crawl --status` and the errors tell to do next is what can help."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories.crawl import crawl_settings, settings
from tests.factories.roaming import fake_whole_world
from tests.fake_zigbang import Faults, serve
from zigbang_nlp.config.site import SITES
from zigbang_nlp.crawl import read_saved, run_crawl
from zigbang_nlp.crawl.status import as_text, status
from zigbang_nlp.errors import DriftError
from zigbang_nlp.store import Store, open_store


def shown(store: Store, source: str = "zigbang") -> str:
    return as_text(status(store, source))


def test_each_kind_of_failure_has_the_step_that_helps(tmp_path: Path) -> None:
    world = fake_whole_world(apartments=12)
    world.reviews["1001"]["data"].append({"뜻": "모름"})
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        chosen = settings(tmp_path, crawl_settings(server.url, retries=0))
        run_crawl(chosen, store)
        came = shown(store)
        assert "For what came (entry), put the new names into a copy of zigbang_nlp/sites/" in came
        assert "--site FILE --reparse" in came
        assert "--retry-failed" not in came, "the same answer would come again"
        server.faults = Faults(1, ["500"], where="danjis/1003")
        run_crawl(chosen, store, refresh=timedelta(0))
        both = shown(store)
        assert "--retry-failed` asks again for what did not come" in both
        assert "For what came (entry)" in both


def test_the_first_failures_are_said_to_be_the_first(tmp_path: Path) -> None:
    world = fake_whole_world(apartments=40)
    for key in list(world.reviews)[:24]:
        world.reviews[key]["data"].append({"뜻": "모름"})
    with serve(world) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        run_crawl(settings(tmp_path, crawl_settings(server.url, details=False)), store)
        assert "These are the first 20 of 24." in shown(store)


def test_saved_answers_of_another_site_are_mended_with_its_own_file(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    for number in range(1, 31):
        entries = [
            {"reviewId": number * 10 + n, "words": f"{number}단지는 {n}월에도 조용해요"}
            for n in (1, 2)
        ]
        answer = {"data": {"data": entries, "isEnd": True}}
        (saved / f"{number}.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(DriftError) as drift:
            read_saved(settings(tmp_path, crawl_settings()), store, saved)
        assert "a copy of zigbang_nlp/sites/hogangnono.toml" in drift.value.next_step
        assert "a copy of zigbang_nlp/sites/hogangnono.toml" in shown(store, "hogangnono")
        file = tmp_path / "my.toml"
        known = (SITES / "hogangnono.toml").read_text("utf-8")
        file.write_text(known.replace('"content"', '"content", "words"'), "utf-8")
        mended = settings(tmp_path, crawl_settings(site=str(file)))
        done = read_saved(mended, store, saved)
        assert (done.reviews.new, done.failed) == (60, 0)
