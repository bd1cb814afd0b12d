"""The measures of a training, epoch by epoch."""

from __future__ import annotations

from zigbang_nlp.config import TrainSettings

#: {"loss": [one number an epoch], "val_loss": ..., ...}.
History = dict[str, list[float]]

#: Titles of what training measures, in the order of their panels.
MEASURES = {
    "loss": "손실 (loss)",
    "accuracy": "정확도 (accuracy)",
    "auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "macro_f1": "macro-F1",
    "precision": "정밀도 (precision)",
    "recall": "재현율 (recall)",
    "mse": "평균 제곱 오차 (MSE)",
    "mae": "평균 절대 오차 (MAE)",
}


def measured_epochs(history: History, name: str, settings: TrainSettings) -> list[int]:
    """The epochs, counted from 1, of a measure's values: all, or those with a validation."""
    first = settings.initial_epoch + 1
    every = settings.validation_freq if name.startswith("val_") else 1
    return [e for e in range(first, first + len(history["loss"])) if e % every == 0]


def panels(*histories: History) -> list[str]:
    """The measures that at least one training has, what its best epoch goes by among them."""
    return [name for name in MEASURES if any(name in history for history in histories)]
