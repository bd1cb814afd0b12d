"""The words of a text that are worth counting: nouns, roots and predicates, in one form each.

A model's tokens serve the model: particles, endings, pieces of rare words. Who counts what
residents speak of wants 층간소음 whole, 시끄러워요 and 시끄럽습니다 as one word, and 안 좋다 apart
from 좋다. Always Mecab, whatever the model's tokenizer is.

A word is kept in a stored form that says what it is:

    층간+소음    a noun, its parts joined by "+" (they stood without a space between them)
    시끄럽-      a verb, an adjective or a root, without its ending; "안 좋-" when it was denied
    gtx          letters of another script, in lower case

`shown` gives the form for people: 층간소음, 시끄럽다, 안 좋다, gtx.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.letters import put_together, taken_apart
from zigbang_nlp.text.taggers import mecab_tagger

#: First letters of the tags of words that mean something by themselves.
_CONTENT = "NVMX"
#: What may stand within a noun: common and proper nouns, prefixes, suffixes (준+신축, 역세+권).
_NOUN, _PREFIX, _SUFFIX = frozenset({"NNG", "NNP"}), "XPN", "XSN"
#: Suffixes that belong to grammar or politeness, not to the word.
_DROPPED_SUFFIXES = frozenset({"들", "님", "씩", "쯤", "네", "여"})
_PREDICATE = frozenset({"VA", "VV"})
#: Predicates that say nothing by themselves.
_LIGHT = frozenset(
    {"하", "되", "있", "같", "이러", "그러", "어떠", "이렇", "그렇", "어떻", "저렇"}
    | {"가", "나", "내", "들", "말", "받", "알", "놓", "두", "대", "치", "통하", "위하", "대하"}
    | {"주", "보", "오"}
)
_NOT_BEFORE, _NOT_AFTER = frozenset({"안", "못"}), frozenset({"않", "못하"})
#: Nouns of more parts than this are a writer who uses no spaces.
_MOST_PARTS = 4


class Morpheme(NamedTuple):
    """One morpheme as Mecab has it; `glued` where no space stands before it."""

    surface: str
    tag: str
    stem: str
    glued: bool


def content_words(text: str) -> list[str]:
    """The stored forms of a text's words, in order, with repeats.

    >>> content_words("층간소음 때문에 시끄러워요. 관리도 안 좋아요")
    ['층간+소음', '시끄럽-', '관리', '안 좋-']
    """
    cleaned = clean(text)
    return list(_words(morphemes(cleaned))) if cleaned else []


def shown(word: str) -> str:
    """A stored form as people write it."""
    return word[:-1] + "다" if word.endswith("-") else word.replace("+", "")


@lru_cache(100_000)
def noun_parts(word: str) -> tuple[str, ...]:
    """The smallest nouns that a noun or a compound is made of, as Mecab's dictionary has them.

    Args:
        word: as it is kept or as people write it; spaces part it too.

    >>> noun_parts("지하+주차장"), noun_parts("강남역"), noun_parts("지역")
    (('지하', '주차', '장'), ('강남', '역'), ('지역',))
    """
    parts: list[str] = []
    for part in word.replace("+", " ").split():
        for line in mecab_tagger().tagger.parse(part).splitlines():
            surface, tab, features = line.partition("\t")
            if not tab:
                continue
            tag, _, _, _, form, _, _, expression = features.split(",", 7)
            if form == "Compound":
                parts += [part.partition("/")[0] for part in expression.split("+")]
            elif not (parts and tag.startswith(("J", "E"))):
                parts.append(surface)
    return tuple(parts)


def is_content(token: str) -> bool:
    """Whether a token, looked at alone, is a noun, predicate, modifier or root."""
    parsed = morphemes(token)
    return bool(parsed) and parsed[0].tag[0] in _CONTENT


def grammar_surfaces(texts: Iterable[str]) -> frozenset[str]:
    """Tokens that are particles or endings where they stand, as often as not.

    A token looked at alone misleads: 지만 is a noun then, and an ending after 시끄럽.

    Args:
        texts: in which the tokens stand.
    """
    counts: dict[str, int] = {}
    for text in texts:
        for morpheme in morphemes(clean(text)):
            step = -1 if morpheme.tag[0] in _CONTENT else 1
            counts[morpheme.surface] = counts.get(morpheme.surface, 0) + step
    return frozenset(surface for surface, count in counts.items() if count >= 0)


def kind(word: str) -> str:
    """What a stored form is: "noun", "predicate" or "foreign"."""
    if word.endswith("-"):
        return "predicate"
    return "foreign" if word.isascii() else "noun"


def morphemes(cleaned: str) -> list[Morpheme]:
    """Mecab's morphemes of a cleaned text."""
    parsed = []
    at = 0
    for line in mecab_tagger().tagger.parse(cleaned).splitlines():
        surface, tab, features = line.partition("\t")
        if not tab or not surface:
            continue
        start = cleaned.find(surface, at)
        glued = start == at and at > 0
        at = start + len(surface) if start >= 0 else at
        tag, *_, expression = features.split(",", 7)
        # An inflected form carries its parts: 시끄럽/VA/*+어/EC/*
        stem = expression.partition("/")[0] if "+" in tag and "/" in expression else surface
        parsed.append(Morpheme(surface, tag, stem, glued))
    return parsed


