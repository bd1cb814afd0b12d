"""The network at work: lists of ids -> probabilities, on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.architecture import STARS
from zigbang_nlp.text.encoder import pad

#: Ids of a batch at most, padding included: what the LSTM works in stays small and in the cache
#: (at 8,192 ids it is a tenth slower).
_TOKENS = 2_048
#: What a step of the LSTM costs besides its rows, in rows: the weights pass through the cache, and
#: threads meet. From 2 to 5 it makes little difference.
_STEP = 4
#: Rows of a batch below which a second thread is more trouble than help.
_FEW = 8
#: What a row without ids has of each output.
_OF_NO_IDS: dict[str, Any] = {
    "probability": np.float32(0.5),
    "logit": np.float64(0.5),  # as a probability
    "stars": np.full(STARS, 1 / STARS, np.float32),
}


class Network:
    """A bundle's network.

    Args:
        path: the ONNX file.
        threads: that it uses; 0 = one a core.
        shift: added to the log-odds of every probability, see `evaluation.label_shift`.

    Raises:
        BundleError: the file can't be read as a network.
    """

    def __init__(self, path: Path, threads: int = 0, shift: float = 0.0) -> None:
        try:
            model = path.read_bytes()
            self._for_few = _session(model, threads=1)
        except Exception as error:
            raise BundleError(
                f"{path} can't be read as a network: {error}.", "Run `zigbang-nlp train` again."
            ) from error
        self._threads, self.shift = threads, shift
        # Kept for the second session, since the file may be another by then.
        self._model = b"" if threads == 1 else model

    @cached_property
    def _for_many(self) -> onnxruntime.InferenceSession:
        return self._for_few if self._threads == 1 else _session(self._model, self._threads)

    @property
    def tells_stars(self) -> bool:
        """Whether the network has the second output."""
        return "stars" in self._outputs

    @cached_property
    def _outputs(self) -> set[str]:
        return {output.name for output in self._for_few.get_outputs()}

    def probabilities(
        self, ids: Sequence[Sequence[int]], batch_size: int = 256, window: int | None = None
    ) -> np.ndarray:
        """Probability of positive for each row of ids; float32 (rows,), in the rows' order.

        Rows are sorted by length and padded only to the longest of their batch (see `batches`).
        Rows without ids come out as 0.5.

        Args:
            ids: of each text.
            batch_size: rows the network takes at once.
            window: a longer row is read in as many windows as it needs, of equal length, and has
                the mean of their probabilities, so that no end of a long text is passed over.
        """
        return self._told(["probability"], ids, batch_size, window)[0]

    def precise(
        self, ids: Sequence[Sequence[int]], batch_size: int = 256, window: int | None = None
    ) -> np.ndarray:
        """As `probabilities`, float64, from the log-odds: right also within 1e-7 of 0 and 1.

        Networks of bundles that were made before they told their log-odds give what 32 bits hold.
        """
        if "logit" not in self._outputs:
            return self.probabilities(ids, batch_size, window).astype(np.float64)
        return self._told(["logit"], ids, batch_size, window)[0]

    def with_stars(
        self, ids: Sequence[Sequence[int]], batch_size: int = 256, window: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `probabilities`, and the share of each of one to five stars; float32 (rows, 5).

        Rows without ids have a fifth for each.
        """
        result, stars = self._told(["probability", "stars"], ids, batch_size, window)
        return result, stars

    def _told(
        self, outputs: list[str], ids: Sequence[Sequence[int]], batch_size: int, window: int | None
    ) -> list[np.ndarray]:
        """What the network says of each row: the probability by the first output, and the others."""
        parts, firsts, counts = _windows(ids, window)
        told = [np.repeat(_OF_NO_IDS[name][None], len(parts), axis=0) for name in outputs]
        lengths = np.fromiter(map(len, parts), np.int64, len(parts))
        order = np.argsort(-lengths, kind="stable")  # the longest of a batch is its first
        order = order[lengths[order] > 0]
        for start, end in batches(lengths[order].tolist(), batch_size):
            rows = order[start:end]
            padded = pad([parts[i] for i in rows], int(lengths[rows[0]])).astype(np.int64)
            session = self._for_few if len(rows) < _FEW else self._for_many
            first, *others = session.run(outputs, {"ids": padded})
            if outputs[0] == "logit":
                first = 1 / (1 + np.exp(-(first + self.shift).astype(np.float64)))
            else:
                first = _shifted(first, self.shift)
            for result, values in zip(told, (first, *others), strict=True):
                result[rows] = values
        if len(parts) > len(ids):
            told = [(np.add.reduceat(result, firsts).T / counts).T for result in told]
        return told


