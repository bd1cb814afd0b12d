"""What the model says of a text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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
class WordShare:
    """What one word adds to the log-odds of positive.

    Attributes:
        text: as it stands there: an eojeol, with what negates it ("안 좋아요", "주차장이 없어요").
        start, end: its characters (Unicode code points) of the original text, end excluded.
        log_odds: how much the log-odds fall without it; 1 moves a probability of 0.5 to 0.73.
        marked: whether it is worth showing: strong enough, and among the third that decide most
            together.
    """

    text: str
    start: int
    end: int
    log_odds: float
    marked: bool


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
        words: the same joined to words, left to right; what people are shown.
    """

    text: str
    probability: float
    base: float
    gap: float
    agreement: float | None
    tokens: tuple[TokenShare, ...]
    words: tuple[WordShare, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Everything but the text, rounded to six decimals; log-odds to four."""
        spans = ("start", "end", "token", "occlusion", "gradient")
        words = ("start", "end", "text", "log_odds", "marked")
        return _rounded(self, ("base", "gap", "agreement"), 6) | {
            "spans": [_rounded(share, spans, 6) for share in self.tokens],
            "words": [_rounded(word, words, 4) for word in self.words],
        }


def _rounded(one: object, names: Sequence[str], digits: int) -> dict[str, object]:
    values = ((name, getattr(one, name)) for name in names)
    return {
        name: round(value, digits) if isinstance(value, float) else value for name, value in values
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
class Stars:
    """The score that the writer of a text would give, which isn't always what the text says.

    Attributes:
        expected: from 1 to 5.
        shares: how likely one, two, three, four and five stars are; they add up to 1.
    """

    expected: float
    shares: tuple[float, ...]

    @classmethod
    def of(cls, shares: Sequence[float]) -> Stars:
        """Make it of the shares of one to five stars."""
        expected = sum(star * share for star, share in enumerate(shares, start=1))
        return cls(round(expected, 4), tuple(round(share, 6) for share in shares))


@dataclass(frozen=True, slots=True)
class PredictionOptions:
    """What a caller wants to know of each text, beside its label.

    Attributes:
        topics: its category and topics.
        sentences: what each of its sentences says alone.
        explain: what each word adds.
        aspects: its opinions, topic by topic.
        stars: the score that its writer would give.
    """

    topics: bool = False
    sentences: bool = False
    explain: bool = False
    aspects: bool = False
    stars: bool = False


LABEL_ONLY = PredictionOptions()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of one text.

    Attributes:
        text: the text as it was given.
        label: "positive" or "negative" (긍정, 부정); None (판정 안 함) where the text is no Korean
            sentence, so that nothing can be said of it; see `predict.out_of_scope`.
        probability: of positive, in [0, 1].
        unsure: True where the bundle's own margin, or a blank text, says not to trust the label.
        reason: why it is unsure, or None.
        category: of the site's five, the one it is about; None where that wasn't asked.
        topics: the finer topics that it is about; None where that wasn't asked.
        sentences: the predictions of its sentences; None where that wasn't asked.
        explanation: what each token adds; None where that wasn't asked.
        aspects: its opinions, topic by topic, in the text's order; None where that wasn't asked.
        stars: the score that its writer would give; None where that wasn't asked.
        truncated: True where the text is so long that a part of it was not read.
    """

    text: str
    label: str | None
    probability: float
    unsure: bool = False
    reason: str | None = None
    category: str | None = None
    topics: tuple[str, ...] | None = None
    sentences: tuple[Prediction, ...] | None = None
    explanation: Explanation | None = None
    aspects: tuple[Aspect, ...] | None = None
    stars: Stars | None = None
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
        if self.stars is not None:
            row |= {"stars": self.stars.expected, "star_shares": list(self.stars.shares)}
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
        if self.stars is not None:
            row["stars"] = self.stars.expected
        if self.topics is not None:
            row |= {"category": self.category, "topics": ", ".join(self.topics)}
        if self.aspects is not None:
            row["aspects"] = as_json(self.aspects)
        return row
