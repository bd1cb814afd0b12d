"""Where the complexes are: outlines of districts, and a dot a complex."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import starmap
from statistics import fmean

from markupsafe import Markup, escape

from zigbang_nlp.charts.svg import el, percent, words

#: Sides of the drawing that dots keep away from, as a share of it.
_MARGIN = 0.06
#: Share of the complexes at each edge that may lie outside the map until it is zoomed out.
_REMOTE = 0.04
#: The deepest colours mean at least this difference from the centre.
_LEAST_SPREAD = 0.1
#: The step of the middle colour.
_GREY = 3
#: Pixels that a finger hits.
_TOUCH = 24
#: Width of a letter of a district's name, as a share of the drawing on a phone.
_LETTER, _LINE = 0.03, 0.035


@dataclass(frozen=True)
class Place:
    """A complex: where it is, its score in [0, 1], what leads to it and what is told of it (one line).

    One that isn't `sure` to differ from the centre of the scale has the middle's grey.
    """

    name: str
    district: str
    longitude: float
    latitude: float
    score: float
    texts: int
    link: str
    note: str = ""
    sure: bool = True


@dataclass(frozen=True)
class Scale:
    """Seven colours for scores, from well below a centre to well above it.

    Attributes:
        centre: the score of the middle colour, which is grey.
        spread: how far the outermost colours begin from it.
    """

    centre: float
    spread: float

    def step(self, score: float) -> int:
        """0 (lowest) to 6 (highest); NaN is grey.

        >>> [Scale(0.0, 1.0).step(score) for score in (-1, -0.1, 0, 0.4, 1.0, math.nan)]
        [0, 3, 3, 4, 6, 3]
        """
        if score != score:
            return _GREY
        return min(6, max(0, _GREY + round(3 * (score - self.centre) / self.spread)))

    def threshold(self, step: int) -> float:
        """The score from which `step` (1 to 6) begins."""
        return self.centre + self.spread * (step - 3.5) / 3

    def steps(self) -> list[int]:
        """Those that a share can have, lowest first: none that begins above 1 or ends below 0."""
        return [
            step
            for step in range(7)
            if (step == 0 or self.threshold(step) <= 1)
            and (step == 6 or self.threshold(step + 1) > 0)
        ]


def scale_of(scores: Sequence[float], centre: float) -> Scale:
    """The scale of a map, wide enough that noise doesn't look like a finding.

    Args:
        scores: of its places, shares in [0, 1]; NaN is none.
        centre: the score of the grey middle, as a rule that of all texts.
    """
    far = max((abs(score - centre) for score in scores if score == score), default=0.0)
    return Scale(centre, max(far, _LEAST_SPREAD))


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


def place_map(
    places: Sequence[Place],
    label: str,
    scale: Scale,
    borders: Iterable[Sequence[tuple[float, float]]] = (),
) -> Markup | None:
    """The map; None where no complex has coordinates.

    Args:
        places: complexes; those without coordinates are left out.
        label: what it shows.
        scale: of their colours.
        borders: of districts, rings of (longitude, latitude) that are drawn below them.
    """
    usable = [p for p in places if p.longitude == p.longitude and p.latitude == p.latitude]
    if not usable:
        return None
    frame = _frame(usable)
    areas = []
    for ring in borders:
        corners = " ".join(f"{100 * x:.2f},{100 * y:.2f}" for x, y in starmap(frame.at, ring))
        areas.append(
            el("polygon", points=corners, class_="area", vector_effect="non-scaling-stroke")
        )
    ground = el(
        "svg",
        *areas,
        class_="ground",
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
        width="100%",
        height="100%",
        aria_hidden="true",
    )
    # From the middle: how many times wider the map must be made to show everybody.
    far = max(abs(v - 0.5) for p in usable for v in frame.at(p.longitude, p.latitude))
    heaviest = max(p.texts for p in usable)
    size = 4 + 4 / math.sqrt(max(1, len(usable) / 20))
    # Small dots last, so that none hides behind a large one.
    dots = [_dot(p, frame, heaviest, size, scale) for p in sorted(usable, key=lambda p: -p.texts)]
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
        data_reach=round(max(1.0, 2 * far + 2 * _MARGIN), 3),
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


def _dot(place: Place, frame: _Frame, heaviest: int, size: float, scale: Scale) -> Markup:
    x, y = frame.at(place.longitude, place.latitude)
    radius = size * (0.55 + math.sqrt(place.texts / heaviest))
    note = place.note or f"{place.score:.0%}, {place.texts:,}"
    at = f'cx="{100 * x:.3f}%" cy="{100 * y:.3f}%"'
    step = scale.step(place.score) if place.sure else _GREY
    district = f' data-district="{escape(place.district)}"' if place.district else ""
    # As one string, in place of `el`: a map has thousands, and each letter is sent as often.
    return Markup(
        f'<a href="{escape(place.link)}"{district}>'
        f"<title>{escape(place.name)}\n{escape(note)}</title>"
        f'<circle class="touch" r="{max(radius, _TOUCH / 2):.4g}" {at}/>'
        f'<circle class="place s{step}" r="{radius:.4g}" {at}/></a>'
    )


def _names(places: Sequence[Place], frame: _Frame) -> list[Markup]:
    """Names of districts above their complexes; those that would cover others wait for a zoom."""
    districts: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for place in places:
        districts[place.district].append(frame.at(place.longitude, place.latitude))
    districts.pop("", None)
    elements: list[Markup] = []
    taken: list[tuple[float, float, float]] = []
    for district, points in sorted(districts.items(), key=lambda item: -len(item[1])):
        x = fmean(p[0] for p in points)
        y = min(p[1] for p in points) - 0.018
        name = district.split()[-1]
        half = _LETTER * len(name) / 2
        covers = any(abs(x - x2) < half + h2 and abs(y - y2) < _LINE for x2, y2, h2 in taken)
        if not covers:
            taken.append((x, y, half))
        class_ = "district more" if covers else "district"
        elements.append(words(name, class_, x, percent(y), "middle", aria_hidden="true"))
    return elements