class InnerNetwork:
    """The network that serves, with more to be seen of it than the probability.

    Args:
        model: with the tensors among its outputs, see `onnx_export.with_inner_tensors`.
    """

    def __init__(self, model: bytes) -> None:
        self._session = _session(model, threads=1)
        self._names = [output.name for output in self._session.get_outputs()]

    def tensors(self, ids: Sequence[int]) -> dict[str, np.ndarray]:
        """Each output by its name, "probability" among them, float32, for one text.

        Args:
            ids: of the text, at least one; as `Network` reads it where it comes alone.
        """
        tensors = self._session.run(self._names, {"ids": np.array([ids], np.int64)})
        return dict(zip(self._names, tensors, strict=True))


def _shifted(probabilities: np.ndarray, shift: float) -> np.ndarray:
    """Probabilities whose log-odds are `shift` higher, exact also for 0 and 1."""
    if not shift:
        return probabilities
    odds = np.float32(np.exp(shift))
    return np.asarray(probabilities * odds / (1 + probabilities * (odds - 1)))


def _windows(
    ids: Sequence[Sequence[int]], window: int | None
) -> tuple[Sequence[Sequence[int]], np.ndarray, np.ndarray]:
    """Rows cut into windows of equal length; where each row's begin, and how many it has."""
    cuts = [windows(len(row), window) for row in ids]
    counts = [len(own) for own in cuts]
    firsts = np.cumsum([0, *counts[:-1]])
    if max(counts, default=1) == 1:
        return ids, firsts, np.array(counts, np.float32)
    parts = [row[cut] for row, own in zip(ids, cuts, strict=True) for cut in own]
    return parts, firsts, np.array(counts, np.float32)


def windows(length: int, window: int | None) -> list[slice]:
    """Where a row of ids is cut: as many windows of equal length (to one id) as it needs, at least one.

    Args:
        length: ids of the row.
        window: ids that the network reads at once; None = any number.
    """
    count = 1 if window is None else max(1, -(-length // window))
    return [slice(length * i // count, length * (i + 1) // count) for i in range(count)]


def _session(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Threads that wait in a loop would take the cores from the tokenizer.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def batches(lengths: Sequence[int], batch_size: int) -> Iterator[tuple[int, int]]:
    """Where to cut rows into batches, so that the LSTM's work is least: pairs of start and end.

    A batch of n rows costs its longest row's length times n + `_STEP`. From the last row to the
    first, the best end of a batch is known from the least work of what is behind it. It is where
    the length changes, or (nearly, for those) where the batch is full.

    Args:
        lengths: of the rows in ids, the longest first, none 0.
        batch_size: rows of a batch at most; a batch of long rows has fewer, see `_TOKENS`.
    """
    count = len(lengths)
    shorter = [count] * (count + 1)  # the first row behind that is shorter
    work = [0] * (count + 1)  # of the rows from here on
    ends = [count] * count
    for start in range(count - 1, -1, -1):
        longest = lengths[start]
        alike = start + 1 < count and lengths[start + 1] == longest
        shorter[start] = shorter[start + 1] if alike else start + 1
        limit = min(count, start + min(batch_size, max(1, _TOKENS // longest)))
        end, least = start, float("inf")
        while end < limit:  # to cut between rows of one length gains nothing
            end = min(shorter[end], limit)
            total = work[end] + longest * (end - start + _STEP)
            if total < least:
                ends[start], least = end, total
        work[start] = int(least)
    start = 0
    while start < count:
        yield start, ends[start]
        start = ends[start]
