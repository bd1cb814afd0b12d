"""Explanations by words as people see them: eojeol, with what negates them, in log-odds.

A token's share of a sure probability is next to nothing ("-0%p"), since the others hold it up; its
share of the log-odds isn't. A particle or an ending says nothing by itself, so it is taken out with
its word, and 안, 못, 없다 and 않다 with the word that they turn round.

Words that say the same twice ("좋고 편해요") hold each other up: without either one little changes,
and without both much. So those to mark for the label are chosen one after the other, each the one
without which, the chosen ones being gone, the label falls most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.records import WordShare
from zigbang_nlp.text.align import place_tokens
from zigbang_nlp.text.encoder import Encoder

#: Log-odds below which a word is not worth marking: it moves 0.5 to 0.57.
FLOOR = 0.3
#: At most this share of a text's words is marked, and no more for the label than a reader takes in.
_MOST, _AT_MOST = 1 / 3, 12
#: Words that are tried for that, the strongest by themselves.
_TRIED = 30
#: An eojeol that turns the next one round, and one that turns the last one round.
_BEFORE = re.compile(r"^(?:안|못|별로|전혀|덜)$")
_AFTER = re.compile(r"^(?:없|않|아니|못하|못해|못했|아닌|아닙)")


@dataclass(frozen=True)
class Unit:
    """A token, or a few that can only be placed together.

    Attributes:
        token: as the tokenizer gave it; several are joined by "+".
        start, end: characters of the original text.
        ids: what the network reads for it, at least one.
    """

    token: str
    start: int
    end: int
    ids: tuple[int, ...]


def units_of(encoder: Encoder, text: str) -> list[Unit]:
    """The units of a text that the network reads, left to right.

    Their ids, one behind the other, are `encoder.whole_ids([text])[0]`.
    """
    (tokens,) = encoder.tokenize([text])
    units: list[Unit] = []
    at = 0
    for span in place_tokens(text, tokens, encoder.max_characters):
        inside = tokens[at : at + span.tokens]
        at += span.tokens
        ids = tuple(encoder.vocabulary.encode(inside))
        if ids:
            units.append(Unit("+".join(inside), span.start, span.end, ids))
    return units


def words_of(text: str, units: Sequence[Unit]) -> list[Unit]:
    """Units joined to the words that people see, left to right.

    Args:
        text: as it was given.
        units: of the text, see `units_of`.
    """
    words: list[Unit] = []
    for unit in units:
        between = text[words[-1].end : unit.start] if words else " "
        new = bool(between) and between.isspace()
        if new and words:
            last = text[words[-1].start : words[-1].end]
            turned = _AFTER.match(text[unit.start :]) is not None
            turns = _BEFORE.match(last.split()[-1]) is not None if last.strip() else False
            new = not (turned or turns)
        if new:
            words.append(unit)
        else:
            whole = words[-1]
            words[-1] = Unit(
                f"{whole.token}+{unit.token}", whole.start, unit.end, whole.ids + unit.ids
            )
    return words


def words_to_mark(
    words: Sequence[Sequence[Unit]],
    shares: Sequence[np.ndarray],
    probabilities: np.ndarray,
    threshold: float,
    judge: Callable[[list[list[int]]], np.ndarray],
) -> list[set[int]]:
    """Which words of each text are worth marking, by their places.

    Args:
        words: of each text.
        shares: what each adds to the log-odds of positive, see `log_odds_shares`.
        probabilities: (texts,).
        threshold: from which on a text is positive.
        judge: gives the probabilities (rows,) of rows of ids.
    """
    choices = [
        _Choice(own, share, float(probability), 1.0 if probability >= threshold else -1.0)
        for own, share, probability in zip(words, shares, probabilities, strict=True)
    ]
    # Round by round for all texts together, so that the network is asked a dozen times at most.
    while under_way := [choice for choice in choices if choice.tried]:
        rows = [row for choice in under_way for row in choice.shortened()]
        log_odds = iter(log_odds_of(judge(rows)).tolist())
        for choice in under_way:
            choice.take(list(islice(log_odds, len(choice.tried))))
    return [choice.with_the_contrary() for choice in choices]


class _Choice:
    """The words of one text that are chosen so far."""

    def __init__(
        self, words: Sequence[Unit], shares: np.ndarray, probability: float, sign: float
    ) -> None:
        self.words, self._for = words, sign * shares
        self._sign, self._left = sign, sign * float(log_odds_of(np.array(probability)))
        self._most = max(1, int(len(words) * _MOST)) if words else 0
        self._order = np.argsort(-self._for, kind="stable").tolist()
        self.chosen: list[int] = []
        self.tried = [at for at in self._order[:_TRIED] if self._for[at] >= FLOOR]

    def shortened(self) -> list[list[int]]:
        """The ids of the text without the chosen words and one more, for each that is tried."""
        gone = set(self.chosen)
        return [
            [
                i
                for at, word in enumerate(self.words)
                if at != more and at not in gone
                for i in word.ids
            ]
            for more in self.tried
        ]

    def take(self, log_odds: list[float]) -> None:
        """Choose the word without which the label falls most; no more where that is too little."""
        left = [self._sign * value for value in log_odds]
        best = int(np.argmin(left))
        if self._left - left[best] < FLOOR:
            self.tried = []
            return
        self._left = left[best]
        self.chosen.append(self.tried.pop(best))
        if len(self.chosen) == min(self._most, _AT_MOST):
            self.tried = []

    def with_the_contrary(self) -> set[int]:
        """The chosen words, and in the room that is left those that speak against the label."""
        against = [at for at in reversed(self._order) if self._for[at] <= -FLOOR]
        return {*self.chosen, *against[: self._most - len(self.chosen)]}


def log_odds_of(probabilities: np.ndarray) -> np.ndarray:
    """Log-odds of what `Network.precise` gives, which is right nearly to the last bit of 64."""
    return logit(probabilities, margin=1e-15)


def log_odds_shares(probability: float, drops: np.ndarray) -> np.ndarray:
    """What each word adds to the log-odds of positive, (words,).

    Args:
        probability: of the text.
        drops: (words,) how much the probability falls without each.
    """
    return np.asarray(log_odds_of(np.array(probability)) - log_odds_of(probability - drops))


def word_shares(
    text: str, words: Sequence[Unit], shares: np.ndarray, marked: Collection[int]
) -> tuple[WordShare, ...]:
    """The words of a text with their shares.

    Args:
        text: as it was given.
        words: of the text.
        shares: see `log_odds_shares`.
        marked: see `words_to_mark`.
    """
    return tuple(
        WordShare(
            text=text[word.start : word.end],
            start=word.start,
            end=word.end,
            log_odds=float(share),
            marked=i in marked and text[word.start : word.end] != "",
        )
        for i, (word, share) in enumerate(zip(words, shares, strict=True))
    )
