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
    # What a prediction holds where it is asked for and nothing is found.
    empty: dict[str, Any] = {"topics": (), "aspects": (), "stars": Stars(3.0, ())}
    wanted = {name: value for name, value in empty.items() if getattr(asked, name)}
    names = Prediction("", None, 0.0, **wanted).as_row()
    return {name: [row.get(name) for row in rows] for name in names}


Result = TypeVar("Result")
#: What is said of texts and their ids; a function of a module, so that it can travel.
Judge = Callable[[Classifier, Sequence[str], Sequence[list[int]]], Result]
#: What is said of a batch, and how many of its texts needed care.
Lot = tuple[Result, Counter[int]]
Run = Callable[[Sequence[str], Sequence[int], Mark], Lot[Result]]


@dataclass(frozen=True)
class BundleJob(Generic[Result]):
    """What a worker does: load the bundle, then batch after batch on its core.

    Attributes:
        model: directory of the bundle.
        batch_size: texts the network takes at once.
        judge: what is said of a batch.
        reliability, complaints: see `Classifier.load`.
        tokens: directory of the token cache; None = without.
        how: size of the cache.
    """

    model: Path
    batch_size: int
    judge: Judge[Result]
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
        return _runner(self.judge, classifier, self.tokens, self.how)


def _runner(
    judge: Judge[Result], classifier: Classifier, tokens: Path | None, how: TokenizeSettings
) -> Run[Result]:
    encoder = classifier.bundle.encoder
    reader = Reader.open(encoder, tokens, how)

    def run(texts: Sequence[str], fallback_levels: Sequence[int], mark: Mark) -> Lot[Result]:
        encoder.tokenizer.fallbacks = Counter()
        result = judge(classifier, texts, reader(texts, fallback_levels, mark))
        return result, encoder.tokenizer.fallbacks

    return run


def scored(
    asked: PredictionOptions,
    classifier: Classifier,
    texts: Sequence[str],
    ids: Sequence[list[int]],
) -> Columns:
    """The columns of a batch."""
    return columns_of(classifier.predict_ids(texts, ids, asked), asked)


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
    for lots in in_lots(partial(scored, asked), classifier, chunks, how, total, tokens):
        yield {name: [value for lot in lots for value in lot[name]] for name in lots[0]}


def in_lots(
    judge: Judge[Result],
    classifier: Classifier,
    chunks: Iterable[Sequence[str]],
    how: TokenizeSettings,
    total: int | None,
    tokens: Path | None = None,
) -> Iterator[list[Result]]:
    """What `judge` says of each chunk's batches, in order; for the rest see `predict_chunks`."""
    quick = classifier.bundle.encoder.tokenizer_settings.name in ("mecab", "sentencepiece")
    size = _BATCH if quick else _SLOW_BATCH
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
                judge,
                classifier.reliability,
                classifier.complaints,
                tokens,
                how,
            )
            results = stack.enter_context(Workers(job, count, how.time_limit)).map(batches())
        else:
            here = _runner(judge, classifier, tokens, how)
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
