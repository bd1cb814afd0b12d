"""Shuffled batches of texts of similar length, so that little padding is computed on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from zigbang_nlp.model.architecture import STARS
from zigbang_nlp.model.network.backend import tf
from zigbang_nlp.model.training.distribution import own_rows
from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY, PADDING

#: Texts are sorted by length within this many batches; more is less padding and less shuffling.
_POOL = 50
#: Rows looked at together where a whole memory-mapped array is gone through.
_CHUNK = 16_384


class Batches:
    """Batches of a split, shuffled anew each time they are gone through.

    Args:
        ids: int32 (texts, length), 0 on the right; may be memory-mapped.
        labels: float32 (texts,).
        weights: float32 (texts,); None counts all the same.
        batch_size: texts a batch.
        seed: of the order and of token dropout; None keeps the order by length (validation).
        token_dropout: share of the tokens that come out as out-of-vocabulary, others each time.
        shard: (which, of how many) workers; each goes through its rows of the same batches.
            See `Distribution.shard`.
        stars: float32 (texts, 5), shares of the stars where the network learns them too.
        shuffle: another order each time; else that of the rows.
        steps: batches each time, going on through the texts where it ended the time before; 0 =
            all of them.

    Iterating gives ids (batch, longest of the batch), labels (batch,), weights (batch,); with
    stars the first is a pair of ids and stars (batch, 5).
    """

    def __init__(
        self,
        ids: np.ndarray,
        labels: np.ndarray,
        weights: np.ndarray | None,
        batch_size: int,
        seed: int | None,
        token_dropout: float = 0.0,
        shard: tuple[int | None, int] = (0, 1),
        stars: np.ndarray | None = None,
        shuffle: bool = True,
        steps: int = 0,
    ) -> None:
        self.ids, self.labels = ids, labels
        self.weights = np.ones_like(labels) if weights is None else weights
        self.batch_size = batch_size
        self.lengths = np.maximum(_real_tokens(ids), 1)
        self.token_dropout = token_dropout
        self.shard = shard
        self.stars = stars
        self.shuffle, self.steps = shuffle, steps
        self._left: deque[np.ndarray] = deque()
        self._pass_began: dict[str, Any] = {}
        self._random = None if seed is None else np.random.default_rng(seed)

    def __len__(self) -> int:
        return self.steps or -(-len(self.labels) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Any, np.ndarray, np.ndarray]]:
        if not self.steps:
            self._left.clear()
        for _ in range(len(self)):
            if not self._left:
                self._begin_pass()
            yield self._batch(self._left.popleft())

    def _begin_pass(self) -> None:
        if self._random is not None:
            self._pass_began = dict(self._random.bit_generator.state)
        self._left.extend(self._arranged())

    def _batch(self, rows: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        rows = np.sort(rows)  # a memory-mapped array is read forwards
        longest = int(self.lengths[rows].max())
        ids = np.array(self.ids[rows, :longest])
        if self._random is not None and self.token_dropout:
            lost = (self._random.random(ids.shape) < self.token_dropout) & (ids != PADDING)
            ids[lost] = OUT_OF_VOCABULARY
        own = own_rows(self.shard, len(rows))
        ids, labels, weights = ids[own.rows], self.labels[rows], self.weights[rows]
        weights = weights[own.rows] * own.share
        if self.stars is None:
            return ids, labels[own.rows], weights
        stars = self.stars[rows][own.rows] * own.share[:, None]
        return (ids, stars), labels[own.rows], weights

    @property
    def order_state(self) -> dict[str, Any]:
        """Where it is, as plain values; set it to go on from there.

        The state of the random generator, that at the beginning of the pass through the texts,
        and how many batches of the pass are left.
        """
        assert self._random is not None, "batches in a fixed order have no state"
        return {
            "random": dict(self._random.bit_generator.state),
            "pass_began": self._pass_began,
            "left": len(self._left),
        }

    @order_state.setter
    def order_state(self, state: dict[str, Any]) -> None:
        assert self._random is not None, "batches in a fixed order have no state"
        self._left.clear()
        if state["left"]:
            self._random.bit_generator.state = state["pass_began"]
            self._begin_pass()
            while len(self._left) > state["left"]:
                self._left.popleft()
        self._random.bit_generator.state = state["random"]

    def as_tf(self) -> Any:
        """A `tf.data.Dataset` that prepares batches while the network works on others."""
        per_text = tf.TensorSpec((None,), tf.float32)
        ids = tf.TensorSpec((None, None), tf.int32)
        learned = ids if self.stars is None else (ids, tf.TensorSpec((None, STARS), tf.float32))
        signature = (learned, per_text, per_text)
        data = tf.data.Dataset.from_generator(lambda: iter(self), output_signature=signature)
        return data.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(4)

    def _arranged(self) -> list[np.ndarray]:
        size, count = self.batch_size, len(self.labels)
        if self._random is None:
            order = np.argsort(self.lengths, kind="stable")
            return [order[i : i + size] for i in range(0, count, size)]
        if not self.shuffle:
            return [np.arange(i, min(i + size, count)) for i in range(0, count, size)]
        order = self._random.permutation(count)
        pools = [order[i : i + _POOL * size] for i in range(0, count, _POOL * size)]
        order = np.concatenate(
            [pool[np.argsort(self.lengths[pool], kind="stable")] for pool in pools]
        )
        batches = [order[i : i + size] for i in range(0, count, size)]
        return [batches[i] for i in self._random.permutation(len(batches))]


def _real_tokens(ids: np.ndarray) -> np.ndarray:
    """The number of ids that aren't padding, for each row (rows,)."""
    chunks = (ids[i : i + _CHUNK] for i in range(0, len(ids), _CHUNK))
    return np.concatenate([np.zeros(0, np.int64), *((c != PADDING).sum(axis=1) for c in chunks)])


def has_known_token(ids: np.ndarray) -> bool:
    """Whether any id is neither padding nor out-of-vocabulary."""
    return any(
        bool((ids[i : i + _CHUNK] > OUT_OF_VOCABULARY).any()) for i in range(0, len(ids), _CHUNK)
    )
