"""How the probability changes with each embedding row and n-gram: the network's gradient in numpy.

Explaining needs a gradient and serving has no TensorFlow, so the few layers a bundle can hold are
written out here, forwards and backwards, from the weights inside `network.onnx`. One text at a
time, in many versions of equal length, so there is no padding to mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.ngrams import token_features
from zigbang_nlp.model.serving.activations import ACTIVATIONS, Array, Backward, sigmoid, times
from zigbang_nlp.model.serving.lstm import lstm_layer
from zigbang_nlp.model.serving.onnx_export import read_constants
from zigbang_nlp.model.serving.onnx_layers import layer_suffix


@dataclass(frozen=True)
class GradientNetwork:
    """A bundle's network, differentiable by its embedding rows and what n-grams add.

    Attributes:
        architecture: of the network.
        constants: its weights, by their names in the ONNX graph.
    """

    architecture: Architecture
    constants: dict[str, Array]

    @classmethod
    def load(
        cls,
        architecture: Architecture,
        path: Path,
        kind: type[np.floating] = np.float32,
        shift: float = 0.0,
    ) -> GradientNetwork:
        """Read the weights of an ONNX file that `write_onnx` wrote.

        Args:
            architecture: of the network in the file.
            path: of the ONNX file.
            kind: of the numbers; float64 is for checking against finite differences.
            shift: added to the log-odds, as by the `Network` that serves.

        Raises:
            BundleError: the file has other layers than this version knows.
        """
        read = {name: value.astype(kind) for name, value in read_constants(path).items()}
        if "logit_2d_bias" in read:
            read["logit_2d_bias"] = read["logit_2d_bias"] + np.asarray(shift, kind)
        network = cls(architecture, read)
        try:
            network.probabilities(network.rows([1])[None], network.ngrams([1]).sum(0)[None])
        except (KeyError, ValueError) as error:
            raise BundleError(
                f"{path} has layers that can't be explained: {error}.",
                "Train the model again with this version.",
            ) from error
        return network

    def rows(self, ids: list[int]) -> Array:
        """The embedding rows of ids: (tokens, embedding_dim)."""
        return self.constants["embedding"][ids]

    def ngrams(self, ids: list[int]) -> Array:
        """What each token adds by its n-grams: (tokens, features), without features if none do."""
        if not self.architecture.ngram_buckets:
            return np.zeros((len(ids), 0), self.constants["embedding"].dtype)
        return token_features(self.constants["ngram_codes"][ids], self.constants["ngram_table"])

    def probabilities(self, rows: Array, ngrams: Array) -> Array:
        """Probability of positive, (versions,).

        Args:
            rows: embedding rows (versions, tokens, embedding_dim).
            ngrams: what the n-grams add to each version (versions, features).
        """
        with _thread_pools().limit(**_ONE_THREAD):
            return self._forward(rows, ngrams)[0]

    def gradients(self, rows: Array, ngrams: Array) -> tuple[Array, Array, Array]:
        """Probabilities, and their derivative by each number of the rows and of the features.

        Args:
            rows: (versions, tokens, embedding_dim).
            ngrams: (versions, features).

        Returns:
            (versions,), (versions, tokens, embedding_dim) and (versions, features).
        """
        with _thread_pools().limit(**_ONE_THREAD):
            probabilities, steps = self._forward(rows, ngrams)
            slope = (probabilities * (1 - probabilities))[:, None]  # (versions, 1)
            slope = steps.pop()(slope)
            width = slope.shape[1] - ngrams.shape[1]
            by_ngrams, slope = slope[:, width:], slope[:, :width]
            for backward in reversed(steps):
                slope = backward(slope)
        return probabilities, slope.transpose(1, 0, 2), by_ngrams

    def _forward(self, rows: Array, ngrams: Array) -> tuple[Array, list[Backward]]:
        """The probabilities, and for each layer what takes a slope back through it.

        The last takes it to the numbers of the text and, behind them, those of its n-grams.
        """
        shape = self.architecture
        steps: list[Backward] = []
        states = rows.transpose(1, 0, 2)  # (tokens, versions, units)

        def through(step: tuple[Array, Backward]) -> Array:
            steps.append(step[1])
            return step[0]

        pooled = through(self._blocks(states))
        if shape.pooling != "last":
            pooled = through(_pool(pooled, shape.pooling))
        if shape.batch_normalization:
            pooled = through(self._normalize(pooled, 0))
        for i, _ in enumerate(shape.dense_units, start=1):
            pooled = through(self._dense(pooled, f"dense_{i}"))
            if shape.normalize_before_activation:
                pooled = through(self._normalize(pooled, i))
            pooled = through(ACTIVATIONS[shape.dense_activation](pooled))
            if shape.batch_normalization and not shape.normalize_before_activation:
                pooled = through(self._normalize(pooled, i))
        pooled = np.concatenate([pooled, ngrams], axis=1)
        logit = through(self._dense(pooled, "logit_2d"))
        return sigmoid(logit[:, 0]), steps

    def _blocks(self, states: Array) -> tuple[Array, Backward]:
        """All LSTM layers: states of all blocks side by side, or the last of each."""
        shape, count = self.architecture, self.architecture.lstm_blocks
        read: list[Array] = []
        ways: list[list[Backward]] = []
        for block, part in enumerate(np.split(states, count, axis=-1)):
            way: list[Backward] = []
            for i, _ in enumerate(shape.lstm_units, start=1):
                suffix = layer_suffix(i, block)
                w, r, b = (self.constants[f"lstm_{suffix}_{name}"] for name in "wrb")
                part, back = lstm_layer(part, w, r, b)
                way.append(back)
            if shape.pooling == "last":
                part, back = _last(part, shape.lstm_units[-1])
                way.append(back)
            read.append(part)
            ways.append(way)

        def backward(slope: Array) -> Array:
            parts = np.split(slope, count, axis=-1)
            for block, way in enumerate(ways):
                for back in reversed(way):
                    parts[block] = back(parts[block])
            return np.concatenate(parts, axis=-1)

        return np.concatenate(read, axis=-1), backward

    def _dense(self, states: Array, name: str) -> tuple[Array, Backward]:
        kernel = self.constants[f"{name}_kernel"]
        return states @ kernel + self.constants[f"{name}_bias"], lambda slope: slope @ kernel.T

    def _normalize(self, states: Array, layer: int) -> tuple[Array, Backward]:
        scale = self.constants[f"normalization_{layer}_scale"]
        return states * scale + self.constants[f"normalization_{layer}_shift"], times(scale)


#: The matrices of one text are so small that a second thread waits longer than it works.
_ONE_THREAD: dict[str, Any] = {"limits": 1, "user_api": "blas"}


@cache
def _thread_pools() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _last(states: Array, units: int) -> tuple[Array, Backward]:
    """Where each direction ends: (tokens, versions, all units) -> (versions, all units)."""

    def backward(slope: Array) -> Array:
        spread = np.zeros_like(states)
        spread[-1, :, :units] = slope[:, :units]
        spread[0, :, units:] = slope[:, units:]
        return spread

    return np.concatenate([states[-1, :, :units], states[0, :, units:]], axis=-1), backward


def _pool(states: Array, kind: str) -> tuple[Array, Backward]:
    """(tokens, versions, all units) -> (versions, pooled units)."""
    tokens, _, width = states.shape

    def mean_back(slope: Array) -> Array:
        return np.broadcast_to(slope / tokens, states.shape)

    def max_back(slope: Array) -> Array:
        spread = np.zeros_like(states)
        np.put_along_axis(spread, highest[None], slope[None], axis=0)
        return spread

    if kind == "mean":
        return states.mean(axis=0), mean_back
    highest = states.argmax(axis=0)
    if kind == "max":
        return states.max(axis=0), max_back
    both = np.concatenate([states.max(axis=0), states.mean(axis=0)], axis=-1)
    return both, lambda slope: max_back(slope[:, :width]) + mean_back(slope[:, width:])
