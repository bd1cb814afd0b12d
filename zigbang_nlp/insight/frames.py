"""The two data frames that a corpus is: their columns, and how rows of a store or frames become them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo.addresses import address_parts, geohash_of
from zigbang_nlp.geo.districts import located

#: Columns of `Corpus.texts` -> what they hold. One row is one text: a review of the site has five.
TEXT_COLUMNS: dict[str, str] = {
    "complex": "the complex, as source:apartment_id",
    "review": "the resident's review, a number from 0; up to five texts share one",
    "review_id": "its id at the source",
    "category": "a key of records.CATEGORIES",
    "text": "as written",
    "score": "0 to 5, NaN where the source has none",
    "written_at": "when it was written, NaT where the source doesn't say",
    "positive": "1.0 or 0.0 as the model judged; NaN where it hasn't, or can't tell (blank, no review)",
    "probability": "of positive, 0 to 1",
    "unsure": "whether the model doubts itself",
    "words": "stored words, parted by tabs, or missing (see text.words)",
    "topics": "topics, parted by tabs; empty for none, missing where the model knows no topics",
    "about": "the category the text speaks of, or missing",
    "aspects": "its opinions topic by topic, see records.pack_aspects; missing where none were told",
    "residence": "how whoever wrote it lives there, in the source's words; missing unless kept",
    "age": "the same person's age (crawl.covariates keeps these four)",
    "sex": "sex",
    "married": "and marital status",
}
#: Those that say who wrote it.
RESIDENTS = ("residence", "age", "sex", "married")

#: Columns of `Corpus.complexes` -> what they hold. One row is one complex with at least one text.
COMPLEX_COLUMNS: dict[str, str] = {
    "complex": "source:apartment_id",
    "name": "its name, or its id where it has none",
    "address": "as the source has it; the town's, from the coordinates, where it has none; or None",
    "latitude": "degrees, WGS 84, or NaN",
    "longitude": "degrees, WGS 84, or NaN",
    "households": "or NaN",
    "city": "city or province of the address, or None",
    "district": "시군구 from the address, with the city before it, or None",
    "neighbourhood": "동, 읍 or 면 from the address, or None",
    "geohash": "9 letters, or None where there are no coordinates",
}


def texts_of_rows(raw: pd.DataFrame) -> pd.DataFrame:
    """The texts of a store's rows (store.judged.JUDGED_COLUMNS)."""
    return raw.assign(
        complex=raw["source"] + ":" + raw["apartment_id"],
        review=raw.groupby(["source", "apartment_id", "review_id"], sort=False).ngroup(),
        score=raw["score"].astype(float),
        written_at=pd.to_datetime(raw["written_at"]),
        positive=raw["label"].map({"positive": 1.0, "negative": 0.0}).astype(float),
        probability=raw["probability"].astype(float),
        unsure=raw["unsure"].eq(True),
        # A few words that come again and again, or nothing at all.
        **{name: raw[name].astype("category") for name in RESIDENTS},
    )[list(TEXT_COLUMNS)]


def complexes_of_rows(raw: pd.DataFrame, apartments: pd.DataFrame) -> pd.DataFrame:
    """The complexes that the rows are about.

    Args:
        raw: with source and apartment_id.
        apartments: source, apartment_id, and name to households of `COMPLEX_COLUMNS`.
    """
    seen = raw[["source", "apartment_id"]].drop_duplicates()
    complexes = seen.merge(apartments, on=["source", "apartment_id"], how="left")
    complexes = complexes.astype(dict.fromkeys(("latitude", "longitude", "households"), float))
    written = [a if isinstance(a, str) else None for a in complexes["address"]]
    points = list(zip(complexes["latitude"], complexes["longitude"], strict=True))
    addresses = [located(a, *point) for a, point in zip(written, points, strict=True)]
    parts = pd.DataFrame(
        [address_parts(address) for address in addresses],
        columns=["city", "district", "neighbourhood"],
        index=complexes.index,
        dtype=object,
    )
    result = complexes.assign(
        complex=complexes["source"] + ":" + complexes["apartment_id"],
        name=complexes["name"].fillna(complexes["apartment_id"]),
        address=pd.Series(addresses, complexes.index, dtype=object),
        geohash=pd.Series([geohash_of(*point) for point in points], complexes.index, dtype=object),
    )
    return pd.concat([result, parts], axis=1)[list(COMPLEX_COLUMNS)]


def completed(
    texts: pd.DataFrame, complexes: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Frames of a user with all columns; see `Corpus.from_frames`."""
    if "text" not in texts or (complexes is not None and "complex" not in complexes):
        raise InputError("A column is missing.", "Texts need `text`, complexes `complex`.")
    unknown: dict[str, Any] = dict.fromkeys(TEXT_COLUMNS)
    unknown |= {"complex": "frame:1", "category": "total", "unsure": False, "written_at": pd.NaT}
    unknown |= dict.fromkeys(("score", "positive", "probability"), np.nan)
    unknown["review"] = np.arange(len(texts))
    filled = texts.reset_index(drop=True)
    filled = filled.assign(**{name: unknown[name] for name in TEXT_COLUMNS if name not in texts})
    filled["review"] = pd.factorize(filled["review"])[0]
    filled["written_at"] = pd.to_datetime(filled["written_at"])
    seen = pd.DataFrame({"complex": filled["complex"].unique()})
    raw = seen if complexes is None else seen.merge(complexes, on="complex", how="left")
    for name in COMPLEX_COLUMNS:
        if name not in raw:
            raw[name] = np.nan if name in ("latitude", "longitude", "households") else None
    raw["name"] = raw["name"].fillna(raw["complex"])
    return filled[list(TEXT_COLUMNS)], raw[list(COMPLEX_COLUMNS)]
