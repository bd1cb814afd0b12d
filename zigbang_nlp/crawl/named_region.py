"""A region by its name: "노원구" without a request, a complex or a station through the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zigbang_nlp.crawl.client import Client
from zigbang_nlp.crawl.privacy import as_json
from zigbang_nlp.crawl.reading import UnreadableError, as_number, listed, parse
from zigbang_nlp.errors import CrawlStoppedError, DriftError, InputError, RequestFailedError
from zigbang_nlp.geo import cells, districts
from zigbang_nlp.geo.cells import Region
from zigbang_nlp.geo.polygons import area_of
from zigbang_nlp.masking import mask
from zigbang_nlp.store import Store

_KIND = "search"
_ELSE = "Use --preset, --bbox or --geohash."
#: Lists within lists that a polygon may have.
_DEPTH = 6
Ring = list[tuple[float, float]]
#: Korea, to tell latitudes from longitudes in polygons of either order.
_LATITUDES, _LONGITUDES = (32.0, 40.0), (123.0, 133.0)


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
        CrawlStoppedError: the site's search can't be asked, or (DriftError) answers differently.
        RequestFailedError: robots.txt forbids to ask.
    """
    if districts.find(name):
        return cells.from_areas(f"place {name}", [districts.area(districts.the(name))])
    kept = store.answers.get(source, _KIND, name)
    if kept is not None:
        answer = parse(kept[0])
    elif client is None:
        raise InputError(
            f"{name} is neither a district nor a town, has not been looked up at the site yet, and a plan "
            "sends nothing.",
            f"Spell it like one of these: {', '.join(districts.near(name))}; or start the crawl of "
            "the place once, or use --preset, --bbox or --geohash.",
        )
    else:
        answer = _look_up(name, client)
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise DriftError(
            f"The site's search answers in an unknown shape; keys found: {listed(answer)}.", _ELSE
        )
    place = _choose(name, items)
    region = place.region(name)
    if kept is None:  # only now that it is known to be good
        store.answers.save(source, _KIND, name, _kept(place))
    return region


def without_persons(name: str, body: bytes) -> bytes | None:
    """What is kept of an answer about a place, of one that was kept whole; None: look it up again."""
    try:
        return _kept(_choose(name, parse(body)["items"]))
    except (ValueError, TypeError, KeyError, RecursionError, InputError):
        return None


def _kept(place: _Place) -> bytes:
    return as_json({"items": [asdict(place)]})


def _look_up(name: str, client: Client) -> Any:
    """The answer of the first search that is there."""
    paths = client.site.data.search
    if not paths:
        raise InputError(f"{name} is no known district or town, and the site has no search.", _ELSE)
    for path in paths:
        try:
            return client.get(_KIND, path, {"q": name, "serviceType": "아파트"}).tree
        except RequestFailedError as error:
            if error.kind == "robots.txt":
                raise
            if error.kind not in ("http 404", "http 410") or path == paths[-1]:
                raise CrawlStoppedError(
                    f"{name} can't be looked up: {error.fact}",
                    f"Run the same command again later. {_ELSE}",
                ) from error
    raise AssertionError("unreachable: the last path returns or raises")


@dataclass(frozen=True, slots=True)
class _Place:
    """What is kept of a search's item: nothing that could be about a person."""

    name: str
    description: str
    type: str
    lat: float | None
    lng: float | None
    polygon: list[Ring]

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> _Place:
        return cls(
            str(item.get("name", "")),
            mask(str(item.get("description") or "")),
            str(item.get("type", "")),
            _degrees(item.get("lat"), _LATITUDES),
            _degrees(item.get("lng"), _LONGITUDES),
            _outline(item.get("polygon")),
        )

    def region(self, name: str) -> Region:
        """Its cells."""
        if self.polygon:
            return cells.from_areas(f"place {name}", [area_of(self.polygon)])
        if self.lat is None or self.lng is None:
            raise InputError(f"The site doesn't say where {name} is.", _ELSE)
        # An apartment is in one cell; a district reaches into the cells around its middle.
        reach = 0 if self.type in ("apartment", "danji") else 1
        return cells.around(f"place {name}", self.lat, self.lng, reach)


def _degrees(value: Any, ends: tuple[float, float]) -> float | None:
    """A coordinate within Korea, or None."""
    try:
        return as_number(*ends)(value)
    except UnreadableError:
        return None


def _choose(name: str, items: list[Any]) -> _Place:
    """The one item of this name."""
    compact = "".join(name.split())
    full = {_full_name(item): item for item in items if isinstance(item, dict)}
    same = {
        title: item
        for title, item in full.items()
        if compact in ("".join(str(item.get("name", "")).split()), "".join(title.split()))
    }
    if len(same) == 1:
        return _Place.of(next(iter(same.values())))
    offered = ", ".join(list(same or full)[:8] or districts.near(name))
    if same:
        raise InputError(f"There are {len(same)} places named {name}.", f"Choose: {offered}.")
    raise InputError(f"The site doesn't know the place {name}.", f"The nearest names: {offered}.")


def _full_name(item: Mapping[str, Any]) -> str:
    """Name with what tells it from others of the same name: "서울 중구"."""
    name, more = str(item.get("name", "")), str(item.get("description") or "")
    return name if not more or name in more.split() else f"{more} {name}"


def _outline(value: Any, depth: int = 0) -> list[Ring]:
    """Rings from a polygon in any of the nestings and orders seen; none where it can't be read."""
    if isinstance(value, dict):
        value = value.get("coordinates")
    if not isinstance(value, list) or not value or depth > _DEPTH:
        return []
    points = [point for point in map(_point, value) if point is not None]
    if len(points) == len(value):
        return [points] if len(set(points)) >= 3 else []
    return [ring for part in value for ring in _outline(part, depth + 1)]


def _point(value: Any) -> tuple[float, float] | None:
    """Longitude and latitude within Korea, whichever comes first."""
    if isinstance(value, dict):
        value = [value.get("lng", value.get("lon")), value.get("lat")]
    if not isinstance(value, list) or len(value) != 2:
        return None
    for x, y in (value, value[::-1]):
        longitude, latitude = _degrees(x, _LONGITUDES), _degrees(y, _LATITUDES)
        if longitude is not None and latitude is not None:
            return (longitude, latitude)
    return None