def _words(morphemes: list[Morpheme]) -> Iterator[str]:
    noun: list[str] = []
    denied = False
    for i, morpheme in enumerate(morphemes):
        tags = morpheme.tag.split("+")
        continues = morpheme.glued and (tags[0] in _NOUN or tags == [_SUFFIX])
        if noun and not continues:
            yield from _finished(noun)
            noun = []
        if tags[0] in _NOUN or tags == [_PREFIX] or (tags == [_SUFFIX] and noun):
            if tags != [_SUFFIX] or morpheme.surface not in _DROPPED_SUFFIXES:
                noun.append(_line_number(morphemes[max(0, i - 2) : i]) + morpheme.stem)
        elif tags[0] in _PREDICATE and morpheme.stem not in _LIGHT:
            yield _predicate(_uninflected(morpheme.stem), denied or _is_denied_after(morphemes, i))
        elif tags[0] == "XR":
            yield _predicate(morpheme.stem + "하", denied or _is_denied_after(morphemes, i))
        elif tags == ["SL"] and len(morpheme.surface) > 1:
            yield morpheme.surface.lower()
        denied = tags == ["MAG"] and morpheme.surface in _NOT_BEFORE
    yield from _finished(noun)


def _line_number(before: list[Morpheme]) -> str:
    """The "7호" before 선, which Mecab cuts off the names of subway lines."""
    parts = [morpheme.surface for morpheme in before]
    is_number = len(parts) == 2 and before[0].tag == "SN" and parts[1] == "호"
    return "".join(parts) if is_number else ""


def _finished(noun: list[str]) -> Iterator[str]:
    """A compound whole; its parts where it is too long to be one word."""
    if len(noun) > _MOST_PARTS:
        yield from noun
    elif noun:
        yield "+".join(noun)


def _uninflected(stem: str) -> str:
    """가깝 of 가까워, which the dictionary holds as if it were a stem; no stem ends so."""
    parts = taken_apart(stem[-2:-1])
    if parts[2:] != [""] or not stem.endswith("워"):
        return stem
    return stem[:-2] + put_together(parts[0], parts[1], "ㅂ")


def _predicate(stem: str, denied: bool) -> str:
    return f"안 {stem}-" if denied else f"{stem}-"


def _is_denied_after(morphemes: list[Morpheme], at: int) -> bool:
    """Whether what follows says no: 좋지 않다, 좋지는 않다, 깨끗하지 못하다."""
    after = morphemes[at + 1 : at + 6]
    for i, morpheme in enumerate(after):
        if morpheme.surface.endswith("지") and "EC" in morpheme.tag:
            rest = after[i + 1 :]
            if rest and rest[0].tag.startswith("J"):
                rest = rest[1:]
            return bool(rest) and rest[0].stem in _NOT_AFTER
    return False
