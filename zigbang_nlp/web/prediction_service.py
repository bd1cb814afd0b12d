"""Predictions for many callers at once, by a bundle that may be replaced under way."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from zigbang_nlp.console import log
from zigbang_nlp.errors import BundleError, ZigbangError
from zigbang_nlp.model.bundle import MANIFEST, serves_by_default
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.records import LABEL_ONLY, Prediction, PredictionOptions, WordShare
from zigbang_nlp.trace.tracer import Tracer
from zigbang_nlp.web.metrics import Metrics
from zigbang_nlp.web.micro_batcher import MicroBatcher
from zigbang_nlp.web.problems import Problem

#: Seconds between two looks at the bundle's directory.
WATCH = 1.0
#: Calls of more texts than this, and explanations, go a way of their own, so that nobody with one
#: text waits behind them.
_SMALL = 32


class PredictionService:
    """Classifies with the newest bundle at `directory`.

    Args:
        directory: of the bundle; it may be missing, and may come or be replaced at any time.
        better: where a bundle may come that is to take its place, or None.
        max_waiting: calls under way at once; more are refused.
        metrics: is told of what is classified.
    """

    def __init__(
        self, directory: Path, max_waiting: int, metrics: Metrics, better: Path | None = None
    ) -> None:
        self.directory = directory
        self._better = better
        self.max_waiting = max_waiting
        self.metrics = metrics
        self.under_way = 0
        self.trouble: ZigbangError | None = None
        self._loaded: tuple[Classifier, str] | None = None
        self._tracer: Tracer | None = None
        self._seen: tuple[int, ...] | None = None
        self._failures = 0
        self._look_again = 0.0
        self._small = MicroBatcher(self._predict, "predict")
        self._large = MicroBatcher(self._predict, "predict-large")
        self._words = MicroBatcher(self._word_shares, "words")

    @property
    def _in_force(self) -> tuple[Classifier, str]:
        if self._loaded is None:
            error = self.trouble or BundleError(
                f"There is no model in {self.directory}.", "Run `zigbang-nlp train` first."
            )
            raise error.with_traceback(None)  # else it grows each time that it is raised
        return self._loaded

    @property
    def classifier(self) -> Classifier:
        """The bundle in force.

        Raises:
            BundleError: there is none.
        """
        return self._in_force[0]

    @property
    def tracer(self) -> Tracer:
        """What follows one text through the bundle in force.

        Raises:
            BundleError: there is none.
        """
        if self._tracer is None or self._tracer.classifier is not self.classifier:
            self._tracer = Tracer(self.classifier)
        return self._tracer

    @property
    def model(self) -> str | None:
        """The identity of the bundle in force, or None."""
        return self._loaded[1] if self._loaded else None

    @property
    def tells_topics(self) -> bool:
        """Whether the bundle in force can tell categories and topics."""
        return self._loaded is not None and self._loaded[0].tells_topics

    def refuse_when_full(self) -> None:
        """Raise the problem that too many calls are under way, if they are."""
        if self.under_way >= self.max_waiting:
            raise Problem(
                503,
                "busy",
                "요청이 많아 지금은 처리할 수 없습니다. 잠시 뒤에 다시 시도하세요.",
                {"Retry-After": "1"},
            )

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        """Count a call as under way until the block ends; refuse it where there are too many."""
        self.refuse_when_full()
        self.classifier  # noqa: B018 - without one there is nothing to wait for
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1

    async def predict(
        self, texts: Sequence[str], asked: PredictionOptions = LABEL_ONLY
    ) -> tuple[list[Prediction], str]:
        """The predictions of texts, in order, and the identity of the model that made them.

        Raises:
            Problem: too many calls are under way.
            BundleError: there is no bundle, or it lacks what is asked.
        """
        small = len(texts) <= _SMALL and not asked.explain
        with self._counted():
            return await (self._small if small else self._large).ask(texts, asked)

    def _predict(self, texts: list[str], asked: PredictionOptions) -> tuple[list[Prediction], str]:
        classifier, model = self._in_force
        predictions = classifier.predict(
            texts, asked.topics, asked.sentences, asked.explain, asked.aspects
        )
        self.metrics.texts.inc(len(texts))
        self.metrics.batches.inc()
        return predictions, model

    async def words(self, texts: Sequence[str]) -> tuple[list[tuple[WordShare, ...]], str]:
        """What each word of each text adds, see `Explainer.words`, and the model's identity.

        Raises:
            Problem: too many calls are under way.
            BundleError: there is no bundle, or its network can't be explained.
        """
        with self._counted():
            return await self._words.ask(texts, None)

    def _word_shares(self, texts: list[str], _: None) -> tuple[list[tuple[WordShare, ...]], str]:
        classifier, model = self._in_force
        return classifier.explainer.words(texts), model

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
            self._small.close()
            self._large.close()
            self._words.close()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH)
            await self.look()

    async def look(self) -> None:
        """Load the bundle if it isn't the one in force; a damaged one leaves the old in force."""
        better = self._better
        if better and _marks(better / MANIFEST) and serves_by_default(better)[0]:
            self.directory, self._better = better, None
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
        log.info("The model %s is now in use.", fresh[1])


def _marks(manifest: Path) -> tuple[int, ...] | None:
    """What differs between two manifests at one path; None where there is none."""
    try:
        status = manifest.stat()
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_size)


def _load(directory: Path) -> tuple[Classifier, str]:
    """A bundle with all its parts in memory, so that its files may be replaced."""
    # One thread: the other cores are for those who read and write.
    classifier = Classifier.load(directory, threads=1)
    classifier.start()
    for part in ("topic_model", "explainer"):
        with contextlib.suppress(BundleError):
            getattr(classifier, part)
    # What stays for good needn't be gone through at each collection, which stops all callers.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    return classifier, classifier.bundle.identity()
