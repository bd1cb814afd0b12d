"""A small invented world for the crawl's tests, stores to compare, and a PostgreSQL to start."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pygeohash
import sqlalchemy as sa

from tests.fake_zigbang import World
from zigbang_nlp.config import CrawlSettings, PathSettings, Settings, StoreSettings
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.store import Store
from zigbang_nlp.store.schema import apartments, review_history, reviews

_TEXTS = (
    "역이 가까워요",
    "주차가 힘들어요 ㅠㅠ",
    "관리가 잘 돼요\r\n깨끗함",
    "",
    "발망치 소리 😡",
    "조용해요",
)


def fake_world(cells: int = 32, apartments: int = 40, seed: int = 0, reviews: int = 3) -> World:
    """A world under the geohash wydm: some cells are empty, and borders share apartments."""
    rng = random.Random(seed)
    names = [f"wydm{letter}" for letter in "0123456789bcdefghjkmnpqrstuvwxyz"]
    while len(names) < cells:
        names.append(f"wyd{rng.choice('bcefgjk')}{rng.choice('0123456789bcdefghj')}")
        names = list(dict.fromkeys(names))
    listed: dict[str, list[dict[str, Any]]] = {}
    danjis, pages = {}, {}
    for number in range(apartments):
        identity = 1000 + number
        place = pygeohash.decode(names[number * 7 % cells])
        entry = {
            "id": identity,
            "name": f"만든 {number}단지",
            "lat": place.latitude,
            "lng": place.longitude,
        }
        for cell in {names[number * 7 % cells], names[(number * 7 + number % 3) % cells]}:
            listed.setdefault(cell, []).append(entry)
        danjis[str(identity)] = entry | {
            "address": f"서울시 가상구 {number}",
            "households": 100 + number,
        }
        pages[str(identity)] = {
            "data": [_made_review(rng, identity, index) for index in range(number % (reviews + 1))],
            "summary": {},
        }
    return World(listed, danjis, pages)


def _made_review(rng: random.Random, identity: int, index: int) -> dict[str, Any]:
    review: dict[str, Any] = {
        "nickname": f"주민{rng.randrange(20)}",
        "date": f"2024-0{1 + index}-11",
    }
    if index % 2:
        review["id"] = identity * 100 + index
    snake = identity % 2
    for key in CATEGORIES:
        review[f"{key}_score" if snake else f"{key}Score"] = rng.randrange(6)
        review[f"{key}_desc" if snake else f"{key}Desc"] = rng.choice(_TEXTS)
    return review


def crawl_settings(url: str = "http://127.0.0.1:9", **changes: Any) -> CrawlSettings:
    """Settings for tests: the made world's region, quick retries, no limit unless given."""
    values: dict[str, Any] = {
        "source": "zigbang",
        "base_url": url,
        "geohash": ("wydm",),
        "rate": 0,
        "i_have_permission": True,
        "daily_budget": 0,
        "backoff": 0.01,
        "retry_after_cap": 0.05,
    }
    return CrawlSettings(**(values | changes))


def settings(work: Path, crawl: CrawlSettings, db: str = "") -> Settings:
    """All settings, writing under `work`."""
    return Settings(paths=PathSettings(work=work), store=StoreSettings(url=db), crawl=crawl)


def write_toml(file: Path, crawl: CrawlSettings, work: Path, db: str = "") -> Path:
    """The same as a file, for runs of the real command."""
    changed = {
        name: value
        for name, value in crawl.model_dump().items()
        if value != type(crawl).model_fields[name].default
    }

    def toml(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    lines = ["[paths]", f"work = {toml(str(work))}", "[store]", f"url = {toml(db)}", "[crawl]"]
    file.write_text("\n".join([*lines, *(f"{k} = {toml(v)}" for k, v in changed.items())]), "utf-8")
    return file


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a crawl makes, without the times it was seen and the store's own hashes."""
    hidden = {"first_seen", "last_seen", "author", "replaced_at"}
    contents: dict[str, list[tuple[Any, ...]]] = {}
    with store.database.read() as connection:
        for table in (apartments, reviews, review_history):
            columns = [column for column in table.c if column.name not in hidden]
            rows = connection.execute(sa.select(*columns).order_by(*table.primary_key))
            contents[table.name] = [tuple(row) for row in rows]
    return contents
