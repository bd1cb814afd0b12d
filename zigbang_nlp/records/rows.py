"""Apartments and reviews, and the names that all rooms use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

#: The five texts of one Zigbang review, with the labels the site shows.
CATEGORIES: dict[str, str] = {
    "total": "추천점수",
    "traffic": "교통여건",
    "care": "단지관리",
    "resident": "거주환경",
    "around": "주변환경",
}

#: Labels as they are stored and printed in JSON, with the words shown to people.
LABELS: dict[str, str] = {"negative": "부정", "positive": "긍정"}
#: Shown for a text that no label is given for.
NO_LABEL = "판정 안 함"

#: Names of the parts of a data set.
SPLITS: tuple[str, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Apartment:
    """One apartment complex (단지). `latitude` and `longitude` are WGS 84 degrees."""

    source: str
    apartment_id: str
    name: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One text about one apartment in one category, with its own score.

    Attributes:
        source: where it came from: "zigbang", "hogangnono", or "import".
        apartment_id: the complex's id at the source, as text.
        review_id: the review's id at the source, or `content_id(...)` where it has none.
            One review of the site gives up to five rows with this id, one a category.
        category: a key of `CATEGORIES`.
        text: as written; never blank.
        score: 0 to 5, or None where the source has none.
        author: keyed hash of the nickname, or None.
        written_at: when the resident wrote it, or None.
        label: "negative" or "positive" where a file brought its own label; None otherwise.
        split: "train", "validation" or "test" where a file brought its own split; None otherwise.
        first_seen, last_seen: when this store saw it first and last (UTC).
        residence, age, sex, married: of whoever wrote it, in the source's words ("전세 또는 월세",
            "30대"); None unless crawl.covariates asks for them.
    """

    source: str
    apartment_id: str
    review_id: str
    category: str
    text: str
    score: float | None = None
    author: str | None = None
    written_at: datetime | None = None
    label: str | None = None
    split: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    residence: str | None = None
    age: str | None = None
    sex: str | None = None
    married: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a row the same row: source, apartment, review, category."""
        return (self.source, self.apartment_id, self.review_id, self.category)


def chance_text(probability: float) -> str:
    """Five characters, which never say that it is certain.

    >>> chance_text(0.71249), chance_text(0.99996), chance_text(0.0)
    ('0.712', '>.999', '<.001')
    """
    shown = f"{probability:.3f}"
    return {"0.000": "<.001", "1.000": ">.999"}.get(shown, shown)


def label_word(label: str | None) -> str:
    """What people read for a label, also for none.

    >>> label_word("positive"), label_word(None)
    ('긍정', '판정 안 함')
    """
    return NO_LABEL if label is None else LABELS[label]


def content_id(*parts: object) -> str:
    """A stable id made from what a review says, for reviews that come without one.

    Seeing the same review twice gives the same id, so it is never two rows.
    """
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return "sha:" + hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:24]
