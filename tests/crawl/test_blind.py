"""A site that doesn't look at what is asked gives the same answer to every question: no success."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories.crawl import crawl_settings, settings
from tests.factories.roaming import RoamingWorld, fake_whole_world
from tests.fake_zigbang import serve
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.errors import DriftError
from zigbang_nlp.store import open_store

Blinded = Callable[[RoamingWorld], RoamingWorld]


def every_cell_alike(world: RoamingWorld) -> RoamingWorld:
    cells = [f"wydm{letter}" for letter in "0123456789bcdefghjkmnpqrstuvwxyz"]
    listed = [next(iter(entries)) for entries in list(world.cells.values())[:4]]
    return replace(world, cells=dict.fromkeys(cells, listed))


def every_apartment_alike(world: RoamingWorld) -> RoamingWorld:
    one = next(iter(world.reviews.values()))
    return replace(world, reviews=dict.fromkeys(world.reviews, one))


@pytest.mark.parametrize("blinded", [every_cell_alike, every_apartment_alike])
def test_the_same_answer_to_every_question_stops(tmp_path: Path, blinded: Blinded) -> None:
    with (
        serve(blinded(fake_whole_world())) as server,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
    ):
        with pytest.raises(DriftError, match="29 of 30 answers say what those to other") as drift:
            run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
        assert "--refresh 0d" in drift.value.next_step
        assert "--reparse" not in drift.value.next_step


def test_few_apartments_alike_are_only_told(tmp_path: Path) -> None:
    with (
        serve(every_apartment_alike(fake_whole_world(apartments=8))) as server,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
    ):
        note = run_crawl(settings(tmp_path, crawl_settings(server.url)), store).note
    assert "7 of 8 answers say what those to other questions said" in note
