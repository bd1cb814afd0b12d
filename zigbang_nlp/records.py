"""The rows that travel between the rooms of the house: apartments, reviews, predictions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class TokenShare:
    """What one token adds to the probability of positive, found in two ways.

    Attributes:
        token: as the tokenizer gave it; tokens that can only be placed together are joined by "+".
        start, end: its characters (Unicode code points) of the original text, end excluded.
        occlusion: how much the probability falls without it.
        gradient: its integrated gradient.
    """

    token: str
    start: int
    end: int
    occlusion: float
    gradient: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text has its probability.

    Attributes:
        text: the text as it was given.
        probability: of positive.
        base: the probability that the network gives to tokens that say nothing.
        gap: what the integrated gradients leave unexplained of probability - base.
        agreement: Spearman's rank correlation of the two ways; None where there are fewer than
            three tokens, or all weigh the same.
        tokens: those that the network reads, left to right.
    """

    text: str
    probability: float
    base: float
    gap: float
    agreement: float | None
    tokens: tuple[TokenShare, ...]

    def as_dict(self) -> dict[str, object]:
        """Everything but the text, rounded to six decimals."""
        return {
            "base": round(self.base, 6),
            "gap": round(self.gap, 6),
            "agreement": None if self.agreement is None else round(self.agreement, 6),
            "spans": [
                {
                    "start": share.start,
                    "end": share.end,
                    "token": share.token,
                    "occlusion": round(share.occlusion, 6),
                    "gradient": round(share.gradient, 6),
                }
                for share in self.tokens
            ],
        }


@dataclass(frozen=True, slots=True)
class Aspect:
    """One opinion of a text: a topic, and what the text says of it.

    Attributes:
        topic: its name.
        label: "positive" or "negative".
        probability: that the opinion is positive, in [0, 1].
        start, end: its clause's characters (Unicode code points) of the text, end excluded.
        text: the clause, cleaned.
    """

    topic: str
    label: str
    probability: float
    start: int
    end: int
    text: str

    def as_dict(self) -> dict[str, object]:
        """The fields in the order they are printed."""
        return {name: getattr(self, name) for name in self.__slots__}


def as_json(aspects: Iterable[Aspect]) -> str:
    """Opinions as one cell of a table: a JSON list."""
    return json.dumps([aspect.as_dict() for aspect in aspects], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller wants to know of each text, beside its label.

    Attributes:
        topics: its category and topics.
        sentences: what each of its sentences says alone.
        explain: what each word adds.
        aspects: its opinions, topic by topic.
    """

    topics: bool = False
    sentences: bool = False
    explain: bool = False
    aspects: bool = False


LABEL_ONLY = Asked()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of one text.

    Attributes:
        text: the text as it was given.
        label: "positive" or "negative" (긍정, 부정).
        probability: of positive, in [0, 1].
        unsure: True where the bundle's own margin, or a blank text, says not to trust the label.
        reason: why it is unsure, or None.
        category: of the site's five, the one it is about; None where that wasn't asked.
        topics: the finer topics that it is about; None where that wasn't asked.
        sentences: the predictions of its sentences; None where that wasn't asked.
        explanation: what each token adds; None where that wasn't asked.
        aspects: its opinions, topic by topic, in the text's order; None where that wasn't asked.
        truncated: True where the text is so long that a part of it was not read.
    """

    text: str
    label: str
    probability: float
    unsure: bool = False
    reason: str | None = None
    category: str | None = None
    topics: tuple[str, ...] | None = None
    sentences: tuple[Prediction, ...] | None = None
    explanation: Explanation | None = None
    aspects: tuple[Aspect, ...] | None = None
    truncated: bool = False

    def as_dict(self) -> dict[str, object]:
        """The fields in the order they are printed; the later ones only where they are known."""
        row: dict[str, object] = {
            "text": self.text,
            "label": self.label,
            "probability": self.probability,
            "unsure": self.unsure,
        }
        if self.reason is not None:
            row["reason"] = self.reason
        row["truncated"] = self.truncated
        if self.topics is not None:
            row |= {"category": self.category, "topics": list(self.topics)}
        if self.aspects is not None:
            row["aspects"] = [aspect.as_dict() for aspect in self.aspects]
        if self.sentences is not None:
            row["sentences"] = [sentence.as_dict() for sentence in self.sentences]
        if self.explanation is not None:
            row["explanation"] = self.explanation.as_dict()
        return row

    def as_row(self) -> dict[str, object]:
        """The fields as a table's cells hold them: topics parted by commas, opinions as JSON."""
        row: dict[str, object] = {
            "label": self.label,
            "probability": self.probability,
            "unsure": self.unsure,
            "truncated": self.truncated,
        }
        if self.topics is not None:
            row |= {"category": self.category, "topics": ", ".join(self.topics)}
        if self.aspects is not None:
            row["aspects"] = as_json(self.aspects)
        return row


def content_id(*parts: object) -> str:
    """A stable id made from what a review says, for reviews that come without one.

    Seeing the same review twice gives the same id, so it is never two rows.
    """
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return "sha:" + hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:24]
