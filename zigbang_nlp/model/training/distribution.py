"""Training on several devices or machines through `tf.distribute`, with the same global batch.

mirrored: the GPUs of this machine. Keras's own `fit` shares each batch out among them.
multiworker: one process a machine or GPU, each started with its own TF_CONFIG. Keras 3's `fit`
doesn't know `MultiWorkerMirroredStrategy` (keras-team/keras#20585), so each process holds a
network of its own, computes the gradients of its rows of every batch, and the strategy's
all-reduce averages them before all take the same step.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from zigbang_nlp.errors import ConfigError
from zigbang_nlp.model.network.backend import keras, tf


class Distribution:
    """Where training takes place.

    Attributes:
        strategy: of `tf.distribute`; None on one device.
        shard: (which, of how many) rows of each batch this process gives to its `fit`; None =
            those of all devices.
        apart: whether there are several processes, each with a network of its own.
    """

    def __init__(self, kind: str) -> None:
        """Join the others; multiworker waits until all are there.

        Args:
            kind: "none", "mirrored" or "multiworker".

        Raises:
            ConfigError: multiworker without a TF_CONFIG that names the workers.
        """
        self.strategy: Any = None
        self.shard: tuple[int | None, int] = (0, 1)
        self.apart = kind == "multiworker"
        if kind == "mirrored":
            devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
            self.strategy = tf.distribute.MirroredStrategy([device.name for device in devices])
            self.shard = (None, len(devices))
        elif self.apart:
            self.shard = _place_among_workers()
            self.strategy = tf.distribute.MultiWorkerMirroredStrategy()

    def scope(self) -> Any:
        """In which the network and its optimizer are made."""
        mirrored = self.strategy is not None and not self.apart
        return self.strategy.scope() if mirrored else contextlib.nullcontext()

    def prepare(self, network: keras.Model, batches: Any) -> list[Any]:
        """Have a compiled network trained together; returns callbacks that must come first.

        Args:
            network: made and compiled in `scope`.
            batches: that it is to learn from.
        """
        if self.strategy is None:
            return []
        if not self.apart:
            return [_SameOrder(batches)]
        network.train_function = _train_function(network, self._shared)
        return [_SameLogs(self._shared)]

    def common_epoch(self, kept: Sequence[int]) -> int:
        """The last epoch that every process has kept the state of; 0 = there is none.

        Args:
            kept: the epochs whose states this process has, at most two.
        """
        own = sorted(kept, reverse=True)
        if not self.apart:
            return max(own, default=0)

        @tf.function
        def of_all() -> Any:
            def in_replica() -> Any:
                mine = tf.constant([[*own, 0, 0][:2]])
                return tf.distribute.get_replica_context().all_gather(mine, axis=0)

            return self.strategy.run(in_replica)

        rows = [set(row) for row in np.asarray(of_all()).tolist()]
        return max(set.intersection(*rows), default=0)

    def _shared(self, gradients: list[Any]) -> list[Any]:
        """The mean of each gradient over all workers; a sparse one has the slices of all."""
        count = self.shard[1]

        def in_replica(gradients: list[Any]) -> list[Any]:
            context = tf.distribute.get_replica_context()
            shared = []
            for gradient in gradients:
                # tf.identity: an operation of its own, since collectives go by its device.
                if isinstance(gradient, tf.IndexedSlices):
                    # Not summed, since Keras's Adam squares slice by slice.
                    values = context.all_gather(tf.identity(gradient.values), axis=0) / count
                    indices = context.all_gather(tf.identity(gradient.indices), axis=0)
                    shared.append(tf.IndexedSlices(values, indices, gradient.dense_shape))
                else:
                    shared.append(context.all_reduce("MEAN", tf.identity(gradient)))
            return shared

        shared_all: list[Any] = self.strategy.run(in_replica, args=(gradients,))
        return shared_all


class OwnRows(NamedTuple):
    """The rows of a batch that a worker gets, and what each counts: (rows,) both."""

    rows: np.ndarray
    share: np.ndarray


def own_rows(shard: tuple[int | None, int], length: int) -> OwnRows:
    """The rows of a batch for one worker: as many as for any other, with the same mean loss.

    Where the batch can't be divided evenly, its last row is given out again, with the weight 0,
    and the others weigh as much more.

    Args:
        shard: see `Distribution.shard`.
        length: rows of the batch.
    """
    index, count = shard
    size = -(-length // count)
    rows = np.arange(size * count) if index is None else np.arange(index, size * count, count)
    share = np.where(rows < length, size * count / length, 0.0).astype(np.float32)
    return OwnRows(np.minimum(rows, length - 1), share)


def _train_function(
    network: keras.Model, shared: Callable[[list[Any]], list[Any]]
) -> Callable[[Any], Any]:
    """What Keras's `fit` calls for each batch: gradients here, mean of all, then the same step."""
    network.optimizer.build(network.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(ids: Any, labels: Any, weights: Any) -> None:
        with tf.GradientTape() as tape:
            predicted = network(ids, training=True)
            loss = network.compute_loss(
                x=ids, y=labels, y_pred=predicted, sample_weight=weights, training=True
            )
        gradients = tape.gradient(loss, network.trainable_weights)
        *gradients, loss = shared([*gradients, loss])
        network.optimizer.apply(gradients, network.trainable_variables)
        network.compute_metrics(ids, labels, predicted, sample_weight=weights)
        network._loss_tracker.update_state(loss, sample_weight=tf.shape(labels)[0])

    def train_function(batches: Any) -> Any:
        step(*next(batches))
        return network.get_metrics_result()

    return train_function


class _SameOrder(keras.callbacks.Callback):
    """Keras looks at one batch of a distributed training beforehand; that must not shuffle."""

    def __init__(self, batches: Any) -> None:
        super().__init__()
        self._batches, self._state = batches, batches.order_state

    def on_train_begin(self, _logs: dict[str, Any] | None = None) -> None:
        self._batches.order_state = self._state


class _SameLogs(keras.callbacks.Callback):
    """Gives every worker the mean of all workers' measures, so that all stop at the same time."""

    def __init__(self, shared: Callable[[list[Any]], list[Any]]) -> None:
        super().__init__()
        self._mean = tf.function(lambda values: shared([values])[0])

    def on_epoch_end(self, _epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs:
            mean = self._mean(tf.constant([float(value) for value in logs.values()]))
            logs.update(zip(logs, (float(value) for value in mean), strict=True))


def _place_among_workers() -> tuple[int | None, int]:
    """(which, of how many) worker this process is, from TF_CONFIG."""
    try:
        config = json.loads(os.environ["TF_CONFIG"])
        workers, index = config["cluster"]["worker"], config["task"]["index"]
        if not (isinstance(index, int) and 0 <= index < len(workers)):
            raise ValueError(f"there is no worker {index} among {len(workers)}")
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"train.distribute = multiworker needs TF_CONFIG to name the workers: {error!r}.",
            "Start one process a worker with TF_CONFIG="
            '\'{"cluster": {"worker": ["host1:port", "host2:port"]}, '
            '"task": {"type": "worker", "index": 0}}\', index 1 for the second, and so on.',
        ) from error
    return index, len(workers)
