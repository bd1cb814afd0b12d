"""Many texts at once: from text to probability in worker processes, results in order."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.records import LABEL_ONLY, Prediction, PredictionOptions, Stars
from zigbang_nlp.text.reader import Reader
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import WHOLE
from zigbang_nlp.text.tokenizing import report_fallbacks
from zigbang_nlp.workers.pool import Mark, Workers, worker_count

#: Texts that a worker gets at once: enough to sort by length, so that little padding is computed.
_BATCH, _SLOW_BATCH = 2_048, 256
#: Batches below which starting workers takes longer than the work.
_WORTH = 8


#: What the model says of some texts: column by column, see `Prediction.as_row`.
Columns = dict[str, list[Any]]


def columns_of(predictions: Sequence[Prediction], asked: PredictionOptions) -> Columns:
    """Predictions as columns of a table."""
    rows = [prediction.as_row() for prediction in predictions]
    names = Prediction("", None, 0.0, **_empty(asked)).as_row()
    return {name: [row.get(name) for row in rows] for name in names}


def _empty(asked: PredictionOptions) -> dict[str, Any]:
    """What a prediction holds where it is asked for and nothing is found."""
    empty: dict[str, Any] = {"topics": (), "aspects": (), "stars": Stars(3.0, ())}
    return {name: value for name, value in empty.items() if getattr(asked, name)}


def joined(parts: Sequence[Columns]) -> Columns:
    """The columns of several lots of texts as one."""
    return {name: [value for part in parts for value in part[name]] for name in parts[0]}


Result = TypeVar("Result")
#: What is said of a batch, and how many of its texts needed care.
Lot = tuple[Result, Counter[int]]
Run = Callable[[Sequence[str], Sequence[int], Mark], Lot[Result]]
Work = Callable[[Classifier, Reader], Run[Result]]


@dataclass(frozen=True)
class BundleJob(Generic[Result]):
    """What a worker does: load the bundle, then batch after batch on its core.

    Attributes:
        model: directory of the bundle.
        batch_size: texts the network takes at once.
        work: gives what is done with a batch.
        reliability, complaints: see `Classifier.load`.
        tokens: directory of the token cache; None = without.
        how: size of the cache.
    """

    model: Path
    batch_size: int
    work: Work[Result]
    reliability: float | None = None
    complaints: float | None = None
    tokens: Path | None = None
    how: TokenizeSettings = field(default_factory=TokenizeSettings)

    def start(self) -> Run[Result]:
        """Load the bundle and start its tokenizer."""
        classifier = Classifier.load(
            self.model, self.batch_size, 1, self.reliability, self.complaints
        )
        classifier.start()
        return self.work(classifier, Reader.open(classifier.bundle.encoder, self.tokens, self.how))


def scorer(asked: PredictionOptions, classifier: Classifier, reader: Reader) -> Run[Columns]:
    """A function texts, their care, `mark` -> their columns, and how many needed care."""
    encoder = classifier.bundle.encoder

    def run(texts: Sequence[str], fallback_levels: Sequence[int], mark: Mark) -> Lot[Columns]:
        encoder.tokenizer.fallbacks = Counter()
        ids = reader(texts, fallback_levels, mark)
        predictions = classifier.predict_ids(texts, ids, asked)
        return columns_of(predictions, asked), encoder.tokenizer.fallbacks

    return run


def predict_chunks(
    classifier: Classifier,
    chunks: Iterable[Sequence[str]],
    how: TokenizeSettings,
    total: int | None = None,
    asked: PredictionOptions = LABEL_ONLY,
    tokens: Path | None = None,
) -> Iterator[Columns]:
    """The columns of each chunk, in order; chunks are asked for only as they are needed.

    Args:
        classifier: with its bundle.
        chunks: lots of texts, of any size.
        how: workers, time limit, size of the cache.
        total: how many texts there are, None if unknown (then it is taken for many).
        asked: what to tell beside the label.
        tokens: directory of the token cache; None = without.
    """
    return map(joined, in_lots(partial(scorer, asked), classifier, chunks, how, total, tokens))


def in_lots(
    work: Work[Result],
    classifier: Classifier,
    chunks: Iterable[Sequence[str]],
    how: TokenizeSettings,
    total: int | None,
    tokens: Path | None = None,
) -> Iterator[list[Result]]:
    """The results of each chunk's batches, in order.

    Args:
        work: gives what is done with a batch; a function of a module, so that it can travel.
        classifier: see `predict_chunks`.
        chunks: see `predict_chunks`.
        how: see `predict_chunks`.
        total: see `predict_chunks`.
        tokens: see `predict_chunks`.
    """
    size = batch_size(classifier.bundle.encoder.tokenizer_settings)
    count = worker_count(how.workers, total, _WORTH * size)
    batches_of: deque[int] = deque()

    def batches() -> Iterator[Sequence[str]]:
        for texts in chunks:
            cut = [texts[at : at + size] for at in range(0, len(texts), size)] or [[]]
            batches_of.append(len(cut))
            yield from cut

    fallbacks: Counter[int] = Counter()
    with ExitStack() as stack:
        results: Iterator[Lot[Result]]
        if count > 1:
            job = BundleJob(
                classifier.bundle.directory,
                classifier.batch_size,
                work,
                classifier.reliability,
                classifier.complaints,
                tokens,
                how,
            )
            results = stack.enter_context(Workers(job, count, how.time_limit)).map(batches())
        else:
            here = work(classifier, Reader.open(classifier.bundle.encoder, tokens, how))
            results = (here(b, [WHOLE] * len(b), lambda _: None) for b in batches())
        lot: list[Result] = []
        for result, with_care in results:
            lot.append(result)
            fallbacks += with_care
            if len(lot) == batches_of[0]:
                batches_of.popleft()
                yield lot
                lot = []
    report_fallbacks(fallbacks)


def batch_size(settings: TokenizerSettings) -> int:
    """Texts that a worker gets at once."""
    return _BATCH if settings.name in ("mecab", "sentencepiece") else _SLOW_BATCH
