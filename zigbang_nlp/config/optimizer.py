"""Settings of the steps that training takes: optimizer, learning rate, gradient clipping."""

from __future__ import annotations

import difflib
import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from zigbang_nlp.config.base import Section, as_mapping

#: The parameters each optimizer has beside the learning rate; a test compares them with Keras's.
#: Left out are those that `train` has settings for (clipping), and the moving average of weights,
#: which Keras applies after the last epoch, when the best epoch's weights are long saved.
OPTIMIZER_PARAMETERS: dict[str, tuple[str, ...]] = {
    "adam": ("beta_1", "beta_2", "epsilon", "amsgrad", "weight_decay"),
    "lazy_adam": ("beta_1", "beta_2", "epsilon", "embedding_factor"),
    "adamw": ("beta_1", "beta_2", "epsilon", "amsgrad", "weight_decay"),
    "nadam": ("beta_1", "beta_2", "epsilon", "weight_decay"),
    "adamax": ("beta_1", "beta_2", "epsilon", "weight_decay"),
    "rmsprop": ("rho", "momentum", "epsilon", "centered", "weight_decay"),
    "sgd": ("momentum", "nesterov", "weight_decay"),
    "adagrad": ("initial_accumulator_value", "epsilon", "weight_decay"),
    "adadelta": ("rho", "epsilon", "weight_decay"),
    "lion": ("beta_1", "beta_2", "weight_decay"),
}
_YES_NO = {"amsgrad", "centered", "nesterov"}
_BELOW_ONE = {"beta_1", "beta_2", "rho", "momentum"}
_ABOVE_ZERO = {"epsilon", "initial_accumulator_value", "embedding_factor"}

#: What has its own setting, so that a parameter of that name finds its way there.
_SETTINGS_OF = {
    "learning_rate": "learning_rate",
    "clipnorm": "clip_norm",
    "clipvalue": "clip_value",
    "global_clipnorm": "global_clip_norm",
}


class OptimizerSettings(Section):
    """How a gradient becomes a step."""

    optimizer: Literal[
        "adam",
        "lazy_adam",
        "adamw",
        "nadam",
        "adamax",
        "rmsprop",
        "sgd",
        "adagrad",
        "adadelta",
        "lion",
    ] = Field(
        "adam", description="by name; lazy_adam: embeddings move only where their token occurs"
    )
    optimizer_parameters: Annotated[dict[str, float | bool], BeforeValidator(as_mapping)] = Field(
        {}, description="of the optimizer, e.g. {momentum = 0.9, nesterov = true} for sgd"
    )
    learning_rate: float = Field(1e-3, gt=0, le=10, description="step size")
    learning_rate_schedule: Literal[
        "constant", "cosine", "exponential", "one_cycle", "reduce_on_plateau"
    ] = Field("constant", description="how the learning rate changes over all epochs")
    warmup_share: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="share of all steps over which the rate rises first; one_cycle: 0 = 0.3",
    )
    learning_rate_end: float = Field(
        0.01, ge=0, lt=1, description="last learning rate, as a share of learning_rate"
    )
    plateau_factor: float = Field(
        0.5, gt=0, lt=1, description="reduce_on_plateau: what the rate is multiplied by"
    )
    plateau_patience: int = Field(
        2, ge=1, le=1_000, description="reduce_on_plateau: epochs without getting better"
    )
    clip_norm: float = Field(
        0.0, ge=0, description="longest gradient of each weight matrix; 0 = off"
    )
    clip_value: float = Field(0.0, ge=0, description="largest entry of a gradient; 0 = off")
    global_clip_norm: float = Field(
        0.0, ge=0, description="longest gradient of all weights together; 0 = off"
    )

    @model_validator(mode="after")
    def _optimizer_takes_its_parameters(self) -> OptimizerSettings:
        known = OPTIMIZER_PARAMETERS[self.optimizer]
        for name, value in self.optimizer_parameters.items():
            if name in _SETTINGS_OF:
                raise ValueError(
                    f"optimizer_parameters: {name} is the setting {_SETTINGS_OF[name]}"
                )
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {close[0]}" if close else ""
                raise ValueError(
                    f"optimizer_parameters: {self.optimizer} has no parameter {name!r}{hint}; "
                    f"it has {', '.join(known)}"
                )
            if trouble := _wrong(name, value):
                raise ValueError(f"optimizer_parameters: {name} = {value!r} {trouble}")
        if self.optimizer_parameters.get("nesterov") and not self.optimizer_parameters.get(
            "momentum"
        ):
            raise ValueError(
                "optimizer_parameters: nesterov has no effect here: it is a kind of momentum; "
                "set momentum = 0.9 too"
            )
        return self

    @model_validator(mode="after")
    def _schedule_has_no_idle_settings(self) -> OptimizerSettings:
        schedule = self.learning_rate_schedule
        self._refuse_idle(
            schedule != "reduce_on_plateau",
            ("warmup_share",),
            "reduce_on_plateau starts at the full learning rate; choose another schedule",
        )
        self._refuse_idle(
            schedule != "constant",
            ("learning_rate_end",),
            "the learning rate stays constant; set learning_rate_schedule",
        )
        self._refuse_idle(
            schedule == "reduce_on_plateau",
            ("plateau_factor", "plateau_patience"),
            'they belong to learning_rate_schedule = "reduce_on_plateau"',
        )
        if schedule == "exponential" and not self.learning_rate_end:
            raise ValueError(
                "learning_rate_end = 0 can't be reached by an exponential; give a share above 0"
            )
        return self

    @model_validator(mode="after")
    def _one_clipping(self) -> OptimizerSettings:
        chosen = [n for n in ("clip_norm", "clip_value", "global_clip_norm") if getattr(self, n)]
        if len(chosen) > 1:
            raise ValueError(f"{' and '.join(chosen)} can't be combined; leave one above 0")
        if chosen and self.optimizer == "lazy_adam":
            raise ValueError(
                f"{chosen[0]} makes the embedding's gradient dense, and lazy_adam would do "
                'what adam does; leave it out, or use optimizer = "adam"'
            )
        return self


def _wrong(name: str, value: Any) -> str:
    """What is wrong with an optimizer's parameter, or nothing."""
    if name in _YES_NO:
        return "" if isinstance(value, bool) else "is neither true nor false"
    if isinstance(value, bool) or not math.isfinite(value):
        return "is not a number"
    if name in _BELOW_ONE and not 0 <= value < 1:
        return "is outside 0 (included) to 1 (not included)"
    if name in _ABOVE_ZERO and value <= 0:
        return "is not above 0"
    return "is below 0" if value < 0 else ""
