"""단지: one complex, what its residents praise and complain about, and their reviews."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from zigbang_nlp.charts.intervals import interval
from zigbang_nlp.insight import queries as questions
from zigbang_nlp.insight.by_meaning import with_keys
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.web import queries
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import Viewed
from zigbang_nlp.web.pages.correct import with_corrections
from zigbang_nlp.web.pages.explore import complex_link
from zigbang_nlp.web.pages.figures import (
    answer_or_reason,
    overall_of,
    praise_of,
    profile_of,
    share_mark,
    trend_chart,
)
from zigbang_nlp.web.pages.marks import marked
from zigbang_nlp.web.pages.render import language_of, page
from zigbang_nlp.web.pages.search import hits_table

router = APIRouter(include_in_schema=False)

_REVIEWS, _WORDS, _TOPICS = 10, 10, 6


@router.get("/complex")
async def complex_(
    request: Request,
    snapshot: Reviews,
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
    find = partial(_context, snapshot=snapshot, key=id, language=language)
    context = dict(await run_in_threadpool(snapshot.ask, ("complex page", id, language), find))
    chosen = {
        "label": label if label in ("positive", "negative") else "",
        "topic": topic[:50],
        "category": category if category in CATEGORIES else "",
    }
    table = await run_in_threadpool(questions.reviews, snapshot.reviews(), id, **chosen)
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


def _context(corpus: Corpus, snapshot: Snapshot, key: str, language: str) -> dict[str, Any]:
    row = queries.one_complex(snapshot, key)
    own = Filters(complexes=(key,))
    texts = questions.reviews(corpus, key)
    district = row["district"] if isinstance(row["district"], str) else None
    context: dict[str, Any] = {
        "complex": row.to_dict(),
        "texts": len(texts),
        "residents": int(texts["review"].nunique()),
        "district": district,
        "compare_link": f"/compare?{complex_link(key).partition('?')[2]}",
        "overall": overall_of(snapshot, key),
        "profile": _profile(snapshot, own, district, language),
    }
    trend, context["trend_sentence"] = answer_or_reason(
        lambda: snapshot.query(questions.trend, own, "year"), language
    )
    context["trend"] = trend_chart(trend, translated("연도별 긍정 비율", language))
    topics, context["topics_sentence"] = answer_or_reason(
        lambda: snapshot.query(questions.topics, own), language
    )
    context |= praise_of(topics, _TOPICS)
    context["topics"] = [] if topics is None else sorted(topics["topic"])
    profile, _ = answer_or_reason(lambda: snapshot.query(questions.profile, own), language)
    context["tables"] = {"categories": profile, "trend": trend, "topics": topics}
    for side in ("positive", "negative"):
        words, context[f"{side}_words_sentence"] = answer_or_reason(
            partial(snapshot.query, questions.typical_words, key, side), language
        )
        context[f"{side}_words"] = _typical(words)
        context["tables"][f"{side}_words"] = words
    return context


def _profile(
    snapshot: Snapshot, own: Filters, district: str | None, language: str
) -> list[dict[str, Any]]:
    """One row a category: the complex above its district."""
    mine = profile_of(snapshot, own)
    theirs = profile_of(snapshot, Filters(region=district)) if district else {}
    rows = []
    for name, korean in CATEGORIES.items():
        one, other = mine.get(name), theirs.get(name)
        if one is None:
            continue
        marks = [share_mark(one, "a"), *([share_mark(other, "base")] if other else [])]
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


def _typical(words: pd.DataFrame | None) -> list[dict[Any, Any]]:
    """The surest of those that are heard here significantly more often than elsewhere."""
    if words is None:
        return []
    return words[words["significant"] & words["ratio"].gt(1)].head(_WORDS).to_dict("records")
