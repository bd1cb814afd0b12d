"""How `predict --explain` shows on a terminal: the text in colour, and the strongest tokens."""

from __future__ import annotations

import os
import re
import sys

import click

from zigbang_nlp.records import Explanation

LEGEND = "파랑은 긍정 쪽으로, 주황은 부정 쪽으로 기울게 한 말입니다. (Blue speaks for 긍정, orange for 부정.)"

#: Tokens listed below a text.
_LISTED = 6
#: Shares of the text's strongest token from which a token is shown strongly, or at all.
_STRONG, _WEAK = 0.5, 0.15
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
    """The text with each token in the colour of the side it speaks for."""
    most = max((abs(share.occlusion) for share in why.tokens), default=0.0)
    parts: list[str] = []
    at = 0
    for share in why.tokens:
        parts.append(one_line(why.text[at : share.start]))
        inside = one_line(why.text[share.start : share.end])
        parts.append(_styled(inside, share.occlusion / most if most else 0.0))
        at = share.end
    return "".join([*parts, one_line(why.text[at:])]).strip()


def _styled(text: str, strength: float) -> str:
    if not text or abs(strength) < _WEAK:
        return text
    if abs(strength) < _STRONG:
        return click.style(text, fg=_BLUE if strength > 0 else _ORANGE)
    if strength > 0:
        return click.style(text, fg=_WHITE, bg=_DEEP_BLUE)
    return click.style(text, fg=_BLACK, bg=_DEEP_ORANGE)


def shares(why: Explanation) -> list[str]:
    """The strongest tokens with what they add, by occlusion and by integrated gradient."""
    if not why.tokens:
        return []
    strongest = sorted(why.tokens, key=lambda share: -abs(share.occlusion))[:_LISTED]
    lines = ["       빼면  기울기  말"]
    for share in strongest:
        shown = one_line(why.text[share.start : share.end]) or one_line(share.token)
        lines.append(f"     {share.occlusion:+.3f}  {share.gradient:+.3f}  {shown}")
    if why.agreement is not None:
        doubt = "" if why.agreement >= _STRONG else ": 두 방법이 달라 이 설명은 믿기 어렵습니다"
        lines.append(f"     두 방법의 순위 상관 {why.agreement:.2f}{doubt}")
    return lines
