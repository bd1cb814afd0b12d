"""Settings of the train stage.

A setting that would have no effect as the others are set is an error, never ignored; at its
default value it counts as not set, so that a file with every setting in it is valid.
"""

from __future__ import annotations

import re
import string
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from zigbang_nlp.config.base import Section, as_number_or_word, as_pair
from zigbang_nlp.config.network import NetworkSettings
from zigbang_nlp.config.optimizer import OptimizerSettings
from zigbang_nlp.config.threshold_rule import check_rule

#: What training measures after each epoch, and which way is better.
MONITORS: dict[str, Literal["min", "max"]] = {
    "val_loss": "min",
    "val_accuracy": "max",
    "val_auc": "max",
    "val_macro_f1": "max",
    "loss": "min",
    "accuracy": "max",
}
Monitor = Literal["val_loss", "val_accuracy", "val_auc", "val_macro_f1", "loss", "accuracy"]


class StoppingSettings(Section):
    """When training ends, and which epoch is the best one."""

    batch_size: int = Field(256, ge=1, le=65_536, description="reviews a step")
    epochs: int = Field(20, ge=1, le=10_000, description="at most; EarlyStopping ends sooner")
    monitor: Monitor = Field(
        "val_loss", description="what the best epoch, EarlyStopping and plateaus go by"
    )
    mode: Literal["auto", "min", "max"] = Field(
        "auto", description="whether less or more of the monitor is better; auto knows"
    )
    early_stopping: bool = Field(True, description="end when the monitor gets no better")
    patience: int = Field(4, ge=0, description="EarlyStopping: epochs without a better monitor")
    min_delta: float = Field(0.0, ge=0, description="smallest change of the monitor that counts")
    verbose: bool = Field(False, description="say when a checkpoint is saved and why training ends")

    @model_validator(mode="after")
    def _mode_fits_the_monitor(self) -> StoppingSettings:
        right = MONITORS[self.monitor]
        if self.mode not in ("auto", right):
            raise ValueError(
                f'mode = "{self.mode}" contradicts monitor = "{self.monitor}", '
                f"of which {'less' if right == 'min' else 'more'} is better; "
                f'use "{right}" or "auto", or another monitor ({", ".join(MONITORS)})'
            )
        self._refuse_idle(
            self.early_stopping, ("patience",), "EarlyStopping is off; set early_stopping = true"
        )
        return self


class CheckpointSettings(Section):
    """What is kept while training goes on, and how it is watched."""

    checkpoints: bool = Field(
        False, description="keep checkpoints by name, beside the best epoch's weights"
    )
    checkpoint_name: str = Field(
        "epoch-{epoch:02d}-{val_loss:.3f}",
        min_length=1,
        max_length=200,
        description="of a checkpoint: epoch, batch (where save_freq is a number) and measures",
    )
    checkpoint_monitor: Monitor = Field("val_loss", description="what save_best_only goes by")
    save_best_only: bool = Field(False, description="only checkpoints better than all before")
    save_weights_only: bool = Field(
        True, description="weights (.weights.h5), or the whole model with its optimizer (.keras)"
    )
    save_freq: Annotated[Literal["epoch"] | PositiveInt, BeforeValidator(as_number_or_word)] = (
        Field("epoch", description="a checkpoint after each epoch, or after so many batches")
    )
    resume: bool = Field(
        True, description="go on where a killed run with the same settings and data was"
    )
    distribute: Literal["none", "mirrored", "multiworker"] = Field(
        "none",
        description="over this machine's GPUs, or over processes that TF_CONFIG names; "
        "a killed one starts anew",
    )
    tensorboard: bool = Field(False, description="write TensorBoard logs to the work directory")
    callbacks: tuple[str, ...] = Field(
        (), description="Keras callbacks of your own, each as module:Class"
    )

    @model_validator(mode="after")
    def _checkpoints_have_no_idle_settings(self) -> CheckpointSettings:
        self._refuse_idle(
            self.checkpoints,
            (
                "checkpoint_name",
                "checkpoint_monitor",
                "save_best_only",
                "save_weights_only",
                "save_freq",
            ),
            "only the best epoch's weights are kept; set checkpoints = true",
        )
        self._refuse_idle(
            self.save_best_only,
            ("checkpoint_monitor",),
            "every checkpoint is saved; set save_best_only = true",
        )
        if self.save_best_only and self.save_freq != "epoch":
            raise ValueError(
                "save_best_only compares epochs, and save_freq counts batches; "
                'use save_freq = "epoch", or save every checkpoint'
            )
        if self.checkpoints:
            _check_name(self.checkpoint_name, self.save_freq)
        for path in self.callbacks:
            if not re.fullmatch(r"\w+(\.\w+)*:\w+", path):
                raise ValueError(f"callbacks: {path!r} is not of the form module:Class")
        return self


