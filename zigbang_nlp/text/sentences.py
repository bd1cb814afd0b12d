"""A review's sentences, since residents praise and complain in one breath."""

from __future__ import annotations

import re
from itertools import pairwise

from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.taggers import mecab_tagger

#: What may trail a sentence and belongs to it: punctuation, ㅋㅋ, ㅠㅠ, ^^, emoji.
_TRAILING = re.compile(r"[\s.!?~…,;^ㄱ-ㅎㅏ-ㅣ\U0001f000-\U0001ffff\u2600-\u27bf]*")
_HARD_STOP = re.compile(r"(?<=[.!?…])\s+|(?<=[^\d][.!?…])(?=[^\s\d.!?…])")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, in order, each cleaned; none for a blank text.

    A sentence ends at . ! ? … and line breaks, and, since many residents write no punctuation,
    behind a final ending (Mecab's EF: 가까워요, 좋습니다) or a nominal one (ETN: 가까움, 없음) that
    is followed by a space. A decimal point (1.2대) ends nothing.

    >>> split_sentences("역은 가까워요 주차는 힘들어요ㅠㅠ 그래도 만족합니다.")
    ['역은 가까워요', '주차는 힘들어요ㅠㅠ', '그래도 만족합니다.']
    """
    sentences = []
    for line in text.splitlines():
        for part in _HARD_STOP.split(clean(line)):
            sentences += _split_at_endings(part)
    return [sentence for sentence in (s.strip() for s in sentences) if sentence]


def _split_at_endings(text: str) -> list[str]:
    cuts, at = [], 0
    tagged = mecab_tagger().pos(text) if text else []
    for token, tag in tagged:
        start = text.find(token, at)
        if start < 0:  # the tagger changed a character; leave the rest in one piece
            break
        at = start + len(token)
        if tag.endswith("EF") or (tag.endswith("ETN") and _is_nominal_end(token)):
            trailing = _TRAILING.match(text, at)
            assert trailing is not None, "the pattern matches the empty string"
            if trailing.end() < len(text) and any(c.isspace() for c in trailing.group()):
                cuts.append(trailing.end())
    edges = [0, *cuts, len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


def _is_nominal_end(token: str) -> bool:
    """가까움, 없음 end a sentence; 살기 doesn't. The former have a final ㅁ (16th of 28)."""
    return (ord(token[-1]) - ord("가")) % 28 == 16
