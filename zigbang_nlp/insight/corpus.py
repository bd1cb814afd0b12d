"""The reviews that are looked at: read from a store once, narrowed, as data frames.

Reads: a store whose reviews are classified (`zigbang-nlp run`). Everything else in `insight`
takes a `Corpus`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.narrow import narrowed_complexes, narrowed_texts
from zigbang_nlp.insight.places import address_parts, geohash_of
from zigbang_nlp.resources import SAMPLE
from zigbang_nlp.store import Store, open_store, store_exists
from zigbang_nlp.store.analysis import JUDGED_COLUMNS

if TYPE_CHECKING:
    from zigbang_nlp.insight.contexts import Vectors
    from zigbang_nlp.insight.mentions import Mentions

#: Columns of `Corpus.texts` -> what they hold. One row is one text: a review of the site has five.
TEXT_COLUMNS: dict[str, str] = {
    "complex": "the complex, as source:apartment_id",
    "review": "the resident's review, a number from 0; up to five texts share one",
    "review_id": "its id at the source",
    "category": "a key of records.CATEGORIES",
    "text": "as written",
    "score": "0 to 5, NaN where the source has none",
    "written_at": "when it was written, NaT where the source doesn't say",
    "positive": "1.0 or 0.0 as the model judged, NaN where it hasn't",
    "probability": "of positive, 0 to 1",
    "unsure": "whether the model doubts itself",
    "words": "stored words, parted by tabs, or None (see text.words)",
    "topics": "topics, parted by tabs; empty for none, None where the model knows no topics",
    "about": "the category the text speaks of, or None",
}

#: Columns of `Corpus.complexes` -> what they hold. One row is one complex with at least one text.
COMPLEX_COLUMNS: dict[str, str] = {
    "complex": "source:apartment_id",
    "name": "its name, or its id where it has none",
    "address": "as the source has it, or None",
    "latitude": "degrees, WGS 84, or NaN",
    "longitude": "degrees, WGS 84, or NaN",
    "households": "or NaN",
    "city": "city or province from the address, or None",
    "district": "시군구 from the address, with the city before it, or None",
    "neighbourhood": "동, 읍 or 면 from the address, or None",
    "geohash": "9 letters, or None where there are no coordinates",
}


@dataclass(frozen=True)
class Corpus:
    """Reviews to look at.

    Attributes:
        texts: see `TEXT_COLUMNS`; ordered by source, apartment, review, category.
        complexes: see `COMPLEX_COLUMNS`.
        models: identities of the models that judged the texts; more than one means a mixture.
        sources: where the texts come from.
        left_out: {why: texts} of what the filters took away, for the caveats.
    """

    texts: pd.DataFrame
    complexes: pd.DataFrame
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()

    @cached_property
    def trained(self) -> dict[str, Vectors]:
        """Word vectors that were trained on this corpus, by model; see contexts.vectors."""
        return {}

    @cached_property
    def judged(self) -> pd.DataFrame:
        """The texts that a model has judged.

        Raises:
            InsightError: there is none.
        """
        found = self.texts[self.texts["positive"].notna()]
        if found.empty:
            raise InsightError(
                "No review is classified yet.",
                "아직 판정된 리뷰가 없습니다.",
                "Run `zigbang-nlp run` first.",
            )
        return found

    @cached_property
    def dated(self) -> pd.DataFrame:
        """The texts that say when they were written.

        Raises:
            InsightError: there is none.
        """
        found = self.texts[self.texts["written_at"].notna()]
        if found.empty:
            raise InsightError(
                "No review says when it was written.", "작성일이 있는 리뷰가 없습니다."
            )
        return found

    @cached_property
    def mentions(self) -> Mentions:
        """Which review speaks of which word; built on first use."""
        from zigbang_nlp.insight.mentions import build_mentions

        return build_mentions(self.texts)

    def narrowed(
        self,
        *,
        region: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        complexes: Iterable[str] = (),
        category: str | None = None,
    ) -> Corpus:
        """The part of the corpus that all the filters given let through.

        Args:
            region: a geohash prefix or the name of a city, district or neighbourhood.
            since, until: first and last day, as dates or "2024", "2024-03", "2024-03-01"; texts
                without a date are left out.
            complexes: ids, source:id keys, or names or parts of names; any of them.
            category: one of records.CATEGORIES.

        Raises:
            InputError: a filter can't be read, or names nothing that the corpus has.
            InsightError: nothing is left.
        """
        kept = narrowed_complexes(self.complexes, region, complexes)
        texts = self.texts[self.texts["complex"].isin(kept["complex"])]
        left_out = [("elsewhere", len(self.texts) - len(texts))]
        texts, more = narrowed_texts(texts, since, until, category)
        left_out += more
        if texts.empty:
            raise InsightError(
                "No review is left with these filters.",
                "이 조건에 맞는 리뷰가 없습니다.",
                "Leave one of them out.",
            )
        kept = kept[kept["complex"].isin(texts["complex"].unique())]
        return replace(
            self,
            texts=texts.reset_index(drop=True),
            complexes=kept.reset_index(drop=True),
            left_out=(*self.left_out, *((why, n) for why, n in left_out if n)),
        )


def load(
    store: Store | str | Path,
    *,
    region: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    complexes: Iterable[str] = (),
    sources: Iterable[str] | None = None,
) -> Corpus:
    """Read the reviews of a store, with their predictions, words and topics.

    Args:
        store: an open store, its URL, or the path of an SQLite file.
        region, since, until, complexes: see `Corpus.narrowed`.
        sources: None means all, without the bundled sample where there are others.

    Raises:
        InputError: there is no such store; or see `Corpus.narrowed`.
        InsightError: the store holds no review, or the filters leave none.
    """
    if not isinstance(store, Store):
        url = str(store)
        url = url if "://" in url else f"sqlite:///{Path(url).as_posix()}"
        if not store_exists(url):
            raise InputError(f"There is no store at {store}.", "Run `zigbang-nlp run` first.")
        with open_store(url) as opened:
            return load(
                opened,
                region=region,
                since=since,
                until=until,
                complexes=complexes,
                sources=sources,
            )
    counts = store.sources()
    wanted = list(sources) if sources is not None else _worth_reading(counts)
    left_out = [
        ("sample", n) for name, n in counts.items() if name == SAMPLE and name not in wanted
    ]
    corpus = _read(store, wanted)
    corpus = replace(corpus, left_out=tuple(left_out))
    if region or since or until or tuple(complexes):
        return corpus.narrowed(region=region, since=since, until=until, complexes=complexes)
    return corpus


def _worth_reading(counts: dict[str, int]) -> list[str]:
    """As in training: the sample is for practice, once there are other reviews."""
    return [name for name in counts if name != SAMPLE] or list(counts)


def _read(store: Store, sources: list[str]) -> Corpus:
    rows = list(store.judged_reviews(sources)) if sources else []
    if not rows:
        raise InsightError(
            "The store holds no review.",
            "저장된 리뷰가 없습니다.",
            "Run `zigbang-nlp crawl` or `zigbang-nlp import FILE` first.",
        )
    raw = pd.DataFrame(rows, columns=list(JUDGED_COLUMNS))
    apartments = pd.DataFrame(
        [
            (a.source, a.apartment_id, a.name, a.address, a.latitude, a.longitude, a.households)
            for a in store.apartments()
        ],
        columns=["source", "apartment_id", *list(COMPLEX_COLUMNS)[1:6]],
    )
    models = tuple(sorted(raw["model_id"].dropna().unique()))
    return Corpus(_texts(raw), _complexes(raw, apartments), models, tuple(sources))


def _texts(raw: pd.DataFrame) -> pd.DataFrame:
    label = raw["label"]
    texts = pd.DataFrame(
        {
            "complex": raw["source"] + ":" + raw["apartment_id"],
            "review": raw.groupby(["source", "apartment_id", "review_id"], sort=False).ngroup(),
            "review_id": raw["review_id"],
            "category": raw["category"],
            "text": raw["text"],
            "score": raw["score"].astype(float),
            "written_at": pd.to_datetime(raw["written_at"]),
            "positive": np.where(label.isna(), np.nan, label.eq("positive").astype(float)),
            "probability": raw["probability"].astype(float),
            "unsure": raw["unsure"].eq(True),
            "words": raw["words"],
            "topics": raw["topics"],
            "about": raw["about"],
        }
    )
    return texts[list(TEXT_COLUMNS)]


def _complexes(raw: pd.DataFrame, apartments: pd.DataFrame) -> pd.DataFrame:
    seen = raw[["source", "apartment_id"]].drop_duplicates()
    found = seen.merge(apartments, on=["source", "apartment_id"], how="left")
    parts = pd.DataFrame(
        [address_parts(a if isinstance(a, str) else None) for a in found["address"]],
        columns=["city", "district", "neighbourhood"],
        index=found.index,
        dtype=object,
    )
    points = zip(found["latitude"], found["longitude"], strict=True)
    result = found.assign(
        complex=found["source"] + ":" + found["apartment_id"],
        name=found["name"].fillna(found["apartment_id"]),
        latitude=found["latitude"].astype(float),
        longitude=found["longitude"].astype(float),
        households=found["households"].astype(float),
        geohash=pd.Series([geohash_of(*point) for point in points], found.index, dtype=object),
    )
    return pd.concat([result, parts], axis=1)[list(COMPLEX_COLUMNS)]
