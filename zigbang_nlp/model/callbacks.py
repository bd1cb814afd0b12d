"""Keras callbacks that are ours: progress for people, and a clear end when the loss is NaN."""

from __future__ import annotations

import math
import time
from typing import Any

from tqdm import tqdm

from zigbang_nlp.console import log
from zigbang_nlp.errors import TrainingError
from zigbang_nlp.model.backend import keras


class Progress(keras.callbacks.Callback):
    """A bar over the batches of each epoch, and one line an epoch in the log."""

    def __init__(self) -> None:
        super().__init__()
        self._bar: tqdm | None = None
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._started = time.monotonic()
        self._bar = tqdm(
            total=self.params.get("steps"),
            desc=f"epoch {epoch + 1}/{self.params['epochs']}",
            unit=" batches",
            disable=None,
            leave=False,
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        assert self._bar is not None
        self._bar.update()
        if logs and batch % 10 == 0:
            self._bar.set_postfix(loss=f"{logs['loss']:.3f}", accuracy=f"{logs['accuracy']:.3f}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert self._bar is not None
        self._bar.close()
        values = logs or {}
        log.info(
            "epoch %d/%d: loss %.4f, accuracy %.4f; validation loss %.4f, accuracy %.4f (%.0f s)",
            epoch + 1,
            self.params["epochs"],
            *(values[k] for k in ("loss", "accuracy", "val_loss", "val_accuracy")),
            time.monotonic() - self._started,
        )

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._bar is not None:
            self._bar.close()


class StopOnNaN(keras.callbacks.Callback):
    """End training when the loss is no number any more; the best checkpoint is kept."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if math.isnan(loss) or math.isinf(loss):
            raise TrainingError(
                f"The loss became {loss} at batch {batch + 1}; the last good checkpoint is kept.",
                "Lower train.learning_rate (a tenth of it, say), and train again.",
            )
