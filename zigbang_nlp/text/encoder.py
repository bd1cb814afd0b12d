"""Text to integers, the one way for training and serving."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from pathlib import Path

import numpy as np

from zigbang_nlp.errors import BundleError
from zigbang_nlp.files import write_json
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import WHOLE, Tokenizer
from zigbang_nlp.text.vocabulary import PADDING, Vocabulary

ENCODER_FILE, VOCABULARY_FILE = "encoder.json", "vocabulary.json"
#: What a tokenizer learned from the corpus, where it is one that learns.
TOKENIZER_FILE = "tokenizer.model"

_AS_A_WHOLE = repeat(WHOLE)


@dataclass(frozen=True)
class Encoder:
    """Cleans, tokenizes and integer-encodes texts.

    Attributes:
        tokenizer_settings: which tokenizer.
        vocabulary: token ids.
        length: ids that the network is trained on at most, of a text's beginning; longer texts are
            read in windows of as many (see `Network.probabilities`).
        max_characters: where texts are cut before tokenizing.
    """

    tokenizer_settings: TokenizerSettings
    vocabulary: Vocabulary
    length: int
    max_characters: int

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of these settings; started on first use."""
        return Tokenizer(self.tokenizer_settings)

    def whole_ids(
        self,
        texts: Iterable[str],
        fallback_levels: Iterable[int] = _AS_A_WHOLE,
        mark: Callable[[int], object] = lambda _: None,
    ) -> list[list[int]]:
        """All ids of each text, unpadded; empty for a blank text.

        Args:
            texts: any texts; of one that `is_too_long`, the first `max_characters`.
            fallback_levels: where each begins, see `Tokenizer.tokenize`.
            mark: called with the index of each text before it is tokenized, and with -1 at last.
        """
        token_lists = self.tokenize(texts, fallback_levels, mark)
        return [self.vocabulary.encode(tokens) for tokens in token_lists]

    def tokenize(
        self,
        texts: Iterable[str],
        fallback_levels: Iterable[int] = _AS_A_WHOLE,
        mark: Callable[[int], object] = lambda _: None,
    ) -> list[list[str]]:
        """All tokens of each text, cleaned before; see `whole_ids` for the arguments."""
        token_lists = []
        for i, (text, how) in enumerate(zip(texts, fallback_levels, strict=False)):
            mark(i)
            token_lists.append(self.tokenizer.tokenize(clean(text, self.max_characters), how))
        mark(-1)
        return token_lists

    def ids(self, texts: Iterable[str]) -> list[list[int]]:
        """The first `length` ids of each text, as the network is trained on them."""
        return [row[: self.length] for row in self.whole_ids(texts)]

    def is_too_long(self, text: str) -> bool:
        """Whether a text has more than `max_characters` once it is cleaned, so that some aren't read."""
        longer = self.max_characters + 1
        return len(text) >= longer and len(clean(text, longer)) >= longer

    def encode(self, texts: Iterable[str]) -> np.ndarray:
        """The ids of texts as int32 of shape (texts, length), padded with 0 on the right."""
        return pad(self.ids(texts), self.length)

    def save(self, directory: Path) -> None:
        """Write `encoder.json`, `vocabulary.json` and, for SentencePiece, `tokenizer.model`."""
        if self.tokenizer_settings.model:
            (directory / TOKENIZER_FILE).write_bytes(self.tokenizer_settings.model)
        settings = {
            "tokenizer": self.tokenizer_settings.as_dict(),
            "length": self.length,
            "max_characters": self.max_characters,
            "vocabulary_size": len(self.vocabulary),
        }
        write_json(directory / ENCODER_FILE, settings)
        write_json(directory / VOCABULARY_FILE, list(self.vocabulary.tokens))

    @classmethod
    def load(cls, directory: Path) -> Encoder:
        """Read what `save` wrote.

        Raises:
            BundleError: a file is missing or is not what `save` writes.
        """
        try:
            settings, tokens = (
                json.loads((directory / name).read_text(encoding="utf-8"))
                for name in (ENCODER_FILE, VOCABULARY_FILE)
            )
            file = directory / TOKENIZER_FILE
            model = file.read_bytes() if file.is_file() else b""
            encoder = cls(
                TokenizerSettings.from_dict(settings["tokenizer"], model),
                Vocabulary(tuple(tokens)),
                int(settings["length"]),
                int(settings["max_characters"]),
            )
            if settings["vocabulary_size"] != len(encoder.vocabulary):
                raise ValueError(
                    f"{VOCABULARY_FILE} makes {len(encoder.vocabulary)} ids, "
                    f"{ENCODER_FILE} says {settings['vocabulary_size']}"
                )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BundleError(
                f"{directory} holds no usable encoder: {error}.",
                "Run `zigbang-nlp preprocess` and `zigbang-nlp train` again.",
            ) from error
        return encoder


def pad(rows: Sequence[Sequence[int]], length: int) -> np.ndarray:
    """Rows of ids as int32 of shape (rows, length): cut to `length`, 0 on the right."""
    array = np.full((len(rows), length), PADDING, dtype=np.int32)
    for i, row in enumerate(rows):
        array[i, : len(row)] = row[:length]
    return array


def unpadded(ids: np.ndarray) -> list[list[int]]:
    """What `pad` was given, as far as it was kept: the ids of each row of (rows, length).

    >>> unpadded(pad([[5, 7], []], 3))
    [[5, 7], []]
    """
    return [row[row != PADDING].tolist() for row in np.asarray(ids)]
