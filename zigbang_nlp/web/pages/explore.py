"""살펴보기: map and list of complexes side by side."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote

import pandas as pd
from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from zigbang_nlp.charts.intervals import Mark, interval
from zigbang_nlp.charts.map import District, Place, Scale, place_map, scale_of
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.geo.borders import borders
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.web import queries
from zigbang_nlp.web.api.listing import DAY, Reviews
from zigbang_nlp.web.pages.render import csv_of, language_of, page
from zigbang_nlp.web.queries import SORTS, Filters, Sort

router = APIRouter(include_in_schema=False)

_ROWS = 20
#: The order that counts complaints in place of satisfaction.
_COMPLAINTS = "complaints"


@router.get("/")
def explore(
    request: Request,
    snapshot: Reviews,
    q: str = "",
    region: str = "",
    category: str = "",
    since: str = "",
    until: str = "",
    min_texts: Annotated[str, Query()] = "",
    sort: str = "best",
    topic: str = "",
    number: Annotated[str, Query(alias="page")] = "1",
    format: str = "",
) -> Response:
    """Everything in the address is optional, and what can't be read is left out."""
    language = language_of(request.scope)
    meant = Filters(
        region.strip()[:100] or None,
        category if category in CATEGORIES else None,
        since if re.match(DAY, since) else None,
        until if re.match(DAY, until) else None,
    )
    least = int(min_texts) if min_texts.isdigit() and 0 < int(min_texts) < 10_000 else 1
    order: Sort = sort if sort in SORTS else "best"  # type: ignore[assignment]
    complaints = sort == _COMPLAINTS
    topics = _topics(snapshot)
    chosen = topic if topic in topics else None
    said: dict[str, Any] = {
        "filters": meant,
        "q": q[:100],
        "min_texts": least,
        "sort": _COMPLAINTS if complaints else order,
        "complaints": complaints,
        "topic": chosen,
        "topics": topics,
        "districts": _districts(snapshot),
        "sentence": "",
        "rows": [],
        "map": None,
        "scale": None,
        "total": 0,
        "number": 1,
        "pages": 1,
        "all_tied": False,
    }
    try:
        snapshot.reviews()
        table = queries.complexes(
            snapshot,
            meant,
            order,
            least,
            said["q"],
            chosen,
            "complaints" if complaints else "positive",
        )
    except (InsightError, InputError) as error:
        said["sentence"] = (
            error.sentence(language)
            if isinstance(error, InsightError)
            else translated(
                "검색 조건을 이해하지 못했습니다. 지역 이름과 날짜를 확인해 주세요.", language
            )
        )
        return page(request, "explore.html", **said)
    if format == "csv":
        return csv_of(table, "complexes.csv")
    if complaints:
        # Many complaints are in the colours of what is bad.
        toned = table.assign(score=1 - table["score"])
        toned.attrs = {"overall": 1 - float(table.attrs["overall"])}
    else:
        toned = table
    pages = max(1, -(-len(table) // _ROWS))
    wanted = int(number) if number.isdigit() else 1
    at = min(max(wanted, 1), pages)
    shown = table.iloc[(at - 1) * _ROWS : at * _ROWS]
    scale = scale_of(toned["score"].tolist(), float(toned.attrs["overall"]))
    said |= {
        "rows": [_row(row, language) for row in shown.to_dict("records")],
        "map": _map(toned, scale, language),
        "scale": scale,
        "total": len(table),
        "number": at,
        "pages": pages,
        "all_tied": len(table) > 1 and int(table["tied"].max()) == len(table),
    }
    return page(request, "explore.html", **said)


def complex_link(key: str) -> str:
    """The address of a complex's page."""
    return f"/complex?id={quote(key, safe=':')}"


def _topics(snapshot: Reviews) -> list[str]:
    """Topics that any review speaks of, by name; none where no model told them."""
    try:
        return sorted(queries.topics(snapshot, Filters())["topic"])
    except (InsightError, InputError):
        return []


def _districts(snapshot: Reviews) -> list[tuple[str, int]]:
    """Districts with how many complexes each has, by name."""
    if snapshot.corpus is None:
        return []
    counts = snapshot.corpus.complexes["district"].dropna().value_counts().sort_index()
    return [(str(name), int(count)) for name, count in counts.items()]


def _map(table: pd.DataFrame, scale: Scale, language: str) -> Markup | None:
    names = table["district"].dropna()
    districts = [District(name, rings) for name, rings in borders(names)]
    return place_map(_places(table), translated("단지 지도", language), scale, districts)


def _places(table: pd.DataFrame) -> list[Place]:
    return [
        Place(
            row["complex"],
            row["name"],
            row["district"] or "",
            row["longitude"],
            row["latitude"],
            row["score"],
            row["texts"],
            complex_link(row["complex"]),
            f"{row['score']:.0%} ({row['low']:.0%}–{row['high']:.0%}), n={row['texts']:,}",
            bool(row["side"]),
        )
        for row in table.to_dict("records")
    ]


def _row(row: dict[Any, Any], language: str) -> dict[Any, Any]:
    score, low, high = (float(row[name]) for name in ("score", "low", "high"))
    label = translated("보정한 만족도 {value}, 95% 신뢰구간 {low}–{high}", language)
    said = label.format(value=f"{score:.0%}", low=f"{low:.0%}", high=f"{high:.0%}")
    return row | {
        "link": complex_link(str(row["complex"])),
        "chart": interval([Mark(score, low, high, raw=row["share"])], said, 20),
    }
