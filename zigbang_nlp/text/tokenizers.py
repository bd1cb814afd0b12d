"""Tokenizers by name, each safe to feed with any cleaned text.

Nothing starts at import: a tagger (and for KoNLPy's Java taggers the JVM) starts with the first
text.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.text.taggers import TAGGERS, Morphs, check_process
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings

#: How carefully a text is tokenized: as a whole; in parts of a few words; split on spaces.
WHOLE, IN_PARTS, ON_SPACES = 0, 1, 2
#: Words of a part.
_WORDS_A_PART = 5


class Tokenizer:
    """Splits cleaned texts into morphemes.

    Args:
        settings: which tagger, and its settings.

    Attributes:
        fallbacks: how many texts had to be tokenized `IN_PARTS` or `ON_SPACES`.

    Raises:
        TokenizerError: the name is unknown.
    """

    def __init__(self, settings: TokenizerSettings) -> None:
        if settings.name not in TAGGERS:
            raise TokenizerError(
                f"There is no tokenizer {settings.name!r}.", f"Choose one of {', '.join(TAGGERS)}."
            )
        self.settings = settings
        self.fallbacks: Counter[int] = Counter()

    @cached_property
    def _morphs(self) -> Morphs:
        try:
            return TAGGERS[self.settings.name](self.settings)
        except TokenizerError:
            raise
        except Exception as error:
            raise TokenizerError(
                f"The tokenizer {self.settings.name} can't start: {error}.",
                'Install the package\'s dependencies again, or choose tokenizer = "mecab".',
            ) from error

    def start(self) -> None:
        """Start the tagger now rather than with the first text.

        Raises:
            TokenizerError: it can't start.
        """
        self.tokenize("준비")

    def tokenize(self, text: str, fallback_level: int = WHOLE) -> list[str]:
        """The tokens of one cleaned text, in order; empty for a blank text only.

        Args:
            text: see `clean`.
            fallback_level: begin with this; a text on which the analyser fails falls back to the
                next level, and is split on spaces at last.

        Raises:
            TokenizerError: the tagger can't start, or is of a process that this one was forked from.
        """
        if not text or text.isspace():
            return []
        check_process(self.settings.name)
        morphs = self._morphs
        for tried in range(fallback_level, ON_SPACES):
            parts = [text] if tried == WHOLE else _parts(text)
            try:
                tokens = [token for part in parts for token in morphs(part)]
            except Exception:  # noqa: BLE001 - seven analysers, each with errors of its own
                continue
            if tokens and len(tokens) <= 2 * len(text) + 1:
                break
        else:
            tried, tokens = ON_SPACES, text.split()
        if tried != WHOLE:
            self.fallbacks[tried] += 1
        return tokens


def _parts(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[i : i + _WORDS_A_PART]) for i in range(0, len(words), _WORDS_A_PART)]
