"""Nobody's name is stored: hashes with a key that can be changed, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.crawl import crawl_settings, fake_world, settings
from tests.fake_zigbang import Faults, World, serve
from zigbang_nlp.crawl import privacy, run_crawl
from zigbang_nlp.crawl.maintain import reparse, rotate_nickname_key
from zigbang_nlp.crawl.zigbang import Zigbang
from zigbang_nlp.errors import CrawlFailedError
from zigbang_nlp.store import open_store
from zigbang_nlp.store.schema import answers, frontier


class TestNicknames:
    """Nobody's name is stored."""

    NAME = "철수네집이에요"

    def world(self) -> World:
        world = fake_world(cells=8, apartments=6)
        named = json.loads(json.dumps(world.reviews, ensure_ascii=False).replace("주민", self.NAME))
        return World(world.cells, world.danjis, named)

    def everything(self, file: Path) -> bytes:
        return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))

    def test_names_are_hashed_everywhere(self, tmp_path: Path) -> None:
        with serve(self.world()) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
            run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
            authors = {review.author for review in store.reviews()}
            raw = b"".join(body for _, _, body, _ in store.answers.all("zigbang", ("reviews",)))
            assert len(authors) > 1
            assert all(author and len(author) == 24 for author in authors)
            assert self.NAME.encode() not in raw
            assert self.NAME.encode() not in self.everything(tmp_path / "a.db")
            assert all(str(author).encode() in raw for author in authors)

    def test_or_left_out(self, tmp_path: Path) -> None:
        with serve(self.world()) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
            run_crawl(settings(tmp_path, crawl_settings(server.url, nicknames="drop")), store)
            assert {review.author for review in store.reviews()} == {None}

    def test_rotation_leaves_nothing_of_the_old_key(self, tmp_path: Path) -> None:
        with serve(self.world()) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
            run_crawl(settings(tmp_path, crawl_settings(server.url)), store)
            prints, key = store.fingerprint(), store.answers.nickname_key()
            before = [review.author for review in store.reviews()]
            assert rotate_nickname_key(store) == len(set(before))
            after = [review.author for review in store.reviews()]
            assert not set(before) & set(after)
            pairs = set(zip(before, after, strict=True))
            assert len(pairs) == len(set(before)), "the same person is still the same person"
            assert store.fingerprint() == prints
            assert reparse(store).reviews.changed == 0
            assert [review.author for review in store.reviews()] == after
            left = self.everything(tmp_path / "a.db")
            assert key.encode() not in left
            assert not [author for author in before if str(author).encode() in left]

    @pytest.mark.parametrize(
        "body",
        ['{"nickname": "철수"}', '{"nickname" :"철\\"수", "x": 1}', '{"data": [{"nickname": "철수',
         '{"userNickName": "철수"}', '{"writer": "\\ucca0\\uc218"}', '{"user_no": 71234}'],
    )  # fmt: skip
    def test_scrubbing_works_on_broken_answers_too(self, body: str) -> None:
        scrubber = privacy.Scrubber(Zigbang().data, lambda _: "X")
        for kind in privacy.KINDS:
            scrubbed = scrubber.body(kind, body.encode()).decode()
            assert "수" not in scrubbed
            assert "ucca0" not in scrubbed
            assert "71234" not in scrubbed

    def test_a_failed_answer_is_kept_without_names(self, tmp_path: Path) -> None:
        with serve(self.world()) as server, open_store(f"sqlite:///{tmp_path}/a.db") as store:
            server.faults = Faults(1.0, ["truncated"])
            crawl = crawl_settings(server.url, retries=0, stop_share=1.0)
            with pytest.raises(CrawlFailedError):
                run_crawl(settings(tmp_path, crawl), store)
            with store.database.read() as connection:
                kept = connection.execute(sa.select(frontier.c.failure_body)).scalars().all()
                assert (
                    connection.execute(sa.select(sa.func.count()).select_from(answers)).scalar_one()
                    == 1
                )
            assert any(kept)
