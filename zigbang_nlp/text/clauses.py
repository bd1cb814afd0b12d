"""A review's sentences, and its clauses: what can carry an opinion of its own.

Residents praise and complain in one breath ("뷰는 최고지만 / 주차는 전쟁").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from zigbang_nlp.text.align import clean_with_spans
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.letters import put_together, taken_apart
from zigbang_nlp.text.taggers import mecab_tagger

_HARD_STOP = re.compile(r"(?<=[.!?…])\s+|(?<=[^\d][.!?…])(?=[^\s\d.!?…])")
#: Endings that join two statements of equal rank; a cause (-아서, -니까) or a condition (-면) stays
#: with what it explains.
_JOINS = re.compile(
    r"(지만은?|지마는|[는은던]데도?|(?<=[가-힣])데|으나|(?<=^)나|거니와|으며|며|으면서|면서|고)$"
)
#: A final ending that the tagger takes for a joining one, since the full stop is missing.
_FINAL = re.compile(r"(다|요|죠|음|네|까)$")
#: What links a clause to the one before.
_LINK = re.compile(r"^(?:다만|하지만|그러나|그런데|근데|그래도|단|그리고|또한|또)[ ,]+")
#: Tags that go on with the verb before them ("살고 있다", "좋지만은 않다").
_GOES_ON = ("VX", "JX", "E", "XS", "VCP")
_STOP = re.compile(
    r"(?<=[.!?…~;])\s+|(?<=[^\d\s][.!?…;])(?=[^\s\d.!?…;~)])|\s+(?=/)|(?<=/)\s+|\s*[※★■●▶✔·]\s*"
)
#: Marks of a list's items: "1. ", "2) ", "- ", "ⓐ"; and the heads of praise and complaint.
_ITEM = re.compile(
    r"(?:^|(?<=\s))(?:\d{1,2}[.)](?!\d)|[-*•])\s*(?=\D)|(?:^|(?<=[\s.,)]))(?=[장단]점)"
)
#: What may trail a sentence or clause and belongs to it: punctuation, ㅋㅋ, ㅠㅠ, ^^, emoji.
_TRAILING = re.compile(r"[\s.!?~…,;^ㄱ-ㅎㅏ-ㅣ\U0001f000-\U0001ffff\u2600-\u27bf]*")
#: A heading says of what follows whether it is good: "장점:", "단점은".
_HEAD = re.compile(r"^\W*([장단])점")


@dataclass(frozen=True)
class Clause:
    """A stretch of a text.

    Attributes:
        start, end: its characters (Unicode code points) of the original text, end excluded.
        text: what stands there, cleaned.
        sentence: the number of its sentence in the text.
        head: "+" under 장점, "-" under 단점, "" elsewhere.
        statement: the clause as if it stood alone: "주차가 힘들지만" is "주차가 힘들다", since the
            ending tells of what follows, and "다만", "하지만" of what went before.
    """

    start: int
    end: int
    text: str
    sentence: int
    head: str = ""
    statement: str = ""


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
            ends = [
                _end_of_trailing(part, start + len(token), "")
                for start, token, tag, _ in _tagged(part)
                if tag.endswith("EF") or _is_nominal_end(token, tag)
            ]
            edges = [0, *filter(None, ends), len(part)]
            sentences += [part[start:end].strip() for start, end in pairwise(edges)]
    return [sentence for sentence in sentences if sentence]


def _tagged(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Where each of Mecab's tokens begins, the token, its tag, and the tag of the next."""
    at = 0
    tagged = mecab_tagger().pos(text) if text else []
    for (token, tag), (_, following) in pairwise([*tagged, ("", "")]):
        start = text.find(token, at)
        if start < 0:  # the tagger changed a character; leave the rest in one piece
            return
        yield start, token, tag, following
        at = start + len(token)


def _is_nominal_end(token: str, tag: str) -> bool:
    """가까움, 없음 end a sentence or clause; 살기 doesn't. The former have a final ㅁ."""
    return tag.endswith("ETN") and taken_apart(token[-1])[2:] == ["ㅁ"]


