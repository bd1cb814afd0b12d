"""Calls of many callers, answered by one thread, several at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")

#: Texts that are answered in one go; more would make the first caller wait for the others.
_TOGETHER = 256


@dataclass
class _Call(Generic[Answer]):
    texts: Sequence[str]
    questions: Hashable
    answer: asyncio.Future[tuple[list[Answer], str]] = field(repr=False)


class MicroBatcher(Generic[Answer]):
    """Calls that come while another is computed wait, and are then answered together.

    Under load the network sees larger batches; a lone caller never waits for others to come.

    Args:
        find: (texts, questions) -> (one answer a text, the model that gave them); runs in a thread.
    """

    def __init__(
        self, find: Callable[[list[str], Any], tuple[list[Answer], str]], name: str
    ) -> None:
        self._find = find
        self._calls: deque[_Call[Answer]] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def ask(self, texts: Sequence[str], questions: Hashable) -> tuple[list[Answer], str]:
        """The answers to texts, in order; raises what `find` raises."""
        call: _Call[Answer] = _Call(texts, questions, asyncio.get_running_loop().create_future())
        self._calls.append(call)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await call.answer

    def close(self) -> None:
        """Take no more work; what waits is cancelled."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while together := self._take():
            texts = [text for call in together for text in call.texts]
            try:
                answers, model = await loop.run_in_executor(
                    self._thread, self._find, texts, together[0].questions
                )
            except Exception as error:  # noqa: BLE001 - it belongs to those who asked
                for call in together:
                    if not call.answer.done():
                        call.answer.set_exception(error)
                continue
            at = 0
            for call in together:
                if not call.answer.done():
                    call.answer.set_result((answers[at : at + len(call.texts)], model))
                at += len(call.texts)

    def _take(self) -> list[_Call[Answer]]:
        """The next calls that can be answered together, without those that were given up."""
        together: list[_Call[Answer]] = []
        count = 0
        while self._calls:
            call = self._calls[0]
            if not call.answer.done():
                if together and (
                    call.questions != together[0].questions or count + len(call.texts) > _TOGETHER
                ):
                    break
                together.append(call)
                count += len(call.texts)
            self._calls.popleft()
        return together
