"""Data from elsewhere about the same complexes, joined by name and distance: prices, years, official lists."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo.distance import haversine
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.text.letters import squeezed

#: Columns of `joined`, after those of `Corpus.complexes` and before those of the other table.
JOIN_COLUMNS: dict[str, str] = {
    "match": "name and place, name, place, or none",
    "name_likeness": "of the two names, 0 to 100; NaN without a match",
    "distance": "metres between the two points; NaN where one has none",
    "row": "row of the other table, or -1",
}

#: Names of columns that other tables use -> ours.
_KNOWN_NAMES = {
    "name": ("name", "단지명", "아파트", "아파트명", "단지", "건물명", "apartment", "aptnm"),
    "latitude": ("latitude", "lat", "위도", "y"),
    "longitude": ("longitude", "lng", "lon", "경도", "x"),
    "address": ("address", "주소", "도로명주소", "지번주소", "법정동주소", "소재지"),
}
_GENERIC = re.compile(r"아파트|apt|주공(?=\d)|단지$", re.IGNORECASE)
#: Metres within which two points may be one complex, and within which they are, whatever the name.
NEAR, SAME = 500.0, 60.0
#: Likeness of names from which on they are one: with points that agree, and without points.
_LIKE_NEAR, _LIKE_ALONE = 70.0, 92.0


def plain_name(name: str) -> str:
    """A complex's name as it is compared: without spaces, signs and 아파트.

    >>> plain_name("은솔마루 3단지 아파트"), plain_name("은솔마루(3단지)")
    ('은솔마루3', '은솔마루3')
    """
    letters = squeezed(name)[0]
    return _GENERIC.sub("", _GENERIC.sub("", letters)) or letters


def joined(
    corpus: Corpus, other: pd.DataFrame, names: dict[str, str] | None = None
) -> pd.DataFrame:
    """The complexes of a corpus with the columns of another table.

    Two are one where their names are alike (70 of 100) and their points within 500 m, the nearest
    and likest first; where a point is missing, where the names are almost the same (92) and no
    other is; where the points lie within 60 m of one another, whatever the names, if neither
    has a closer partner. Each row of the other table is used once. What is joined wrongly can't be told from the result:
    look at `name_likeness` and `distance`.

    Args:
        corpus: of the complexes.
        other: with a name, or latitude and longitude in degrees; Korean column names are known.
        names: {"name", "latitude", "longitude": its column}, where they are called otherwise.

    Returns:
        One row a complex: its columns, `JOIN_COLUMNS`, and those of `other` with the prefix
        `other_` where they are called as ours. `attrs` count complexes, matched, and the rows of
        the other table left over; points: its columns of latitude and longitude.

    Raises:
        InputError: the other table has neither a name nor points.
        InsightError: nothing matches.
    """
    columns = {ours: _column(other, ours, names or {}) for ours in _KNOWN_NAMES}
    points = columns["latitude"] is not None and columns["longitude"] is not None
    if columns["name"] is None and not points:
        raise InputError(
            f"The table has neither a name nor coordinates: {', '.join(map(str, other.columns))}.",
            "Name its columns: name, or latitude and longitude.",
        )
    complexes = corpus.complexes.reset_index(drop=True)
    far = _distances(complexes, other, columns if points else None)
    like = _likeness(complexes, other, columns["name"])
    table = complexes.assign(match="none", name_likeness=np.nan, distance=np.nan, row=-1)
    for mine, match, how in _pairs(far, like):
        table.loc[mine, ["match", "row"]] = how, match
        table.loc[mine, "name_likeness"] = like[mine, match]
        table.loc[mine, "distance"] = far[mine, match]
    matched = int(table["row"].ge(0).sum())
    if not matched:
        raise insight_error(
            "이 표에는 여기 있는 단지와 맞는 행이 없습니다.",
            "단지 이름과 좌표(도 단위, WGS 84)를 확인하세요.",
        )
    renamed = {name: f"other_{name}" for name in other.columns if name in table.columns}
    theirs = other.reset_index(drop=True).rename(columns=renamed)
    result = table.merge(theirs, left_on="row", right_index=True, how="left")
    result.attrs = {
        "complexes": len(table),
        "matched": matched,
        "left_over": len(other) - matched,
        "points": [
            renamed.get(name, name)
            for name in (columns["latitude"], columns["longitude"])
            if name is not None
        ],
    }
    return result


def _column(other: pd.DataFrame, ours: str, names: dict[str, str]) -> str | None:
    if ours in names:
        if names[ours] not in other.columns:
            raise InputError(
                f"The table has no column {names[ours]!r}.",
                f"It has {', '.join(map(str, other.columns))}.",
            )
        return names[ours]
    known = {squeezed(str(name))[0]: str(name) for name in other.columns}
    return next((known[name] for name in _KNOWN_NAMES[ours] if name in known), None)


def _distances(
    complexes: pd.DataFrame, other: pd.DataFrame, columns: dict[str, str | None] | None
) -> np.ndarray:
    """Metres, (complexes, other rows); NaN where a point is missing."""
    if columns is None:
        return np.full((len(complexes), len(other)), np.nan)
    theirs = [
        pd.to_numeric(other[columns[name]], errors="coerce").to_numpy(float)
        for name in ("latitude", "longitude")
    ]
    ours = [complexes[name].to_numpy(float)[:, None] for name in ("latitude", "longitude")]
    return haversine(*ours, *theirs)


def _likeness(complexes: pd.DataFrame, other: pd.DataFrame, column: str | None) -> np.ndarray:
    """0 to 100, (complexes, other rows); different numbers (3단지, 5단지) are different names."""
    if column is None:
        return np.zeros((len(complexes), len(other)))
    ours = [plain_name(name) for name in complexes["name"]]
    theirs = [plain_name(str(name)) for name in other[column].fillna("")]
    like = np.asarray(process.cdist(ours, theirs, scorer=fuzz.ratio), float)
    numbers = [[tuple(re.findall(r"\d+", name)) for name in side] for side in (ours, theirs)]
    codes, _ = pd.factorize(np.array([" ".join(n) for side in numbers for n in side], object))
    same = codes[: len(ours), None] == codes[len(ours) :][None, :]
    return np.where(same, like, like * 0.5)


def _pairs(far: np.ndarray, like: np.ndarray) -> list[tuple[int, int, str]]:
    """(complex, other row, how), each of both once; the surest first."""
    with np.errstate(invalid="ignore"):
        both = (far <= NEAR) & (like >= _LIKE_NEAR)
        name = np.isnan(far) & (like >= _LIKE_ALONE)
        place = far <= SAME
    # Two other rows of one name say nothing about which it is.
    name &= (name.sum(axis=1, keepdims=True) == 1) & (name.sum(axis=0, keepdims=True) == 1)
    cost = np.where(np.isnan(far), NEAR, far) / NEAR + (100 - like) / 100
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for allowed, how in ((both, "name and place"), (name, "name"), (place, "place")):
        mine, theirs = np.nonzero(allowed)
        for at in np.argsort(cost[mine, theirs], kind="stable"):
            one, other = int(mine[at]), int(theirs[at])
            if one not in taken[0] and other not in taken[1]:
                taken[0].add(one)
                taken[1].add(other)
                pairs.append((one, other, how))
    return pairs
