"""가격과 입지: an uploaded table of prices against what residents say, and where values gather.

The table itself isn't kept; what was found in it is for an hour, in memory, under a secret address
that survives a reload and leads to the downloads.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.prices import FEWEST, hedonic
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.record_linkage import JOIN_COLUMNS, joined
from zigbang_nlp.insight.spatial import clusters
from zigbang_nlp.language.bilingual import input_error, korean_of
from zigbang_nlp.language.i18n import translated
from zigbang_nlp.tables.read import read_table
from zigbang_nlp.web import queries
from zigbang_nlp.web.api.listing import Reviews
from zigbang_nlp.web.app_state import app_state_of
from zigbang_nlp.web.authentication import PRICES_PATH
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.downloads import one_of
from zigbang_nlp.web.pages.address import Viewed, refusal
from zigbang_nlp.web.pages.explore import complex_link
from zigbang_nlp.web.pages.forms import text_of
from zigbang_nlp.web.pages.render import check_form, language_of, page
from zigbang_nlp.web.problems import Problem
from zigbang_nlp.web.uploads import ending_of, refuse_bomb, under_name

router = APIRouter(include_in_schema=False)

#: Rows of the table that is joined; Korea has about 20,000 complexes of 300 households and more.
_MOST_ROWS, _SHOWN = 50_000, 20
#: Properties that stand beside the score where the other table or the complexes have them.
_PROPERTIES = ("score", "households", "year", "연식", "준공연도", "전용면적", "층수", "세대수")


@dataclass(frozen=True)
class Joined:
    """What was found in a table that was sent.

    Attributes:
        table: the complexes with its columns; `attrs` count those with and without a partner.
        columns: those with numbers.
        target: the one of prices, as it was asked for.
        effects: see `hedonic`; None where the column is none, or `trouble` says why.
        trouble: why the regression has no answer.
    """

    table: pd.DataFrame
    columns: list[str]
    target: str
    effects: pd.DataFrame | None = None
    trouble: InsightError | InputError | None = None


@router.get(PRICES_PATH)
def prices(request: Request, snapshot: Reviews, view: Viewed, result: str = "") -> Response:
    """The form, where satisfaction gathers on the map, and what was found in a table sent before."""
    language = language_of(request.scope)
    clusters, sentence = _clusters(snapshot, language, wait=bool(view.format))
    joined_now = app_state_of(request).prices_cache.find(result) if result else None
    if view.format:
        tables = {"clusters": clusters}
        if joined_now is not None:
            tables |= {"effects": joined_now.effects, "joined": joined_now.table}
        return one_of(tables, view.table, view.format)
    sure = pd.DataFrame() if clusters is None else clusters[clusters["significant"]]
    rows = [] if sure.empty else sure.sort_values("q_value").head(_SHOWN).to_dict("records")
    context: dict[str, Any] = {
        "prices_path": PRICES_PATH,
        "moran": None if clusters is None else _assumed(clusters.attrs, language),
        "cluster_rows": [row | {"link": complex_link(row["complex"])} for row in rows],
        "cluster_sentence": sentence,
        "join": None,
        "columns": [],
        "result": result,
        "effects": [],
        "fit": None,
        "sentence": "",
        "target": "",
    }
    if result:
        context |= _shown(joined_now, language)
    return page(request, "prices.html", **context)


@router.post(PRICES_PATH)
async def joined_prices(request: Request, snapshot: Reviews) -> Response:
    """Join a table that was sent to the complexes, and lead to what was found.

    With `result` instead of a file: the table of an answer, asked for the prices in another column.
    """
    kept = app_state_of(request).prices_cache
    async with request.form(max_files=1, max_fields=5) as form:
        check_form(request, text_of(form, "csrf"))
        sent = form.get("file")
        target = text_of(form, "target").strip()[:100]
        if result := text_of(form, "result"):
            before = kept.find(result)
            if before is None:
                return RedirectResponse(f"{PRICES_PATH}?result=gone", 303)
            joined = await run_in_threadpool(
                _regressed, snapshot, before.table, before.columns, target
            )
        elif isinstance(sent, UploadFile) and sent.filename:
            joined = await run_in_threadpool(_answer, snapshot, sent.filename, sent.file, target)
        else:
            raise Problem(422, "no-file", "파일을 선택해 주세요.")
    key = kept.keep(joined)
    return RedirectResponse(f"{PRICES_PATH}?result={key}#joined", 303)


def _clusters(
    snapshot: Snapshot, language: str, wait: bool = False
) -> tuple[pd.DataFrame | None, str]:
    """(where shares gather, or None while it is being found out; why that can't be said)."""
    ask = snapshot.ask if wait else snapshot.later
    try:
        table = queries.complexes(snapshot, Filters())
        return ask("clusters", lambda _: clusters(table, "share")), ""
    except InsightError as error:
        return None, error.sentence(language)
    except InputError:  # the extra is missing
        return None, translated(
            "이 서버에는 공간 분석 도구(esda)가 없어 이 표만 비어 있습니다. 위의 가격 비교는 그대로 쓸 수 있습니다. 관리자가 `pip install 'zigbang-nlp[spatial]'`로 더할 수 있습니다.",
            language,
        )


def _shown(joined: Joined | None, language: str) -> dict[str, Any]:
    """What the page shows of a table that was sent."""
    if joined is None:
        gone = translated(
            "결과를 찾을 수 없습니다. 한 시간 동안만 보관하니 표를 다시 올려 주세요.", language
        )
        return {"sentence": gone}
    context = {"join": joined.table.attrs, "columns": joined.columns, "target": joined.target}
    if joined.trouble is not None:
        return context | {"sentence": refusal(joined.trouble, language)}
    if joined.effects is None:
        return context
    fit = _assumed(joined.effects.attrs, language)
    return context | {"effects": joined.effects.to_dict("records"), "fit": fit}


def _answer(snapshot: Snapshot, name: str, body: BinaryIO, target: str) -> Joined:
    """Read, join and regress; it is a problem where the table can't be read."""
    try:
        other = _read(name, body)
        table = joined(snapshot.reviews(), other)
    except InputError as error:
        raise Problem(
            422,
            "unreadable-prices",
            error
            if error.korean
            else "표를 읽을 수 없습니다. 단지명이나 위도·경도 열이 있는 CSV 또는 엑셀 파일을 올려 주세요.",
        ) from error
    own = [name for name in table.columns if name not in snapshot.reviews().complexes.columns]
    numeric = [
        name
        for name in own
        if name not in (*JOIN_COLUMNS, *table.attrs["points"])
        and pd.to_numeric(table[name], errors="coerce").notna().sum() > 2
    ]
    return _regressed(snapshot, table, numeric, target)


def _regressed(snapshot: Snapshot, table: pd.DataFrame, numeric: list[str], target: str) -> Joined:
    """The prices in a column against what is known; `table` may hold an earlier answer's scores."""
    if target not in numeric:
        return Joined(table, numeric, target)
    attrs, table = table.attrs, table.drop(columns="score", errors="ignore")
    scores = queries.complexes(snapshot, Filters())[["complex", "score"]]
    whole = table.merge(scores, on="complex", how="left")
    properties = [n for n in _PROPERTIES if n in whole.columns and n != target]
    known = {n: pd.to_numeric(whole[n], errors="coerce").notna().sum() for n in properties}
    usable = [n for n in properties if known[n] >= FEWEST]
    whole.attrs = attrs
    if not usable:
        trouble = input_error(
            "가격과 비교할 특성이 없습니다.",
            "만족도나 세대수가 있는 단지가 {least}곳 이상 필요합니다.",
            least=FEWEST,
        )
        return Joined(whole, numeric, target, trouble=trouble)
    try:
        return Joined(whole, numeric, target, hedonic(whole, target, usable))
    except (InsightError, InputError) as error:
        return Joined(whole, numeric, target, trouble=error)


def _read(name: str, body: BinaryIO) -> pd.DataFrame:
    with tempfile.TemporaryDirectory(prefix="zigbang-nlp-") as place:
        file = Path(place) / f"prices{ending_of(name)}"
        file.write_bytes(body.read())
        refuse_bomb(file)
        chunks, rows = [], 0
        try:
            for chunk in read_table(file):
                rows += len(chunk)
                if rows > _MOST_ROWS:
                    raise Problem(
                        422,
                        "too-many-rows",
                        "행이 {most:,}개보다 많습니다. 리뷰가 있는 지역만 남겨 주세요.",
                        values={"most": _MOST_ROWS},
                    )
                chunks.append(chunk)
        except InputError as error:
            raise under_name(error, file, name) from error
    return pd.concat(chunks, ignore_index=True)


def _assumed(attrs: dict[Any, Any], language: str) -> dict[Any, Any]:
    """What a result says of itself, its assumptions in one language."""
    assumptions = attrs["assumptions"]
    return attrs | {
        "assumptions": assumptions if language == "en" else [*map(korean_of, assumptions)]
    }
