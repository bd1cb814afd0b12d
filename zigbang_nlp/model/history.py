"""The measures of a training, epoch by epoch."""

from __future__ import annotations

from zigbang_nlp.config import TrainSettings

#: {"loss": [one number an epoch], "val_loss": ..., ...}.
History = dict[str, list[float]]


def measured_epochs(history: History, name: str, settings: TrainSettings) -> list[int]:
    """The epochs, counted from 1, of a measure's values: all, or those with a validation."""
    first = settings.initial_epoch + 1
    every = settings.validation_freq if name.startswith("val_") else 1
    return [e for e in range(first, first + len(history["loss"])) if e % every == 0]
