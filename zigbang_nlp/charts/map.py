"""A sketch of where the complexes are: districts as shapes, the Han river, a dot a complex."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from zigbang_nlp.charts.svg import el, percent

#: (longitude, latitude) of points down the Han river, by eye; only where the map shows them.
_RIVER = (
    (127.31, 37.51), (127.27, 37.535), (127.20, 37.572), (127.165, 37.575), (127.125, 37.56),
    (127.10, 37.53), (127.07, 37.523), (127.05, 37.53), (127.025, 37.537), (127.005, 37.523),
    (126.985, 37.508), (126.963, 37.512), (126.945, 37.533), (126.92, 37.542), (126.89, 37.553),
    (126.86, 37.575), (126.82, 37.602), (126.77, 37.625), (126.70, 37.665), (126.67, 37.74),
)  # fmt: skip

#: Sides of the drawing that dots keep away from, as a share of it.
_MARGIN = 0.06
#: Share of the complexes at each edge that may lie outside the map until it is zoomed out.
_REMOTE = 0.04
#: Width of a letter of a district's name, as a share of the drawing on a phone.
_LETTER, _LINE = 0.03, 0.035


@dataclass(frozen=True)
class Place:
    """A complex: where it is, what leads to it, and what it looks like."""

    key: str
    name: str
    district: str
    longitude: float
    latitude: float
    share: float
    texts: int
    link: str


@dataclass(frozen=True)
class _Frame:
    """Turns degrees into shares of a square drawing."""

    west: float
    north: float
    span: float  # degrees of latitude from edge to edge
    squeeze: float  # a degree of longitude in degrees of latitude

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = (longitude - self.west) * self.squeeze / self.span
        return x, (self.north - latitude) / self.span


def place_map(places: Sequence[Place], label: str) -> Markup | None:
    """The map; None where no complex has coordinates."""
    usable = [p for p in places if p.longitude == p.longitude and p.latitude == p.latitude]
    if not usable:
        return None
    frame = _frame(usable)
    ground = el(
        "svg",
        *_shapes(usable, frame),
        _river(frame),
        class_="ground",
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
        width="100%",
        height="100%",
        aria_hidden="true",
    )
    heaviest = max(p.texts for p in usable)
    size = 4 + 4 / math.sqrt(max(1, len(usable) / 20))
    # Small dots last, so that none hides behind a large one.
    dots = [_dot(p, frame, heaviest, size) for p in sorted(usable, key=lambda p: -p.texts)]
    return el(
        "svg",
        ground,
        *dots,
        *_names(usable, frame),
        class_="chart map",
        width="100%",
        height="100%",
        role="group",
        aria_label=label,
        data_reach=round(_reach(usable, frame), 3),
    )


def _frame(places: Sequence[Place]) -> _Frame:
    """The square that holds all but the most remote few, who would make the rest a blot."""
    west, east = _middle([p.longitude for p in places])
    south, north = _middle([p.latitude for p in places])
    squeeze = math.cos(math.radians((south + north) / 2))
    # One lonely complex gets a map of some streets around it.
    span = max((east - west) * squeeze, north - south, 0.02) / (1 - 2 * _MARGIN)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return _Frame(middle_x - span / squeeze / 2, middle_y + span / 2, span, squeeze)


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest value without the outermost `_REMOTE` at each end."""
    ordered = sorted(values)
    cut = int(_REMOTE * len(ordered))
    return ordered[cut], ordered[len(ordered) - 1 - cut]


def _reach(places: Sequence[Place], frame: _Frame) -> float:
    """How many times the frame the map must be made wider to show everybody."""
    far = [abs(v - 0.5) for p in places for v in frame.at(p.longitude, p.latitude)]
    return max(1.0, 2 * max(far) + 2 * _MARGIN)


def _dot(place: Place, frame: _Frame, heaviest: int, size: float) -> Markup:
    x, y = frame.at(place.longitude, place.latitude)
    radius = size * (0.55 + math.sqrt(place.texts / heaviest))
    said = f"{place.name}, {place.share:.0%}, {place.texts:,}"
    return el(
        "a",
        el("title", said),
        el("circle", cx=percent(x), cy=percent(y), r=radius, class_=f"place s{_step(place.share)}"),
        href=place.link,
        data_key=place.key,
        data_x=round(x, 5),
        data_y=round(y, 5),
        aria_label=said,
    )


def _step(share: float) -> int:
    """0 (all negative) to 6 (all positive): the colours of the legend."""
    return min(6, max(0, int(share * 7)))


def _names(places: Sequence[Place], frame: _Frame) -> list[Markup]:
    """Names of districts above their complexes; those that would cover others wait for a zoom."""
    found: list[Markup] = []
    taken: list[tuple[float, float, float]] = []
    for district, members in sorted(_districts(places).items(), key=lambda item: -len(item[1])):
        points = [frame.at(p.longitude, p.latitude) for p in members]
        x = sum(p[0] for p in points) / len(points)
        y = min(p[1] for p in points) - 0.018
        name = district.split()[-1]
        half = _LETTER * len(name) / 2
        covers = any(abs(x - x2) < half + h2 and abs(y - y2) < _LINE for x2, y2, h2 in taken)
        if not covers:
            taken.append((x, y, half))
        found.append(
            el(
                "text",
                name,
                class_="district more" if covers else "district",
                x=percent(x),
                y=percent(y),
                text_anchor="middle",
                data_x=round(x, 5),
                data_y=round(y, 5),
                aria_hidden="true",
            )
        )
    return found


def _shapes(places: Sequence[Place], frame: _Frame) -> list[Markup]:
    found = []
    for members in _districts(places).values():
        corners = _hull([frame.at(p.longitude, p.latitude) for p in members])
        line = " ".join(f"{100 * x:.2f},{100 * y:.2f}" for x, y in corners)
        found.append(el("polygon", points=line, class_="area", vector_effect="non-scaling-stroke"))
    return found


def _river(frame: _Frame) -> Markup:
    points = " ".join(
        f"{100 * x:.2f},{100 * y:.2f}" for x, y in (frame.at(*point) for point in _RIVER)
    )
    return el("polyline", points=points, class_="river", vector_effect="non-scaling-stroke")


def _districts(places: Sequence[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        if place.district:
            found.setdefault(place.district, []).append(place)
    return found


def _hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The convex hull (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def half(line: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for p in line:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], p) <= 0:
                kept.pop()
            kept.append(p)
        return kept[:-1]

    return half(ordered) + half(ordered[::-1])


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
