"""Settings of the train stage.

A setting that would have no effect as the others are set is an error, never ignored; at its
default value it counts as not set, so that a file with every setting in it is valid.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, model_validator

from zigbang_nlp.config.base import Section, as_pair
from zigbang_nlp.config.fitting import CheckpointSettings, StoppingSettings
from zigbang_nlp.config.measures import MONITORS
from zigbang_nlp.config.network import NetworkSettings
from zigbang_nlp.config.optimizer import OptimizerSettings
from zigbang_nlp.config.presets import Preset, with_preset
from zigbang_nlp.config.threshold_rule import check_rule


class BatchSettings(Section):
    """What the training batches are made of; validation and test texts stay as they are."""

    loss: Literal["binary_crossentropy", "mse", "hinge", "focal"] = Field(
        "binary_crossentropy",
        description="what training makes small; hinge asks for a margin of the logit, focal "
        "(gamma 2) looks at hard texts most",
    )
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
        "auto",
        description="what the threshold is best for: macro-f1, balanced, precision=0.8 (of the "
        "complaints called) or cost=5:1 (a missed complaint to a false alarm); auto: macro-f1, or, "
        "where scores are the labels or a label has fewer than 50 validation texts, as in the "
        "model that it starts from",
    )
    keep_start: bool = Field(
        True,
        description="going on with a model: keep its weights, or half of them, where validation "
        "can't tell that the new ones are better",
    )
    trust_start: bool = Field(
        True,
        description="going on with a model: learn what it reads in a text where it is sure that "
        "the score says otherwise",
    )
    quantize: Literal["auto", "int8", "none"] = Field(
        "auto",
        description="serve in 8 bits, if validation can't tell: auto = networks of a million "
        "numbers or more, int8 = any, none = 32 bits",
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


class PresetSettings(Section):
    """Many settings by one name."""

    preset: Preset = Field(
        "none",
        description="many settings by one name, of which yours win: textbook, tutorial-nsmc, "
        "fast or best",
    )


# Fields are in the order of the last base first.
class TrainSettings(
    BatchSettings,
    CheckpointSettings,
    StoppingSettings,
    OptimizerSettings,
    NetworkSettings,
    PresetSettings,
):
    """The network and how it is trained.

    There is no `validation_split`: every data set of this package has a validation part, chosen
    when it was made so that no text is on two sides.
    """

    @model_validator(mode="before")
    @classmethod
    def _preset_comes_first(cls, values: Any) -> Any:
        return with_preset(
            values, "train", values.get("preset") if isinstance(values, dict) else None
        )

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
        if self.load_best and not self.restore_best_weights:
            raise ValueError(
                "load_best ends with the best checkpoint, and restore_best_weights = false with "
                "the last epoch; leave one of them out"
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

    @property
    def best_by(self) -> str:
        """What the best epoch goes by: the monitor, or the checkpoints' with `load_best`."""
        return self.checkpoint_monitor if self.load_best else self.monitor


def train_changes(settings: TrainSettings) -> dict[str, Any]:
    """The settings that differ from their defaults, as plain values.

    A preset is not among them: what it set is.
    """
    values = settings.model_dump(mode="json")
    defaults = TrainSettings().model_dump(mode="json")
    return {
        name: value
        for name, value in values.items()
        if value != defaults[name] and name != "preset"
    }
