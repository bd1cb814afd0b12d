"""Settings of `fit` and its callbacks: how long it trains, what is measured, what is kept."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from zigbang_nlp.config.base import Section, as_number_or_word
from zigbang_nlp.config.checkpoint_name import check_name
from zigbang_nlp.config.measures import MONITORS, Metric, Monitor

#: A checkpoint every so many epochs; Keras's own counts epochs no more.
_EPOCHS = re.compile(r"([1-9]\d{0,3}) ?epochs?")


def _number_or_none(value: Any) -> Any:
    """Read "0.6" as 0.6, so that the command line and the environment can give it."""
    try:
        return float(value) if isinstance(value, str) and value != "none" else value
    except ValueError as error:
        raise ValueError(f"{value!r} is neither a number nor none") from error


def _verbosity(value: Any) -> Any:
    """Read "2" as 2; true and false are what the setting was before."""
    if isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false")):
        raise ValueError("it is 0, 1 or 2, as fit has it; callback_verbose is the yes or no")
    return as_number_or_word(value)


def _save_freq(value: Any) -> Any:
    """Read "20" as 20 batches and "3epochs" as "3 epochs"."""
    if isinstance(value, str) and (match := _EPOCHS.fullmatch(value.strip())):
        return "epoch" if match[1] == "1" else f"{match[1]} epochs"
    return as_number_or_word(value)


class StoppingSettings(Section):
    """What `fit` is told: epochs, measures, when training ends, and which epoch is the best."""

    batch_size: int = Field(256, ge=1, le=65_536, description="reviews a step")
    epochs: int = Field(20, ge=1, le=10_000, description="at most; EarlyStopping ends sooner")
    initial_epoch: int = Field(
        0, ge=0, le=9_999, description="epochs that count as done already; training ends at epochs"
    )
    steps_per_epoch: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="batches that make an epoch, going on through the data; 0 = all of the data",
    )
    shuffle: bool = Field(
        True, description="another order of the texts each epoch; else that of the data set"
    )
    verbose: Annotated[Literal[0, 1, 2], BeforeValidator(_verbosity)] = Field(
        1, description="0 = silent, 1 = a bar and a line an epoch, 2 = a line an epoch"
    )
    validation_freq: int = Field(
        1,
        ge=1,
        le=10_000,
        description="validation after every so many epochs; patience counts validations",
    )
    metrics: tuple[Metric, ...] = Field(
        (),
        description="measured each epoch beside loss and accuracy: auc, pr_auc, macro_f1, "
        "precision, recall, mse, mae",
    )
    monitor: Monitor = Field(
        "val_auc",
        description="what the best epoch, EarlyStopping and plateaus go by; with few complaints "
        "the loss jumps about from epoch to epoch, the area under the ROC curve doesn't",
    )
    mode: Literal["auto", "min", "max"] = Field(
        "auto", description="whether less or more of the monitor is better; auto knows"
    )
    early_stopping: bool = Field(True, description="end when the monitor gets no better")
    patience: int = Field(4, ge=0, description="EarlyStopping: epochs without a better monitor")
    min_delta: float = Field(0.0, ge=0, description="smallest change of the monitor that counts")
    baseline: Annotated[Literal["none"] | float, BeforeValidator(_number_or_none)] = Field(
        "none",
        description="EarlyStopping: a value the monitor has to beat within patience, or none",
    )
    start_from_epoch: int = Field(
        0, ge=0, le=9_999, description="EarlyStopping: epochs before it begins to watch"
    )
    restore_best_weights: bool = Field(
        True, description="keep the best epoch's weights; else those of the last epoch"
    )
    callback_verbose: bool = Field(
        False, description="say when a checkpoint is saved and why training ends"
    )

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
            self.early_stopping,
            ("patience", "baseline", "start_from_epoch"),
            "EarlyStopping is off; set early_stopping = true",
        )
        return self

    @model_validator(mode="after")
    def _epochs_are_left(self) -> StoppingSettings:
        for name in ("initial_epoch", "start_from_epoch"):
            if getattr(self, name) >= self.epochs:
                raise ValueError(
                    f"{name} = {getattr(self, name)} leaves nothing of epochs = {self.epochs}; "
                    "make epochs the larger"
                )
        first = (self.initial_epoch // self.validation_freq + 1) * self.validation_freq
        if first > self.epochs:
            raise ValueError(
                f"validation_freq = {self.validation_freq} comes to no validation in epochs "
                f"{self.initial_epoch + 1} to {self.epochs}; lower it"
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
        description="of a checkpoint: epoch, batch (where save_freq counts batches) and measures",
    )
    checkpoint_monitor: Monitor = Field("val_auc", description="what save_best_only goes by")
    save_best_only: bool = Field(False, description="only checkpoints better than all before")
    load_best: bool = Field(
        False,
        description="end with the best checkpoint by checkpoint_monitor, as tutorials load it",
    )
    save_weights_only: bool = Field(
        True, description="weights (.weights.h5), or the whole model with its optimizer (.keras)"
    )
    save_freq: Annotated[int | str, BeforeValidator(_save_freq)] = Field(
        "epoch",
        description='a checkpoint after each epoch, after "3 epochs" (what period was), or after '
        "so many batches",
    )
    resume: bool = Field(
        True, description="go on where a killed run with the same settings and data was"
    )
    distribute: Literal["none", "mirrored", "multiworker"] = Field(
        "none",
        description="over this machine's GPUs, or over processes that TF_CONFIG names; "
        "a killed one goes on from the last epoch that all of them kept",
    )
    tensorboard: bool = Field(False, description="write TensorBoard logs to the work directory")
    callbacks: tuple[str, ...] = Field(
        (), description="Keras callbacks of your own, each as module:Class"
    )

    @property
    def checkpoint_batches(self) -> int:
        """Batches from one checkpoint to the next; 0 where epochs are counted."""
        return self.save_freq if isinstance(self.save_freq, int) else 0

    @property
    def checkpoint_epochs(self) -> int:
        """Epochs from one checkpoint to the next."""
        match = _EPOCHS.fullmatch(str(self.save_freq))
        return int(match[1]) if match else 1

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
                "load_best",
            ),
            "only the best epoch's weights are kept; set checkpoints = true",
        )
        self._refuse_idle(
            self.save_best_only,
            ("checkpoint_monitor", "load_best"),
            "every checkpoint is saved; set save_best_only = true",
        )
        if isinstance(self.save_freq, int) and self.save_freq < 1:
            raise ValueError("save_freq has to be greater than 0")
        if isinstance(self.save_freq, str) and not (
            self.save_freq == "epoch" or _EPOCHS.fullmatch(self.save_freq)
        ):
            raise ValueError(
                f"save_freq = {self.save_freq!r} is neither 'epoch', nor '3 epochs', nor a number "
                "of batches"
            )
        if self.save_best_only and self.checkpoint_batches:
            raise ValueError(
                "save_best_only compares epochs, and save_freq counts batches; "
                'use save_freq = "epoch", or save every checkpoint'
            )
        if self.load_best and self.save_freq != "epoch":
            raise ValueError(
                f"load_best looks at every epoch, and save_freq = {self.save_freq!r} saves some; "
                'use save_freq = "epoch"'
            )
        if self.checkpoints:
            check_name(self.checkpoint_name, after_epochs=not self.checkpoint_batches)
        for path in self.callbacks:
            if not re.fullmatch(r"\w+(\.\w+)*:\w+", path):
                raise ValueError(f"callbacks: {path!r} is not of the form module:Class")
        return self
