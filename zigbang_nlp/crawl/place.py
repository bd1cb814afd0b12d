"""A region by its name: "노원구" without a request, a complex or a station through the search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zigbang_nlp.crawl.client import Client
from zigbang_nlp.errors import InputError, SchemaError
from zigbang_nlp.geo import cells, districts
from zigbang_nlp.geo.cells import Region
from zigbang_nlp.geo.polygons import area_of
from zigbang_nlp.store import Store

_KIND = "search"
#: Korea, to tell latitudes from longitudes in polygons of either order.
_LATITUDES, _LONGITUDES = (32.0, 40.0), (123.0, 133.0)


def is_known_place(name: str) -> bool:
    """Whether it is a province, city, district or town, by one of which at least it is called so."""
    return bool(districts.find(name))


def known_place(name: str) -> Region | None:
    """The cells of a province, city, district or town; None where it is called something else.

    Raises:
        InputError: there are several of this name.
    """
    if not districts.find(name):
        return None
    return cells.from_areas(f"place {name}", [districts.area(districts.the(name))])


def find_place(name: str, store: Store, source: str, client: Client | None) -> Region:
    """The cells of a place: within its borders where they are known or the site gives them.

    Else the cells around its point. The site's answer is kept, so that a place is looked up once.

    Args:
        name: of a district, town or apartment.
        store: where earlier answers of the site's search are kept.
        source: the site's name in the store.
        client: None means that nothing may be sent.

    Raises:
        InputError: no such place, or several; the nearest names are offered.
    """
    known = known_place(name)
    if known is not None:
        return known
    kept = store.answers.get(source, _KIND, name)
    if kept is not None:
        body = kept[0]
    elif client is None:
        raise InputError(
            f"{name} is neither a district nor a town, has not been looked up at the site yet, and a plan "
            "sends nothing.",
            f"Spell it like one of these: {', '.join(districts.near(name))}; or start the crawl of "
            "the place once, or use --preset, --bbox or --geohash.",
        )
    else:
        body = client.get("search", "/v2/search", {"q": name, "serviceType": "아파트"}).body
    answer = json.loads(body)
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise SchemaError(
            "The site's search answers in an unknown shape.", "Use --preset, --bbox or --geohash."
        )
    item = _choose(name, [item for item in items if isinstance(item, dict)])
    store.answers.save(source, _KIND, name, body)
    rings = _outline(item.get("polygon"))
    if rings:
        return cells.from_areas(f"place {name}", [area_of(rings)])
    try:
        latitude, longitude = float(item["lat"]), float(item["lng"])
        if not (_within(latitude, _LATITUDES) and _within(longitude, _LONGITUDES)):
            raise ValueError("not in Korea")
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"The site doesn't say where {name} is.", "Use --preset, --bbox or --geohash."
        ) from error
    # An apartment is in one cell; a district reaches into the cells around its middle.
    reach = 0 if item.get("type") in ("apartment", "danji") else 1
    return cells.around(f"place {name}", latitude, longitude, reach)


def _within(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]  # NaN is not, either


def _choose(name: str, items: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one item of this name."""
    wanted = "".join(name.split())
    full = {_full_name(item): item for item in items}
    same = {
        title: item
        for title, item in full.items()
        if wanted in ("".join(str(item.get("name", "")).split()), "".join(title.split()))
    }
    if len(same) == 1:
        return next(iter(same.values()))
    offered = ", ".join(list(same or full)[:8] or districts.near(name))
    if same:
        raise InputError(f"There are {len(same)} places named {name}.", f"Choose: {offered}.")
    raise InputError(
        f"The site doesn't know the place {name}.",
        f"The nearest names: {offered}.",
    )


def _full_name(item: Mapping[str, Any]) -> str:
    """Name with what tells it from others of the same name: "서울 중구"."""
    name, more = str(item.get("name", "")), str(item.get("description") or "")
    return name if not more or name in more.split() else f"{more} {name}"


def _outline(value: Any) -> list[list[tuple[float, float]]]:
    """Rings from a polygon in any of the nestings and orders seen; none where it can't be read."""
    if isinstance(value, dict):
        value = value.get("coordinates")
    if not isinstance(value, list) or not value:
        return []
    points = [point for point in map(_point, value) if point is not None]
    if len(points) == len(value):
        return [points] if len(points) >= 3 else []
    return [ring for part in value for ring in _outline(part)]


def _point(value: Any) -> tuple[float, float] | None:
    if isinstance(value, dict):
        value = [value.get("lng", value.get("lon")), value.get("lat")]
    if not (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(part, int | float) for part in value)
    ):
        return None
    x, y = float(value[0]), float(value[1])
    if _LATITUDES[0] <= x <= _LATITUDES[1] and _LONGITUDES[0] <= y <= _LONGITUDES[1]:
        x, y = y, x
    return (x, y)
