"""The network at work: lists of ids -> probabilities, on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from zigbang_nlp.errors import BundleError
from zigbang_nlp.text.encoder import pad

#: Ids of a batch at most, padding included: what the LSTM works in stays small and in the cache
#: (at 8,192 ids it is a tenth slower).
_TOKENS = 2_048


class Network:
    """A bundle's network.

    Args:
        path: the ONNX file.
        threads: that it uses; 0 = one a core.

    Raises:
        BundleError: the file can't be read as a network.
    """

    def __init__(self, path: Path, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        # Threads that wait in a loop would take the cores from the tokenizer.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                path.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise BundleError(
                f"{path} can't be read as a network: {error}.", "Run `zigbang-nlp train` again."
            ) from error

    def probabilities(self, ids: Sequence[Sequence[int]], batch_size: int = 256) -> np.ndarray:
        """Probability of positive for each row of ids; float32 (rows,), in the rows' order.

        Rows are sorted by length and padded only to the longest of their batch; batches of long
        rows are smaller. Rows without ids come out as 0.5.
        """
        result = np.full(len(ids), 0.5, np.float32)
        lengths = np.fromiter(map(len, ids), np.int64, len(ids))
        order = np.argsort(-lengths, kind="stable")  # the longest of a batch is its first
        order = order[lengths[order] > 0]
        start = 0
        while start < len(order):
            longest = int(lengths[order[start]])
            rows = order[start : start + min(batch_size, max(1, _TOKENS // longest))]
            batch = pad([ids[i] for i in rows], longest).astype(np.int64)
            (result[rows],) = self._session.run(["probability"], {"ids": batch})
            start += len(rows)
        return result
