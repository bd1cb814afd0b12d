"""A made-up world of whole reviews, whose site takes other endpoints or other names."""

from __future__ import annotations

from typing import Any

from tests.factories.crawl import fake_world
from tests.fake_zigbang import World
from zigbang_nlp.geo import districts
from zigbang_nlp.records import CATEGORIES


def _district_code(danji: Any) -> str:
    place = districts.district_at(danji["lat"], danji["lng"])
    return "" if place is None else place.district_code


class RoamingWorld(World):
    """A world of whole reviews, at endpoints of one's choice."""

    closed: tuple[str, ...] = ()
    at: str = ""

    def answer(self, path: str, query: Any) -> Any:
        if any(part in path for part in self.closed):
            return None
        if self.at == "areas" and "item-catalogs" in path:
            start = int(query.get("offset", ["0"])[0])
            code = path.split("/")[3]
            listed = [
                {"areaDanjiId": int(key), "areaDanjiName": f"{key}단지"}
                for key, danji in self.danjis.items()
                if _district_code(danji) == code
            ]
            return {"count": len(listed), "list": listed[start : start + 20]}
        if self.at == "items" and path == "/v2/aparts/items":
            entries = self.cells.get(query["geohash"][0], [])
            return {"items": [{"areaDanjiId": e["id"], **e} for e in entries], "vrItems": []}
        return super().answer(path, query)


def fake_whole_world(apartments: int = 40, per: int = 3) -> RoamingWorld:
    """Every review has all five pairs, as the wire of March 2024 has them."""
    world = fake_world(apartments=apartments)

    def review(key: str, index: int) -> dict[str, Any]:
        entry: dict[str, Any] = {"score": 4, "desc": f"{key} 단지 {index}번째 총평입니다"}
        for name in tuple(CATEGORIES)[1:]:
            entry |= {f"{name}Score": 1 + index % 5, f"{name}Desc": f"{key} {index} {name} 이야기"}
        return entry

    reviews = {
        key: {"data": [review(key, i) for i in range(per)], "summary": {"reviewCount": per}}
        for key in world.danjis
    }
    return RoamingWorld(world.cells, world.danjis, reviews)


def renamed(world: RoamingWorld, **names: str) -> RoamingWorld:
    reviews = {
        key: answer | {"data": [{names.get(k, k): v for k, v in e.items()} for e in answer["data"]]}
        for key, answer in world.reviews.items()
    }
    return RoamingWorld(world.cells, world.danjis, reviews)
