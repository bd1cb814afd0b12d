"""살펴보기: map and list of complexes side by side."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Any
from urllib.parse import quote

import pandas as pd
from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from zigbang_nlp.charts.intervals import Mark, interval
from zigbang_nlp.charts.map import Place, Scale, place_map, scale_of
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.geo.borders import borders
from zigbang_nlp.insight.queries import SORTS, Sort
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.web import queries
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.downloads import file_of
from zigbang_nlp.web.pages.address import AddressFilters, Viewed, choices, least_of, refusal
from zigbang_nlp.web.pages.render import language_of, page

router = APIRouter(include_in_schema=False)

_ROWS = 20
#: The order that counts complaints in place of satisfaction.
_COMPLAINTS = "complaints"


@router.get("/")
def explore(
    request: Request,
    snapshot: Reviews,
    meant: AddressFilters,
    view: Viewed,
    q: str = "",
    min_texts: Annotated[str, Query()] = "",
    sort: str = "best",
    topic: str = "",
) -> Response:
    """Everything in the address is optional, and what can't be read is left out."""
    language = language_of(request.scope)
    least = least_of(min_texts)
    order: Sort = sort if sort in SORTS else "best"  # type: ignore[assignment]
    complaints = sort == _COMPLAINTS
    offered = choices(snapshot)
    chosen = topic if topic in offered["topics"] else None
    context: dict[str, Any] = {
        "filters": meant,
        "q": q[:100],
        "min_texts": least,
        "sort": _COMPLAINTS if complaints else order,
        "complaints": complaints,
        "topic": chosen,
        **offered,
        "sentence": "",
        "rows": [],
        "map": None,
        "scale": None,
        "total": 0,
        "number": 1,
        "pages": 1,
        "all_tied": False,
        "meant": [],
    }
    try:
        table = queries.complexes(
            snapshot,
            meant,
            order,
            least,
            context["q"],
            chosen,
            "complaints" if complaints else "positive",
        )
    except (InsightError, InputError) as error:
        context["sentence"] = refusal(error, language)
        return page(request, "explore.html", **context)
    if view.format or view.points:
        return file_of(table, "complexes", view.format or view.points)
    if complaints:
        # Many complaints are in the colours of what is bad.
        toned = table.assign(score=1 - table["score"])
        toned.attrs = {"overall": 1 - float(table.attrs["overall"])}
    else:
        toned = table
    at, pages = view.slice(len(table), _ROWS)
    shown = table.iloc[(at - 1) * _ROWS : at * _ROWS]
    scale = scale_of(toned["score"].tolist(), float(toned.attrs["overall"]))
    context |= {
        "rows": [_row(row, language) for row in shown.to_dict("records")],
        "map": _map(toned, scale, language),
        "scale": scale,
        "total": len(table),
        "number": at,
        "pages": pages,
        "meant": [] if len(table) else queries.near_names(snapshot, context["q"]),
        "all_tied": len(table) > 1 and int(table["tied"].max()) == len(table),
    }
    return page(request, "explore.html", **context)


def complex_link(key: str) -> str:
    """The address of a complex's page."""
    return f"/complex?id={quote(key, safe=':')}"


def _map(table: pd.DataFrame, scale: Scale, language: str) -> Markup | None:
    rings = chain.from_iterable(rings for _, rings in borders(table["district"].dropna()))
    names = ["complex", "name", "district", "longitude", "latitude", "score", "texts"]
    columns = [table[name].tolist() for name in [*names, "low", "high", "side"]]
    places = [
        Place(
            name, district if isinstance(district, str) else "", x, y, score, texts, complex_link(key),
            f"{score:.0%} ({low:.0%}–{high:.0%}), n={texts:,}", bool(side),
        )
        for key, name, district, x, y, score, texts, low, high, side in zip(*columns, strict=True)
    ]  # fmt: skip
    return place_map(places, translated("단지 지도", language), scale, rings)


def _row(row: dict[Any, Any], language: str) -> dict[Any, Any]:
    score, low, high = (float(row[name]) for name in ("score", "low", "high"))
    label = translated("보정한 만족도 {value}, 95% 신뢰구간 {low}–{high}", language)
    sentence = label.format(value=f"{score:.0%}", low=f"{low:.0%}", high=f"{high:.0%}")
    return row | {
        "link": complex_link(str(row["complex"])),
        "chart": interval([Mark(score, low, high, raw=row["share"])], sentence, 20),
    }
