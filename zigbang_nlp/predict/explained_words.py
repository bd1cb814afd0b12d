"""Explanations by words as people see them: eojeol, with what negates them, in log-odds.

A token's share of a sure probability is next to nothing ("-0%p"), since the others hold it up; its
share of the log-odds isn't. A particle or an ending says nothing by itself, so it is taken out with
its word, and 안, 못, 없다 and 않다 with the word that they turn round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from zigbang_nlp.predict.attribution_spans import Unit
from zigbang_nlp.records import WordShare

#: Log-odds below which a word is not worth marking: it moves 0.5 to 0.57.
FLOOR = 0.3
#: At most this share of a text's words is marked.
_MOST = 1 / 3
#: An eojeol that turns the next one round, and one that turns the last one round.
_BEFORE = re.compile(r"^(?:안|못|별로|전혀|덜)$")
_AFTER = re.compile(r"^(?:없|않|아니|못하|못해|못했|아닌|아닙)")
_CERTAIN = 1e-6


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


def word_shares(
    text: str, words: Sequence[Unit], probability: float, drops: np.ndarray
) -> tuple[WordShare, ...]:
    """What each word adds to the log-odds of positive.

    Args:
        text: as it was given.
        words: of the text.
        probability: of the text.
        drops: (words,) how much the probability falls without each.
    """
    if not words:
        return ()
    whole = np.clip(probability, _CERTAIN, 1 - _CERTAIN)
    rest = np.clip(probability - drops, _CERTAIN, 1 - _CERTAIN)
    shares = np.log(whole / (1 - whole)) - np.log(rest / (1 - rest))
    most = max(1, int(len(words) * _MOST))
    strongest = set(np.argsort(-np.abs(shares), kind="stable")[:most].tolist())
    return tuple(
        WordShare(
            text=text[word.start : word.end],
            start=word.start,
            end=word.end,
            log_odds=float(share),
            marked=i in strongest and abs(share) >= FLOOR and text[word.start : word.end] != "",
        )
        for i, (word, share) in enumerate(zip(words, shares, strict=True))
    )
