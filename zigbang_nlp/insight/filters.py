"""The filters: region, complexes, days, category."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo.addresses import in_region
from zigbang_nlp.insight.similar_names import near
from zigbang_nlp.language.bilingual import input_error
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.records import CATEGORIES


def narrowed_complexes(
    complexes: pd.DataFrame, region: str | None, named: Iterable[str]
) -> pd.DataFrame:
    """The complexes that lie in `region` and are called by one of `named`.

    Raises:
        InputError: one of them names nothing that is here.
    """
    kept = complexes
    if region is not None:
        kept = kept[in_region(kept, region)]
        if kept.empty:
            raise _no_region(complexes, region)
    names = [name for name in named if name.strip()]
    if names:
        matches = pd.concat([find_complexes(kept, name) for name in names])
        kept = kept.loc[sorted(set(matches.index))]
    return kept


def find_complexes(complexes: pd.DataFrame, name: str) -> pd.DataFrame:
    """The complexes called `name`: by key or id, else by name, else by a part of the name.

    Raises:
        InputError: there is none.
    """
    spelled = unicodedata.normalize("NFC", name.strip())
    ids = complexes["complex"].str.partition(":")[2]
    for match in (
        complexes["complex"].eq(spelled) | ids.eq(spelled),
        complexes["name"].eq(spelled),
        complexes["name"].str.contains(spelled, regex=False, case=False),
    ):
        if spelled and match.any():
            return complexes[match]
    alike = ", ".join(near(spelled, complexes["name"].tolist()))
    next_step = N_("비슷한 이름: {alike}") if alike else N_("단지명의 일부만 입력해도 됩니다.")
    raise input_error("‘{name}’에 해당하는 단지가 없습니다.", next_step, name=name, alike=alike)


def narrowed_texts(
    texts: pd.DataFrame,
    since: str | date | None,
    until: str | date | None,
    category: str | None,
) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """(texts within the days and of the category, [(why, how many were left out)])."""
    left_out = []
    if category is not None:
        kept = texts[of_category(texts, category)]
        left_out.append(("other category", len(texts) - len(kept)))
        texts = kept
    if since is not None or until is not None:
        first, last = days(since, until)
        dated = texts[texts["written_at"].notna()]
        kept = dated[dated["written_at"].between(first, last, inclusive="left")]
        left_out += [
            ("undated", len(texts) - len(dated)),
            ("other days", len(dated) - len(kept)),
        ]
        texts = kept
    return texts, left_out


def of_category(texts: pd.DataFrame, category: str) -> pd.Series:
    """Which texts are of a category.

    Raises:
        InputError: there is no such category.
    """
    if category not in CATEGORIES:
        raise InputError(
            f"There is no category {category!r}.", f"Choose one of {', '.join(CATEGORIES)}."
        )
    return texts["category"].eq(category)


def days(since: str | date | None, until: str | date | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    """(first moment, first moment after) of a period: from, to; the one reading of both anywhere.

    Both ends are optional and inclusive; an open end is far away. An end is a day, a month or a
    year; "2024" as the first means from its first day on, as the last to its last day.

    >>> days("2024", "2024-02")[1]
    Timestamp('2024-03-01 00:00:00')

    Raises:
        InputError: one is no date, or they are the wrong way round.
    """
    first = pd.Timestamp(1900, 1, 1) if since is None else _span(since)[0]
    last = pd.Timestamp(2200, 1, 1) if until is None else _span(until)[1]
    if first >= last:
        raise input_error(
            "시작({since})이 끝({until})보다 늦습니다.",
            "이른 날짜를 먼저 입력해 주세요.",
            since=since,
            until=until,
        )
    return first, last


def as_read(written_at: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> dict[Any, str]:
    """A period as `days` gives it, cut to when reviews were written: since and until, as ISO days."""
    return {
        "since": max(first, written_at.min()).date().isoformat(),
        "until": min(last - pd.Timedelta(days=1), written_at.max()).date().isoformat(),
    }


def recent(written_at: pd.Series) -> tuple[date, date]:
    """First and last day of what counts as recent, where no period is given.

    The last year, or of reviews that span less than two years, the last quarter of their time.

    Args:
        written_at: when the reviews were written; at least one.
    """
    first, last = written_at.min().normalize(), written_at.max().normalize()
    if (last - first).days >= 730:
        start = last - pd.DateOffset(years=1) + pd.DateOffset(days=1)
    else:
        start = last - pd.Timedelta(days=(last - first).days // 4)
    return start.date(), last.date()


def _span(value: str | date) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First moment and first moment after of a day, a month or a year."""
    written = value.isoformat()[:10] if isinstance(value, date) else value.strip()
    match = re.fullmatch(r"(\d{4})(?:[-.](\d{1,2})(?:[-.](\d{1,2}))?)?", written)
    try:
        if match is None:
            raise ValueError
        year, month, day = (None if part is None else int(part) for part in match.groups())
        start = pd.Timestamp(year or 0, month or 1, day or 1)
    except ValueError:
        raise input_error(
            "날짜를 읽을 수 없습니다: ‘{value}’.",
            "2024-03-01, 2024-03, 2024처럼 입력해 주세요.",
            value=value,
        ) from None
    if day:
        return start, start + pd.DateOffset(days=1)
    return start, start + (pd.DateOffset(months=1) if month else pd.DateOffset(years=1))


def _no_region(complexes: pd.DataFrame, region: str) -> InputError:
    """What to say of a region without complexes: the nearest names, else some that there are."""
    places = pd.concat([complexes["district"], complexes["neighbourhood"]]).dropna().unique()
    known = complexes["district"].dropna().unique()[:3].tolist()
    known += complexes["geohash"].dropna().str[:5].unique()[:2].tolist()
    if some := ", ".join(near(region, places)):
        next_step = N_("비슷한 지역: {some}")
    elif some := ", ".join(known):
        next_step = N_("단지가 있는 지역의 예: {some}")
    else:
        next_step = N_("이곳의 단지에는 주소도 좌표도 없습니다.")
    return input_error("‘{region}’에 있는 단지가 없습니다.", next_step, region=region, some=some)
