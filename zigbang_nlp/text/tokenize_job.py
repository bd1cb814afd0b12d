"""What a worker process does with a batch of texts: clean and tokenize.

A module of its own, since a worker imports it to start: with the settings, NumPy and the cache
beside it, that would take a third of a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import WHOLE, Tokenizer
from zigbang_nlp.workers.pool import Mark

#: Separates tokens where they travel and rest; a cleaned text has none.
SEPARATOR = "\n"

#: Of a batch: the tokens of each text, joined; how many texts were tokenized with care; and which
#: were because of the clock or a dead worker, so that they may get other tokens another time.
Tokenized = tuple[list[str], Counter[int], list[int]]


@dataclass(frozen=True)
class TokenizeJob:
    """What a worker does: clean and tokenize.

    Attributes:
        settings: of the tokenizer.
        max_characters: see `clean`.
    """

    settings: TokenizerSettings
    max_characters: int

    def start(self) -> Callable[[Sequence[str], Sequence[int], Mark], Tokenized]:
        """Start the tagger; what is returned does a batch."""
        tokenizer = Tokenizer(self.settings)
        tokenizer.start()

        def run(texts: Sequence[str], fallback_levels: Sequence[int], mark: Mark) -> Tokenized:
            tokenizer.fallbacks = Counter()
            joined = []
            for i, text in enumerate(texts):
                mark(i)
                tokens = tokenizer.tokenize(clean(text, self.max_characters), fallback_levels[i])
                joined.append(SEPARATOR.join(tokens))
            degraded = [i for i, level in enumerate(fallback_levels) if level != WHOLE]
            return joined, tokenizer.fallbacks, degraded

        return run
