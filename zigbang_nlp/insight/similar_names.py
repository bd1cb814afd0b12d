"""Names that are spelled nearly like what was typed: "은솔마르" -> "은솔마루"."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import pandas as pd
from rapidfuzz import fuzz, process

#: Of 100: how alike two names must be, letter by letter (jamo), to be offered for each other.
_ALIKE = 72


def near(typed: str, names: Iterable[str], most: int = 3) -> list[str]:
    """Names, or single words of names, that are spelled nearly so, the nearest first.

    Syllables are compared by their letters, so that 르 is nearer to 루 than to 산.

    Args:
        typed: as it was typed.
        names: of complexes or places.
        most: names at most.

    >>> near("은솔마르", ["은솔마루 3단지", "가온마을 1단지"])
    ['은솔마루']
    >>> near("노언구", ["서울특별시 노원구", "서울특별시 강서구"])
    ['노원구']
    """
    letters: dict[str, str] = {}
    for name in names:
        for part in (name, *name.split()):
            letters.setdefault(_letters(part), part)
    matches = process.extract(
        _letters(typed), list(letters), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=most
    )
    return [letters[spelled] for spelled, *_ in matches]


def suggested(complexes: pd.DataFrame, typed: str, most: int = 8) -> list[dict[str, str]]:
    """Regions and complexes that hold what was typed; where none does, those spelled nearly so.

    Args:
        complexes: of a corpus.
        typed: part of a name.
        most: suggestions at most; a third of them regions.

    Returns:
        One a suggestion: name, kind ("region" or "complex"), district, and complex, its key.
    """
    text = typed.strip()
    if not text:
        return []
    places = complexes[["district", "neighbourhood"]].fillna("").drop_duplicates()
    whole = places["district"].str.cat(places["neighbourhood"], sep=" ").str.strip()
    regions = [name for name in pd.concat([places["district"], whole]).unique() if name]
    matching = _holding([text], regions) or _holding(near(text, regions), regions)
    rows = [
        {"name": name, "kind": "region", "district": "", "complex": ""} for name in sorted(matching)
    ][: most // 3]
    names = complexes["name"].tolist()
    matching_names = _holding([text], names) or _holding(near(text, names, most), names)
    shown = (
        complexes[complexes["name"].isin(matching_names)].sort_values("name").head(most - len(rows))
    )
    details = shown[["name", "district", "complex"]].fillna("")
    return rows + [
        {"name": str(name), "kind": "complex", "district": str(district), "complex": str(key)}
        for name, district, key in details.to_numpy()
    ]


def _holding(parts: list[str], names: list[str]) -> list[str]:
    return [name for name in names if any(part in name for part in parts)]


def _letters(text: str) -> str:
    return unicodedata.normalize("NFD", " ".join(text.split()).casefold())
