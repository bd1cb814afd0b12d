"""Tokens and their integers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from zigbang_nlp.errors import DataError

PADDING, OUT_OF_VOCABULARY = 0, 1
SPECIALS = ("<pad>", "<oov>")


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by falling frequency: id 0 is padding, 1 out-of-vocabulary, 2 the commonest token.

    Attributes:
        tokens: tokens[i] has the id i + 2.
    """

    tokens: tuple[str, ...]

    @classmethod
    def build(
        cls, token_lists: Iterable[Sequence[str]], min_count: int, max_size: int
    ) -> Vocabulary:
        """Rank the tokens of the training split and cut the rare ones.

        Args:
            token_lists: the tokens of each training text.
            min_count: tokens seen fewer times are left out.
            max_size: ids at most, the two special ones included.

        Raises:
            DataError: no token is frequent enough.
        """
        return cls.from_counts(
            Counter(token for tokens in token_lists for token in tokens), min_count, max_size
        )

    @classmethod
    def from_counts(cls, counts: Counter[str], min_count: int, max_size: int) -> Vocabulary:
        """As `build`, from counts; ties are in the order of the tokens themselves."""
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        kept = [token for token, count in ranked if count >= min_count][: max_size - 2]
        if not kept:
            raise DataError(
                f"No token occurs {min_count} times in the training texts.",
                "Lower preprocess.min_count, or add reviews.",
            )
        return cls(tuple(kept))

    def __len__(self) -> int:
        """Number of ids, padding and out-of-vocabulary included."""
        return len(self.tokens) + len(SPECIALS)

    @cached_property
    def ids(self) -> dict[str, int]:
        """token -> id."""
        return {token: i for i, token in enumerate(self.tokens, start=len(SPECIALS))}

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """The ids of tokens; those not in the vocabulary are 1."""
        ids = self.ids
        return [ids.get(token, OUT_OF_VOCABULARY) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The tokens of ids; padding is left out."""
        table = SPECIALS + self.tokens
        return [table[i] for i in ids if i != PADDING]
