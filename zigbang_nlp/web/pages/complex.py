"""단지: one complex, what its residents praise and complain about, and their reviews."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from zigbang_nlp.charts.intervals import Mark, interval
from zigbang_nlp.charts.lines import over_time
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.by_meaning import with_keys
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.web import queries
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import Viewed
from zigbang_nlp.web.pages.correct import with_corrections
from zigbang_nlp.web.pages.explore import complex_link
from zigbang_nlp.web.pages.figures import answer_or_reason, points_of
from zigbang_nlp.web.pages.marks import marked
from zigbang_nlp.web.pages.render import language_of, page
from zigbang_nlp.web.pages.search import hits_table
from zigbang_nlp.web.queries import Filters

router = APIRouter(include_in_schema=False)

_REVIEWS = 10
_WORDS = 10


@router.get("/complex")
async def complex_(
    request: Request,
    view: Viewed,
    id: str = "",
    label: str = "",
    topic: str = "",
    category: str = "",
    marks: str = "",
) -> Response:
    """The page; only the marking of the deciding words needs the model.

    With `marks` it waits until the words of all reviews are known; else those of long texts may be
    left to a second request.
    """
    app_state = app_state_of(request)
    language = language_of(request.scope)
    context = await run_in_threadpool(_context, app_state.corpus_cache.snapshot, id, language)
    snapshot: Snapshot = context.pop("snapshot")
    chosen = {
        "label": label if label in ("positive", "negative") else "",
        "topic": topic[:50],
        "category": category if category in CATEGORIES else "",
    }
    table = await run_in_threadpool(
        queries.reviews,
        snapshot,
        id,
        chosen["label"] or None,
        chosen["topic"] or None,
        chosen["category"] or None,
    )
    if view.format:
        named = table.assign(name=context["complex"]["name"], district=context["district"])
        tables = {"reviews": hits_table(named), **context["tables"]}
        return await run_in_threadpool(one_of, tables, view.table, view.format)
    at, pages = view.slice(len(table), _REVIEWS)
    shown = with_keys(table.iloc[(at - 1) * _REVIEWS : at * _REVIEWS], app_state.embeddings())
    rows, more = await marked(app_state.prediction_service, shown.to_dict("records"), bool(marks))
    context["reviews"] = await run_in_threadpool(with_corrections, app_state, rows)
    context |= {
        "chosen": chosen,
        "found": len(table),
        "number": at,
        "pages": pages,
        "more_marks": more,
    }
    return page(request, "complex.html", **context)


def _context(current_snapshot: Any, key: str, language: str) -> dict[str, Any]:
    snapshot: Snapshot = current_snapshot()
    row = queries.one_complex(snapshot, key)
    own = Filters(complexes=(key,))
    texts = queries.reviews(snapshot, key)
    district = row["district"] if isinstance(row["district"], str) else None
    context: dict[str, Any] = {
        "snapshot": snapshot,
        "complex": row.to_dict(),
        "texts": len(texts),
        "residents": int(texts["review"].nunique()),
        "district": district,
        "compare_link": f"/compare?{complex_link(key).partition('?')[2]}",
    }
    context["overall"], context["profile"] = {}, []
    try:
        table = queries.complexes(snapshot, Filters())
        context["overall"] = table[table["complex"].eq(key)].iloc[0].to_dict()
        context["profile"] = _profile(snapshot, own, district, language)
    except (InsightError, IndexError):
        pass
    trend, context["trend_sentence"] = answer_or_reason(
        lambda: queries.trend(snapshot, own, "year"), language
    )
    context["trend"] = (
        None
        if trend is None
        else over_time(points_of(trend, "share", "texts"), translated("연도별 긍정 비율", language))
    )
    topics, context["topics_sentence"] = answer_or_reason(
        lambda: queries.topics(snapshot, own), language
    )
    context |= _praise(topics)
    profile, _ = answer_or_reason(lambda: queries.profile(snapshot, own), language)
    context["tables"] = {"categories": profile, "trend": trend, "topics": topics}
    for side in ("positive", "negative"):
        words, context[f"{side}_words_sentence"] = answer_or_reason(
            partial(queries.typical_words, snapshot, key, side), language
        )
        context[f"{side}_words"] = _typical(words)
        context["tables"][f"{side}_words"] = words
    return context


def _profile(
    snapshot: Snapshot, own: Filters, district: str | None, language: str
) -> list[dict[str, Any]]:
    """One row a category: the complex above its district."""
    mine = _by_category(queries.profile(snapshot, own))
    theirs: dict[Any, Any] = {}
    if district:
        try:
            theirs = _by_category(queries.profile(snapshot, Filters(region=district)))
        except (InsightError, InputError):
            theirs = {}
    rows = []
    for name, korean in CATEGORIES.items():
        one, other = mine.get(name), theirs.get(name)
        if one is None:
            continue
        marks = [_mark(one, "a"), *([_mark(other, "base")] if other else [])]
        rows.append(
            {
                "key": name,
                "name": korean,
                "share": one["share"],
                "base": other["share"] if other else None,
                "texts": one["texts"],
                "chart": interval(marks, f"{translated(korean, language)} {one['share']:.0%}", 18),
            }
        )
    return rows


def _by_category(table: pd.DataFrame) -> dict[Any, Any]:
    return table.set_index("category").to_dict("index")


def _mark(row: dict[Any, Any], series: str) -> Mark:
    return Mark(row["share"], row["wilson_low"], row["wilson_high"], series)


def _praise(topics: pd.DataFrame | None) -> dict[str, Any]:
    """Topics by how they are spoken of; one that is praised and complained of is in both."""
    if topics is None:
        return {"praised": [], "complained": [], "topics": []}
    table = topics.assign(negative=topics["texts"] - topics["positive"])
    good = table[table["positive"].gt(0)].nlargest(6, "positive")
    bad = table[table["negative"].gt(0)].nlargest(6, "negative")
    return {
        "praised": good.to_dict("records"),
        "complained": bad.to_dict("records"),
        "topics": sorted(topics["topic"]),
    }


def _typical(words: pd.DataFrame | None) -> list[dict[Any, Any]]:
    """The surest of those that are heard here significantly more often than elsewhere."""
    if words is None:
        return []
    return words[words["significant"] & words["ratio"].gt(1)].head(_WORDS).to_dict("records")
