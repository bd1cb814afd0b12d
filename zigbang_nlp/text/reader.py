"""Texts to ids, by way of the token cache where there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.text.encoder import Encoder
from zigbang_nlp.text.token_cache import TokenCache
from zigbang_nlp.text.tokenizers import WHOLE
from zigbang_nlp.text.tokenizing import token_cache


@dataclass(frozen=True)
class Reader:
    """Does what `Encoder.whole_ids` does, and tokenizes no text a second time.

    Attributes:
        encoder: whose tokens and ids these are.
        cache: None = every text is tokenized.
    """

    encoder: Encoder
    cache: TokenCache | None = None

    @classmethod
    def open(cls, encoder: Encoder, tokens: Path | None, how: TokenizeSettings) -> Reader:
        """A reader that keeps what it tokenizes.

        Args:
            encoder: see the class.
            tokens: directory of the cache; None = without.
            how: whether there is to be a cache, and its size.
        """
        settings, most = encoder.tokenizer_settings, encoder.max_characters
        return cls(encoder, token_cache(tokens, settings, most, how))

    def __call__(
        self,
        texts: Sequence[str],
        fallback_levels: Sequence[int] | None = None,
        mark: Callable[[int], object] = lambda _: None,
    ) -> list[list[int]]:
        """All ids of each text; see `Encoder.whole_ids` for the arguments."""
        levels = [WHOLE] * len(texts) if fallback_levels is None else fallback_levels
        if self.cache is None:
            return self.encoder.whole_ids(texts, levels, mark)
        keys = self.cache.keys(texts)
        tokens_of = self.cache.find(keys)
        missing = [i for i, tokens in enumerate(tokens_of) if tokens is None]
        fresh = self.encoder.tokenize(
            [texts[i] for i in missing],
            [levels[i] for i in missing],
            lambda at: mark(at if at < 0 else missing[at]),
        )
        for i, tokens in zip(missing, fresh, strict=True):
            tokens_of[i] = tokens
        # What the clock had done with care may get other tokens another time.
        sure = [i for i in missing if levels[i] == WHOLE]
        whole = cast("list[list[str]]", tokens_of)
        self.cache.keep(keys[sure], [whole[i] for i in sure])
        return [self.encoder.vocabulary.encode(tokens) for tokens in whole]