def _end_of_trailing(text: str, at: int, marks: str) -> int | None:
    """Where what trails here ends; None where no space or mark parts it from more text."""
    trailing = _TRAILING.match(text, at)
    assert trailing is not None, "the pattern matches the empty string"
    parted = any(c.isspace() or c in marks for c in trailing.group())
    return trailing.end() if parted and trailing.end() < len(text) else None


def split_clauses(text: str) -> list[Clause]:
    """The clauses of a text, in order; none for a blank text.

    A clause ends at a full stop, a line break, a list mark, a final ending (also where the full
    stop is missing), and behind an ending that joins statements of equal rank (-지만, -는데, -고,
    -으나, -며). What follows 장점 or 단점 knows it.

    >>> [clause.text for clause in split_clauses("뷰는 최고지만 주차는 전쟁이고 역은 가까워요")]
    ['뷰는 최고지만', '주차는 전쟁이고', '역은 가까워요']
    """
    clauses: list[Clause] = []
    sentence, head, at = 0, "", 0
    for line in text.splitlines(keepends=True):
        cleaned = clean_with_spans(line)
        for start, end in _sentences(cleaned.text):
            marker = _HEAD.match(cleaned.text[start:end])
            if marker:
                head = "+" if marker[1] == "장" else "-"
            for first, last, statement in _parts(cleaned.text, start, end):
                left, right = cleaned.span(first, last)
                clause = cleaned.text[first:last]
                clauses.append(Clause(at + left, at + right, clause, sentence, head, statement))
            sentence += 1
        at += len(line)
    return clauses


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where stops, marks and heads cut a line."""
    edges = sorted(
        {
            0,
            len(text),
            *(m.end() for m in _STOP.finditer(text)),
            *(m.start() for m in _ITEM.finditer(text)),
        }
    )
    for start, end in pairwise(edges):
        if any(c.isalpha() for c in text[start:end]):  # a number alone is a mark, no clause
            yield _trimmed(text, start, end)


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Where endings cut a sentence, with what each part says on its own."""
    cuts = [(start + cut, start + ending, closed) for cut, ending, closed in _cuts(text[start:end])]
    first = start
    for last, ending, closed in [*cuts, (end, end, "")]:
        if any(c.isalnum() for c in text[first:last]):
            stated = _LINK.sub("", (text[first:ending] + closed).strip())
            yield *_trimmed(text, first, last), stated
        first = last


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _cuts(text: str) -> list[tuple[int, int, str]]:
    """Where a clause ends, where its ending begins, and what closes it instead."""
    cuts = []
    tagged = list(_tagged(text))
    for i, (start, token, tag, following) in enumerate(tagged):
        at = start + len(token)
        if token == "데" and tag == "NNB" and text[max(start - 1, 0) : start].strip():
            # "넓은데" read as "넓은 데", a place, though there is no space.
            _, before, kind_before, _ = tagged[i - 1]
            if kind_before.endswith("ETM"):
                start, token, tag = start - len(before), before + token, "EC"
        kind = _ends_clause(token, tag, following)
        end = _end_of_trailing(text, at, ",./") if kind else None
        if end is None:
            continue
        joined = _JOINS.search(token) if kind == "join" else None
        if joined is None:
            cuts.append((end, at, ""))
        else:
            stem = token[: joined.start()]
            bare = stem[:-1] + _without_n(stem[-1:]) if joined[1] == "데" else stem
            cuts.append((end, start, bare + "다"))
    return cuts


def _without_n(syllable: str) -> str:
    """인 -> 이, 한 -> 하: what a stem was before it took ㄴ데."""
    parts = taken_apart(syllable)
    return put_together(*parts[:2]) if parts[2:] == ["ㄴ"] else syllable


def _ends_clause(token: str, tag: str, following: str) -> str:
    """Tell "end", "join" or "" for a token that goes on."""
    if following.startswith(_GOES_ON):
        return ""
    if tag.endswith("EF") or (tag.endswith("EC") and _FINAL.search(token)):
        return "end"
    if _is_nominal_end(token, tag) and not following.startswith("J"):
        return "end"
    return "join" if tag.endswith("EC") and _JOINS.search(token) else ""
