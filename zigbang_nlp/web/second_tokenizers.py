"""Tokenizers to compare with, started while nobody waits for them."""

from __future__ import annotations

import asyncio
import contextlib

from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.text.parts_of_speech import tagged
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings


class SecondTokenizers:
    """Starts each tokenizer once, in a thread of its own.

    Okt needs Java, whose start takes seconds, and half a minute on a busy machine: longer than a
    request may take.

    Args:
        patience: seconds that a request waits for a start before it does without.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self.patience = patience
        self._starts: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str) -> asyncio.Task[None]:
        """Begin to start a tokenizer, unless that was done before."""
        if name not in self._starts:
            self._starts[name] = asyncio.create_task(asyncio.to_thread(_start, name))
        return self._starts[name]

    async def ready(self, name: str) -> bool:
        """Whether its start has ended, or ends within the patience.

        One that can't start is ready too: whoever uses it hears at once why it can't.
        """
        ended, _ = await asyncio.wait([self.start(name)], timeout=self.patience)
        return bool(ended)


def _start(name: str) -> None:
    with contextlib.suppress(TokenizerError):
        tagged("역", TokenizerSettings(name))
