"""The network at work: lists of ids -> probabilities, on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from zigbang_nlp.errors import BundleError
from zigbang_nlp.text.encoder import pad


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

        Rows are sorted by length and padded only to the longest of their batch. Rows without
        ids come out as 0.5.
        """
        result = np.full(len(ids), 0.5, np.float32)
        lengths = np.fromiter(map(len, ids), np.int64, len(ids))
        order = np.argsort(lengths, kind="stable")
        order = order[lengths[order] > 0]
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            batch = pad([ids[i] for i in rows], int(lengths[rows[-1]])).astype(np.int64)
            (result[rows],) = self._session.run(["probability"], {"ids": batch})
        return result
