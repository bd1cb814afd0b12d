"""What a page's address asks for, read leniently: what can't be read is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

import pandas as pd
from fastapi import Depends, Query

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.web.api.listing import DAY
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.queries import topic_names


def filters_of(region: str = "", category: str = "", since: str = "", until: str = "") -> Filters:
    """The filters of an address; for FastAPI's Depends."""
    return Filters(
        region.strip()[:100] or None,
        category if category in CATEGORIES else None,
        day_of(since),
        day_of(until),
    )


AddressFilters = Annotated[Filters, Depends(filters_of)]


@dataclass(frozen=True)
class View:
    """Which part of a table is wanted, and as what.

    Attributes:
        number: page, from 1 on.
        format: "" for a page, "csv" or "xlsx" for all rows as a file.
        table: which of the page's tables is meant; "" is the first.
        points: "geojson" or "gpkg" where the complexes are wanted as points, else "".
    """

    number: int
    format: str
    table: str = ""
    points: str = ""

    def slice(self, rows: int, size: int) -> tuple[int, int]:
        """(the page that there is, how many there are) of so many rows."""
        pages = max(1, -(-rows // size))
        return min(self.number, pages), pages


def view_of(
    number: Annotated[str, Query(alias="page")] = "1", format: str = "", table: str = ""
) -> View:
    """The page and the format of an address; for FastAPI's Depends."""
    page = int(number) if number.isdecimal() and len(number) < 7 else 1
    return View(
        max(page, 1),
        format if format in ("csv", "xlsx") else "",
        table,
        format if format in ("geojson", "gpkg") else "",
    )


Viewed = Annotated[View, Depends(view_of)]


def day_of(text: str) -> str | None:
    """A day, month or year as it stands in an address, or None."""
    return text if re.match(DAY, text) else None


def score_of(text: str) -> float | None:
    """A score from 0 to 5 as it stands in an address, or None."""
    match = re.fullmatch(r"[0-5](?:\.\d)?", text.strip())
    return min(float(match[0]), 5.0) if match else None


def least_of(text: str) -> int:
    """How many texts a complex must have as it stands in an address; 1 where it can't be read."""
    return int(text) if text.isdecimal() and 0 < int(text) < 10_000 else 1


def refusal(error: InsightError | InputError, language: str) -> str:
    """Why a page has nothing to show, in its language."""
    if isinstance(error, InsightError) or language == "en" or error.korean:
        return error.sentence(language)
    return translated(
        "검색 조건을 이해하지 못했습니다. 지역 이름과 날짜를 확인해 주세요.", language
    )


def choices(snapshot: Snapshot) -> dict[str, Any]:
    """What a form of filters offers: districts with how many complexes each has, and topics."""
    known = (
        pd.Series(dtype=str) if snapshot.corpus is None else snapshot.corpus.complexes["district"]
    )
    counts = known.dropna().value_counts().sort_index()
    districts = [(str(name), int(count)) for name, count in counts.items()]
    return {"districts": districts, "topics": topic_names(snapshot)}
