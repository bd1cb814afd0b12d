"""Predictions for many callers at once, by a bundle that may be replaced under way."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from zigbang_nlp.console import log
from zigbang_nlp.errors import BundleError, ZigbangError
from zigbang_nlp.model.bundle import MANIFEST
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.records import Prediction
from zigbang_nlp.web.metrics import Metrics
from zigbang_nlp.web.problems import Problem

#: Seconds between two looks at the bundle's directory.
WATCH = 1.0
#: Texts that are classified in one go for several callers; more would make the first one wait.
_TOGETHER = 256

BUSY = Problem(
    503,
    "busy",
    "요청이 너무 많아 지금은 처리할 수 없습니다. 잠시 뒤에 다시 시도하세요.",
    "Too many requests are under way. Try again in a moment.",
    {"Retry-After": "1"},
)


@dataclass(frozen=True)
class Asked:
    """What a caller wants to know of each text, beside its label."""

    topics: bool = False
    sentences: bool = False
    explain: bool = False


@dataclass
class _Call:
    texts: Sequence[str]
    asked: Asked
    answer: asyncio.Future[tuple[list[Prediction], str]] = field(repr=False)


class Engine:
    """Classifies with the newest bundle at `directory`.

    Calls that come while another is computed wait, and are then answered together: under load the
    network sees larger batches, and a lone caller never waits for others.

    Args:
        directory: of the bundle; it may be missing, and may come or be replaced at any time.
        max_waiting: calls under way at once; more are refused.
        metrics: is told of what is classified.
    """

    def __init__(self, directory: Path, max_waiting: int, metrics: Metrics) -> None:
        self.directory = directory
        self.max_waiting = max_waiting
        self.metrics = metrics
        self.under_way = 0
        self.trouble: ZigbangError | None = None
        self._loaded: tuple[Classifier, str] | None = None
        self._seen: tuple[int, ...] | None = None
        self._failures = 0
        self._look_again = 0.0
        self._calls: deque[_Call] = deque()
        self._worker: asyncio.Task[None] | None = None
        # One thread: the tokenizer and the network each keep a core busy by themselves.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predict")

    @property
    def _in_force(self) -> tuple[Classifier, str]:
        if self._loaded is None:
            raise self.trouble or BundleError(
                f"There is no model in {self.directory}.", "Run `zigbang-nlp train` first."
            )
        return self._loaded

    @property
    def classifier(self) -> Classifier:
        """The bundle in force.

        Raises:
            BundleError: there is none.
        """
        return self._in_force[0]

    @property
    def model(self) -> str | None:
        """The identity of the bundle in force, or None."""
        return self._loaded[1] if self._loaded else None

    def refuse_when_full(self) -> None:
        """Raise the problem that too many calls are under way, if they are."""
        if self.under_way >= self.max_waiting:
            raise BUSY

    async def predict(
        self, texts: Sequence[str], asked: Asked = Asked()
    ) -> tuple[list[Prediction], str]:
        """The predictions of texts, in order, and the identity of the model that made them.

        Raises:
            Problem: too many calls are under way.
            BundleError: there is no bundle, or it lacks what is asked.
        """
        self.refuse_when_full()
        self.classifier  # noqa: B018 - without one there is nothing to wait for
        call = _Call(texts, asked, asyncio.get_running_loop().create_future())
        self._calls.append(call)
        self.under_way += 1
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        try:
            return await call.answer
        finally:
            self.under_way -= 1

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._calls:
            together = self._take()
            if not together:
                continue
            texts = [text for call in together for text in call.texts]
            try:
                found, model = await loop.run_in_executor(
                    self._thread, self._predict, texts, together[0].asked
                )
            except Exception as error:  # noqa: BLE001 - it belongs to those who asked
                for call in together:
                    if not call.answer.done():
                        call.answer.set_exception(error)
                continue
            self.metrics.texts.inc(len(texts))
            self.metrics.batches.inc()
            at = 0
            for call in together:
                if not call.answer.done():
                    call.answer.set_result((found[at : at + len(call.texts)], model))
                at += len(call.texts)

    def _take(self) -> list[_Call]:
        """The next calls that can be answered together; those given up by their callers are not."""
        together: list[_Call] = []
        count = 0
        while self._calls:
            call = self._calls[0]
            if not call.answer.done():
                if together and (
                    call.asked != together[0].asked or count + len(call.texts) > _TOGETHER
                ):
                    break
                together.append(call)
                count += len(call.texts)
            self._calls.popleft()
        return together

    def _predict(self, texts: list[str], asked: Asked) -> tuple[list[Prediction], str]:
        classifier, model = self._in_force
        more = {"explain": True} if asked.explain else {}
        return classifier.predict(texts, asked.topics, asked.sentences, **more), model

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Load the bundle, and again whenever it is replaced, until the block ends."""
        await self.look()
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH)
            await self.look()

    async def look(self) -> None:
        """Load the bundle if it isn't the one in force; a damaged one leaves the old in force."""
        seen = _marks(self.directory / MANIFEST)
        if seen is None or seen == self._seen or time.monotonic() < self._look_again:
            return
        try:
            # Not in the prediction's thread, so that callers don't wait for it.
            fresh = await asyncio.to_thread(_load, self.directory)
        except ZigbangError as error:
            if self.trouble is None or str(error) != str(self.trouble):
                log.warning("The model in %s is not used: %s", self.directory, error)
            self.trouble = error
            # It may be half-written, or damaged for good: look again, less and less often.
            self._failures += 1
            self._look_again = time.monotonic() + min(WATCH * 2**self._failures, 60)
            return
        self._failures = 0
        self._seen, self.trouble, self._loaded = seen, None, fresh
        log.info("The model %s is in force.", fresh[1])


def _marks(manifest: Path) -> tuple[int, ...] | None:
    """What differs between two manifests at one path; None where there is none."""
    try:
        found = manifest.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _load(directory: Path) -> tuple[Classifier, str]:
    """A bundle with all its parts in memory, so that its files may be replaced."""
    classifier = Classifier.load(directory)
    classifier.predict(["역이 가까워요"])
    for part in ("topic_model", "explainer"):
        with contextlib.suppress(BundleError):
            getattr(classifier, part, None)
    return classifier, classifier.bundle.identity()
