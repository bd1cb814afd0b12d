"""Tokens and their integers.

Beside whole tokens a vocabulary may hold pieces (written "##주차"), one to three characters that
occur in the tokens too rare for an id of their own. An unknown token is then spelled with the
longest pieces that fit, and only what is left of it becomes out-of-vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from zigbang_nlp.errors import DataError

PADDING, OUT_OF_VOCABULARY = 0, 1
SPECIALS = ("<pad>", "<oov>")
PIECE = "##"
#: Characters of a piece at most; longer ones are as rare as the tokens they would spell.
_LONGEST_PIECE = 3
#: Ids that one unknown token may become at most, so that a long one can't fill a review.
_MOST_PIECES = 12


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by falling frequency: id 0 is padding, 1 out-of-vocabulary, 2 the commonest token.

    Attributes:
        tokens: tokens[i] has the id i + 2.
    """

    tokens: tuple[str, ...]

    @classmethod
    def build(
        cls,
        token_lists: Iterable[Sequence[str]],
        min_count: int,
        max_size: int,
        piece_min_count: int = 0,
    ) -> Vocabulary:
        """Rank the tokens of the training split and cut the rare ones.

        Args:
            token_lists: the tokens of each training text.
            min_count: tokens seen fewer times are left out.
            max_size: ids at most, the two special ones included.
            piece_min_count: pieces of the tokens left out need this many; 0 = no pieces.

        Raises:
            DataError: no token is frequent enough.
        """
        counts = Counter(token for tokens in token_lists for token in tokens)
        return cls.from_counts(counts, min_count, max_size, piece_min_count)

    @classmethod
    def from_counts(
        cls, counts: Counter[str], min_count: int, max_size: int, piece_min_count: int = 0
    ) -> Vocabulary:
        """As `build`, from counts; ties are in the order of the tokens themselves."""
        kept = {token: count for token, count in counts.items() if count >= min_count}
        if not kept:
            raise DataError(
                f"No token occurs {min_count} times in the training texts.",
                "Lower preprocess.min_count, or add reviews.",
            )
        if piece_min_count:
            pieces: Counter[str] = Counter()
            for token, count in counts.items():
                if token not in kept:
                    for piece in _pieces_of(token):
                        pieces[PIECE + piece] += count
            kept.update((p, count) for p, count in pieces.items() if count >= piece_min_count)
        return cls(_ranked(kept)[: max_size - len(SPECIALS)])

    def extended(self, counts: Counter[str], min_count: int, most: int) -> Vocabulary:
        """This vocabulary with the frequent new tokens of another domain behind it.

        Args:
            counts: of the new domain's tokens.
            min_count: tokens seen fewer times stay unknown (and are spelled with pieces).
            most: new tokens at most.
        """
        new = {t: c for t, c in counts.items() if c >= min_count and t not in self.ids}
        return Vocabulary(self.tokens + _ranked(new)[:most])

    def __len__(self) -> int:
        """Number of ids, padding and out-of-vocabulary included."""
        return len(self.tokens) + len(SPECIALS)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Token or piece -> id."""
        return {token: i for i, token in enumerate(self.tokens, start=len(SPECIALS))}

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The ids of tokens, in order; an unknown token is one id (1) or those of its pieces."""
        ids = self.ids
        encoded: list[int] = []
        for token in tokens:
            known = ids.get(token)
            if known is not None:
                encoded.append(known)
            else:
                encoded += self._spelled(token)
        return encoded

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The tokens and pieces of ids; padding is left out."""
        table = SPECIALS + self.tokens
        return [table[i] for i in ids if i != PADDING]

    @cached_property
    def _has_pieces(self) -> bool:
        return any(token.startswith(PIECE) and len(token) > len(PIECE) for token in self.tokens)

    def _spelled(self, token: str) -> list[int]:
        """Greedy longest match; what no piece covers is one 1 a stretch."""
        if not self._has_pieces:
            return [OUT_OF_VOCABULARY]
        spelled: list[int] = []
        at = 0
        while at < len(token) and len(spelled) < _MOST_PIECES:
            for size in range(min(_LONGEST_PIECE, len(token) - at), 0, -1):
                piece = self.ids.get(PIECE + token[at : at + size])
                if piece is not None:
                    spelled.append(piece)
                    at += size
                    break
            else:
                if not spelled or spelled[-1] != OUT_OF_VOCABULARY:
                    spelled.append(OUT_OF_VOCABULARY)
                at += 1
        return spelled


def _ranked(counts: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda token: (-counts[token], token)))


def _pieces_of(token: str) -> set[str]:
    """The distinct substrings of up to three characters."""
    return {
        token[at : at + size]
        for size in range(1, _LONGEST_PIECE + 1)
        for at in range(len(token) - size + 1)
    }
