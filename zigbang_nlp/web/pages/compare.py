"""비교: two or three complexes side by side."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import Annotated, Any
from urllib.parse import urlencode

import pandas as pd
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from zigbang_nlp.charts.intervals import interval
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight import queries as questions
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.similar_names import near
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import Viewed
from zigbang_nlp.web.pages.explore import complex_link
from zigbang_nlp.web.pages.figures import (
    answer_or_reason,
    overall_of,
    praise_of,
    profile_of,
    share_mark,
)
from zigbang_nlp.web.pages.render import language_of, page

router = APIRouter(include_in_schema=False)

_MOST = 3
_SERIES = ("a", "b", "c")


@router.get("/compare")
def compare(
    request: Request,
    snapshot: Reviews,
    view: Viewed,
    id: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Names, or keys, of the complexes come as `id`, any number of times."""
    language = language_of(request.scope)
    names = [name.strip()[:300] for name in id if name.strip()][:_MOST]
    context: dict[str, Any] = {
        "sentence": "",
        "sides": [],
        "rows": [],
        "findings": [],
        "findings_sentence": "",
        "unknown": [],
        "renamed": lambda old, new: (
            f"/compare?{urlencode([('id', new if n == old else n) for n in names])}"
        ),
    }
    try:
        known = snapshot.reviews().complexes
    except InsightError as error:
        return page(request, "compare.html", **context | {"sentence": error.sentence(language)})
    sides: list[dict[Any, Any]] = []
    for name in names:
        complex_ = _find(known, name)
        if complex_ is None:
            context["unknown"].append((name, near(name, known["name"])))
        elif complex_["complex"] not in [side["complex"] for side in sides]:
            sides.append(complex_ | {"series": _SERIES[len(sides)]})
    context["sides"] = [side | _figures(snapshot, side["complex"]) for side in sides]
    if len(sides) > 1:
        context["rows"] = _rows(snapshot, sides, Translator(language))
        if view.format:
            tables = {"profile": _profiles(snapshot, sides), "differences": _tests(snapshot, sides)}
            return one_of(tables, view.table, view.format)
        found_out, context["findings_sentence"] = answer_or_reason(
            lambda: _findings(snapshot, sides), language
        )
        context["findings"] = found_out or []
    return page(request, "compare.html", **context)


def _find(known: pd.DataFrame, name: str) -> dict[Any, Any] | None:
    """The complex with this key or name; the first, where several are called so."""
    for match in (
        known["complex"].eq(name),
        known["name"].eq(name),
        known["name"].str.contains(name, regex=False, case=False),
    ):
        if match.any():
            row = known[match].iloc[0]
            return {
                "complex": row["complex"],
                "name": row["name"],
                "district": row["district"] if isinstance(row["district"], str) else "",
                "link": complex_link(row["complex"]),
            }
    return None


def _figures(snapshot: Snapshot, key: str) -> dict[str, Any]:
    def find(_corpus: Corpus) -> dict[str, Any]:
        own = Filters(complexes=(key,))
        topics, _ = answer_or_reason(lambda: snapshot.query(questions.topics, own), "ko")
        overall = {"share": None, "texts": 0} | overall_of(snapshot, key)
        return {**praise_of(topics, 4), "share": overall["share"], "texts": overall["texts"]}

    return snapshot.ask(("compared", key), find)


def _rows(snapshot: Snapshot, sides: list[dict[Any, Any]], say: Translator) -> list[dict[str, Any]]:
    """One row a category with a mark for each side."""
    tables = [profile_of(snapshot, Filters(complexes=(side["complex"],))) for side in sides]
    rows = []
    for key, korean in CATEGORIES.items():
        cells = [table.get(key) for table in tables]
        marks = [share_mark(cell, s) for cell, s in zip(cells, _SERIES, strict=False) if cell]
        if marks:
            rows.append(
                {
                    "name": korean,
                    "shares": [cell["share"] if cell else None for cell in cells],
                    "chart": interval(marks, say(korean), 18),
                }
            )
    return rows


def _profiles(snapshot: Snapshot, sides: list[dict[Any, Any]]) -> pd.DataFrame:
    """Sentiment by category of each side, one below the other."""
    parts = []
    for side in sides:
        own = Filters(complexes=(side["complex"],))
        table, _ = answer_or_reason(partial(snapshot.query, questions.profile, own), "ko")
        if table is not None:
            table = table.assign(complex=side["complex"], name=side["name"])
            parts.append(table[["complex", "name", *table.columns.drop(["complex", "name"])]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _tests(snapshot: Snapshot, sides: list[dict[Any, Any]]) -> pd.DataFrame | None:
    """The differences of each pair with their tests, those that are no findings too."""
    parts = []
    for one, other in combinations(sides, 2):
        table, _ = answer_or_reason(
            partial(snapshot.query, questions.compare, one["complex"], other["complex"], "complex"),
            "ko",
        )
        if table is not None:
            parts.append(table.assign(one=one["name"], other=other["name"]))
    return pd.concat(parts, ignore_index=True) if parts else None


def _findings(snapshot: Snapshot, sides: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Differences that go beyond chance, the largest first; an error where texts are too few."""
    findings: list[dict[str, Any]] = []
    for one, other in combinations(sides, 2):
        try:
            table = snapshot.query(questions.compare, one["complex"], other["complex"], "complex")
        except InputError:
            continue
        for row in table[table["significant"]].to_dict("records"):
            better, worse = (one, other) if row["difference"] > 0 else (other, one)
            low, high = sorted((abs(row["low"]), abs(row["high"])))
            findings.append(
                {
                    "category": row["category"],
                    "better": better["name"],
                    "worse": worse["name"],
                    "points": abs(row["difference"]),
                    "low": low,
                    "high": high,
                }
            )
    return sorted(findings, key=lambda row: -row["points"])
