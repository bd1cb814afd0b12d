"""What a worker process does with a batch of texts: clean and tokenize.

A module of its own, since a worker imports it to start: with the settings, NumPy and the cache
beside it, that would take a third of a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.tokenizers import Tokenizer, TokenizerSettings
from zigbang_nlp.text.workers import Mark

#: Separates tokens where they travel and rest; a cleaned text has none.
SEPARATOR = "\n"


@dataclass(frozen=True)
class TokenizeJob:
    """What a worker does: clean and tokenize.

    Attributes:
        settings: of the tokenizer.
        max_characters: see `clean`.
    """

    settings: TokenizerSettings
    max_characters: int

    def start(
        self,
    ) -> Callable[[Sequence[str], Sequence[int], Mark], tuple[list[str], Counter[int]]]:
        """Start the tagger.

        A batch's result is the tokens of each text, joined, and how many texts needed care.
        """
        tokenizer = Tokenizer(self.settings)
        tokenizer.start()

        def run(
            texts: Sequence[str], care: Sequence[int], mark: Mark
        ) -> tuple[list[str], Counter[int]]:
            tokenizer.rescued = Counter()
            found = []
            for i, text in enumerate(texts):
                mark(i)
                tokens = tokenizer.tokenize(clean(text, self.max_characters), care[i])
                found.append(SEPARATOR.join(tokens))
            return found, tokenizer.rescued

        return run
