"""A key for each text, by which what was made of it is kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from zigbang_nlp.files import sha256_of_json

#: Halves of a key.
KEY = np.dtype("<u8")


class TextKeys:
    """Keys of 128 bits: BLAKE2 over the text and everything that what is kept depends on.

    Args:
        depends_on: the settings and versions it depends on, as JSON holds them.
    """

    def __init__(self, depends_on: object) -> None:
        self._salted = hashlib.blake2b(sha256_of_json(depends_on).encode(), digest_size=16)

    def of(self, texts: Iterable[str]) -> np.ndarray:
        """uint64 (texts, 2): the key of each text."""
        digests, copied = [], self._salted.copy
        for text in texts:
            salted = copied()
            salted.update(text.encode("utf-8", "surrogatepass"))
            digests.append(salted.digest())
        return np.frombuffer(b"".join(digests), KEY).reshape(-1, 2)
