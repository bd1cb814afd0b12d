"""How `predict --explain` shows on a terminal: the text in colour, and the words that matter."""

from __future__ import annotations

import os
import re
import sys

import click

from zigbang_nlp.records import Explanation

LEGEND = "파랑은 긍정 쪽으로, 주황은 부정 쪽으로 기울게 한 말입니다. (Blue speaks for 긍정, orange for 부정.)"

#: Words listed below a text.
_LISTED = 6
#: Log-odds from which a word is shown strongly, the same for every text.
_STRONG = 1.5
#: Rank correlation of the two ways below which an explanation is not to be trusted.
_AGREEING = 0.5
#: 256-colour numbers, readable on black and on white, told apart by colour-blind readers.
_BLUE, _DEEP_BLUE, _ORANGE, _DEEP_ORANGE, _WHITE, _BLACK = 33, 25, 166, 208, 255, 16
#: What may move a terminal's cursor or change its settings, and white space.
_NOT_SHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


def shows_colour() -> bool:
    """Whether standard output is a terminal that wants colour (https://no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def one_line(text: str) -> str:
    """A text on one line, with nothing in it that a terminal obeys."""
    return _NOT_SHOWN.sub(" ", text)


def coloured(why: Explanation) -> str:
    """The text with each word that matters in the colour of the side it speaks for."""
    parts: list[str] = []
    at = 0
    for word in why.words:
        if not word.marked or word.start < at:
            continue
        parts.append(one_line(why.text[at : word.start]))
        parts.append(_styled(one_line(word.text), word.log_odds))
        at = word.end
    return "".join([*parts, one_line(why.text[at:])]).strip()


def _styled(text: str, strength: float) -> str:
    if not text:
        return text
    if abs(strength) < _STRONG:
        return click.style(text, fg=_BLUE if strength > 0 else _ORANGE)
    if strength > 0:
        return click.style(text, fg=_WHITE, bg=_DEEP_BLUE)
    return click.style(text, fg=_BLACK, bg=_DEEP_ORANGE)


def shares(why: Explanation) -> list[str]:
    """The words that matter, the strongest first, with what each adds to the log-odds."""
    marked = sorted((w for w in why.words if w.marked), key=lambda word: -abs(word.log_odds))
    lines = ["     로그 오즈  말"] if marked else []
    lines += [f"        {word.log_odds:+6.2f}  {one_line(word.text)}" for word in marked[:_LISTED]]
    if why.agreement is not None:
        doubt = "" if why.agreement >= _AGREEING else ": 두 방법이 달라 이 설명은 믿기 어렵습니다"
        lines.append(f"     두 방법의 순위 상관 {why.agreement:.2f}{doubt}")
    return lines