def _check_name(name: str, save_freq: str | int) -> None:
    known = ["epoch", *MONITORS]
    if save_freq != "epoch":
        # In the middle of an epoch there is no validation yet.
        known = ["epoch", "batch", *(m for m in MONITORS if not m.startswith("val_"))]
    if any(mark in name for mark in "/\\") or name.startswith("."):
        raise ValueError(f"checkpoint_name = {name!r} is a name, not a path")
    try:
        used = [field for _, field, _, _ in string.Formatter().parse(name) if field is not None]
        unknown = [field for field in used if field not in known]
        if not unknown:
            name.format(**dict.fromkeys(known, 1.0) | {"epoch": 1, "batch": 1})
    except ValueError as error:
        raise ValueError(f"checkpoint_name = {name!r} can't be filled in: {error}") from error
    if unknown:
        when = "in the middle of an epoch" if save_freq != "epoch" else "after an epoch"
        raise ValueError(
            f"checkpoint_name uses {', '.join(f'{{{u}}}' for u in unknown)}; "
            f"known {when}: {', '.join(known)}"
        )


class BatchSettings(Section):
    """What the training batches are made of; validation and test texts stay as they are."""

    class_weight: Annotated[
        Literal["auto", "balanced", "none"] | tuple[PositiveFloat, PositiveFloat],
        BeforeValidator(as_pair),
    ] = Field(
        "auto",
        description="auto = balanced where the smaller class is below 40%; none; "
        "or two weights, negative and positive",
    )
    token_dropout: float = Field(
        0.0, ge=0, lt=1, description="share of tokens made out-of-vocabulary, anew each epoch"
    )
    augment_copies: int = Field(
        0, ge=0, le=20, description="noisy copies of each training text; 0 = none"
    )
    spacing_noise: float = Field(
        0.0, ge=0, le=1, description="copies: chance that a space is lost or comes in"
    )
    typo_noise: float = Field(0.0, ge=0, le=1, description="copies: chance of a typo a character")
    threshold_for: Annotated[str, AfterValidator(check_rule)] = Field(
        "macro-f1",
        description="what the threshold is best for: macro-f1, balanced, precision=0.8 (of the "
        "complaints called) or cost=5:1 (a missed complaint to a false alarm)",
    )
    keep_start: bool = Field(
        True,
        description="going on with a model: keep its weights, or half of them, where validation "
        "can't tell that the new ones are better",
    )
    with_corrections: bool = Field(
        False, description="learn also from the labels that people corrected on the web pages"
    )
    seed: int = Field(42, ge=0, lt=2**32, description="of weights, shuffling, dropout and noise")

    @model_validator(mode="after")
    def _augmentation_has_no_idle_settings(self) -> BatchSettings:
        self._refuse_idle(
            bool(self.augment_copies),
            ("spacing_noise", "typo_noise"),
            "noise goes into copies of the texts; set augment_copies = 1",
        )
        if self.augment_copies and not (self.spacing_noise or self.typo_noise):
            raise ValueError(
                "augment_copies without noise only repeats the texts; "
                "set spacing_noise or typo_noise above 0"
            )
        return self


# Fields are in the order of the last base first.
class TrainSettings(
    BatchSettings, CheckpointSettings, StoppingSettings, OptimizerSettings, NetworkSettings
):
    """The network and how it is trained.

    There is no `validation_split`: every data set of this package has a validation part, chosen
    when it was made so that no text is on two sides.
    """

    @model_validator(mode="after")
    def _groups_fit_together(self) -> TrainSettings:
        on_plateau = self.learning_rate_schedule == "reduce_on_plateau"
        self._refuse_idle(
            self.early_stopping or on_plateau,
            ("min_delta",),
            "neither EarlyStopping nor reduce_on_plateau asks for it",
        )
        if on_plateau and self.early_stopping and self.plateau_patience >= self.patience:
            raise ValueError(
                f"plateau_patience = {self.plateau_patience} has no effect here: EarlyStopping "
                f"ends training after patience = {self.patience}; make patience the larger"
            )
        if self.batch_normalization and self.batch_size < 2:
            raise ValueError(
                "batch_normalization makes every batch of one review the same; "
                "set batch_size above 1"
            )
        return self

    @property
    def better(self) -> Literal["min", "max"]:
        """Whether less or more of the monitor is better."""
        return MONITORS[self.monitor]


def train_changes(settings: TrainSettings) -> dict[str, Any]:
    """The settings that differ from their defaults, as plain values."""
    values = settings.model_dump(mode="json")
    defaults = TrainSettings().model_dump(mode="json")
    return {name: value for name, value in values.items() if value != defaults[name]}
