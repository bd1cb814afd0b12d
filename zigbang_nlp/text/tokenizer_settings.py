"""Which tokenizer, and what it was set to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TokenizerSettings:
    """A tokenizer's name and what it was set to; enough to make the same one again.

    Attributes:
        name: a key of `taggers.TAGGERS`.
        stem: Okt reduces verbs to their dictionary form.
        model: what SentencePiece learned; empty for the others.
    """

    name: str = "mecab"
    stem: bool = False
    model: bytes = b""

    def as_dict(self) -> dict[str, object]:
        """The settings as JSON holds them; a model by its SHA-256."""
        plain: dict[str, object] = {"name": self.name, "stem": self.stem}
        if self.model:
            plain["model"] = hashlib.sha256(self.model).hexdigest()
        return plain

    @classmethod
    def from_dict(cls, values: dict[str, Any], model: bytes = b"") -> TokenizerSettings:
        """The settings that `as_dict` wrote, with the model it named.

        Raises:
            ValueError: the model is another one.
        """
        settings = cls(str(values["name"]), bool(values["stem"]), model)
        if settings.as_dict() != values:
            raise ValueError(f"the tokenizer is {values}, and its files make {settings.as_dict()}")
        return settings
