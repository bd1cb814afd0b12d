"""The optimizer and its learning rate, from settings."""

from __future__ import annotations

import math
from typing import Any

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.network.backend import keras, tf

ops = keras.ops

#: one_cycle begins at this share of the learning rate and takes this share of the steps to rise;
#: both as in fastai, after Smith & Topin 2018 (arXiv:1708.07120).
_CYCLE_START, _CYCLE_WARMUP = 1 / 25, 0.3


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate of each step: it rises, then falls as `kind` says.

    Args:
        kind: "constant", "cosine", "exponential" or "one_cycle".
        peak: the highest learning rate.
        steps: of the whole training; after them the rate stays.
        warmup: steps of the rise, linear from 0 (one_cycle: half a cosine from 1/25 of the peak).
        end: last rate, as a share of the peak.
    """

    def __init__(self, kind: str, peak: float, steps: int, warmup: int, end: float) -> None:
        self.kind, self.peak, self.steps, self.warmup, self.end = kind, peak, steps, warmup, end

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step, counted from 0, as a float32 scalar."""
        step = ops.cast(step, "float32")
        rising = ops.clip((step + 1) / max(self.warmup, 1), 0.0, 1.0)
        if self.kind == "one_cycle":
            rising = _CYCLE_START + (1 - _CYCLE_START) * (1 - ops.cos(math.pi * rising)) / 2
        done = ops.clip((step - self.warmup) / max(self.steps - self.warmup, 1), 0.0, 1.0)
        if self.kind == "constant":
            falling = ops.ones_like(done)
        elif self.kind == "exponential":
            falling = ops.exp(math.log(self.end) * done)
        else:
            falling = self.end + (1 - self.end) * (1 + ops.cos(math.pi * done)) / 2
        return self.peak * ops.where(step < self.warmup, rising, falling)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the schedule again."""
        return dict(vars(self))


@keras.saving.register_keras_serializable(package="zigbang_nlp")
class LazyAdam(keras.optimizers.Adam):
    """Adam (Kingma & Ba 2015) whose embedding rows move only in steps in which they occur.

    Keras's Adam goes on moving the row of a token for some thirty steps after it occurred, and
    with it reads and writes the whole table at every step. Here moments and weights of a row
    stay as they are until it occurs again. All other weights are trained as by Adam.

    Args:
        embedding_factor: the learning rate of embedding rows is this many times the others'; rare
            rows take few steps, so larger steps suit them.
        keywords: those of `keras.optimizers.Adam` (amsgrad is not for rows).
    """

    def __init__(self, embedding_factor: float = 1.0, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.embedding_factor = embedding_factor

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """One step of one variable: of the rows that have a gradient, or of all of it.

        Args:
            gradient: dense like the variable, or `tf.IndexedSlices` of an embedding's rows.
            variable: that is trained.
            learning_rate: of this step, before `embedding_factor`.
        """
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        index = self._get_variable_index(variable)
        table = variable.value if isinstance(variable, keras.Variable) else variable
        m, v = self._momentums[index].value, self._velocities[index].value
        # A token that occurs twice in the batch has two gradients, which are one step.
        rows, position = tf.unique(gradient.indices)
        slope = tf.math.unsorted_segment_sum(gradient.values, position, tf.size(rows))
        step = tf.cast(self.iterations + 1, slope.dtype)
        rate = tf.cast(learning_rate, slope.dtype) * self.embedding_factor
        rate *= tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        first = self.beta_1 * tf.gather(m, rows) + (1 - self.beta_1) * slope
        second = self.beta_2 * tf.gather(v, rows) + (1 - self.beta_2) * tf.square(slope)
        m.scatter_update(tf.IndexedSlices(first, rows))
        v.scatter_update(tf.IndexedSlices(second, rows))
        change = rate * first / (tf.sqrt(second) + self.epsilon)
        table.scatter_sub(tf.IndexedSlices(change, rows))

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the optimizer again."""
        return {**super().get_config(), "embedding_factor": self.embedding_factor}


def make_optimizer(settings: TrainSettings, steps: int) -> keras.optimizers.Optimizer:
    """The Keras optimizer of the settings.

    Args:
        settings: optimizer, its parameters, learning rate, schedule and clipping.
        steps: batches of all epochs, which the schedule is stretched over.
    """
    config = {
        **optimizer_options(settings),
        "learning_rate": _learning_rate(settings, steps),
    }
    if settings.optimizer == "lazy_adam":
        return LazyAdam(**config)
    return keras.optimizers.get({"class_name": settings.optimizer, "config": config})


def optimizer_options(settings: TrainSettings) -> dict[str, Any]:
    """What Keras calls the optimizer's parameters and its clipping, beside the learning rate."""
    clipping = {
        "clipnorm": settings.clip_norm,
        "clipvalue": settings.clip_value,
        "global_clipnorm": settings.global_clip_norm,
    }
    return settings.optimizer_parameters | {k: v for k, v in clipping.items() if v}


def learning_rate_plan(settings: TrainSettings, steps: int) -> tuple[list[str], str]:
    """The learning rate of a stand-alone script: lines before it, and what stands for it.

    Args:
        settings: of the training.
        steps: batches of all epochs.
    """
    rate = _learning_rate(settings, steps)
    if isinstance(rate, float):
        return [], repr(rate)
    start = f"{_CYCLE_START} + {1 - _CYCLE_START} * (1 - ops.cos(np.pi * rising)) / 2"
    end = rate.end
    falls = {
        "constant": "1.0",
        "exponential": f"ops.exp({math.log(end) if end else 0.0} * done)",
    }.get(rate.kind, f"{end} + {1 - end} * (1 + ops.cos(np.pi * done)) / 2")
    return [
        "class Schedule(keras.optimizers.schedules.LearningRateSchedule):",
        '    """걸음마다의 학습률: 올랐다가 내려갑니다."""',
        "    def __call__(self, step):",
        '        step = ops.cast(step, "float32")',
        f"        rising = ops.minimum((step + 1) / {max(rate.warmup, 1)}, 1)",
        *([f"        rising = {start}"] if rate.kind == "one_cycle" else []),
        f"        done = ops.clip((step - {rate.warmup}) / {max(rate.steps - rate.warmup, 1)}, 0, 1)",
        f"        falling = {falls}",
        f"        return {rate.peak} * ops.where(step < {rate.warmup}, rising, falling)",
        "",
    ], "Schedule()"


def _learning_rate(settings: TrainSettings, steps: int) -> float | Schedule:
    kind, share = settings.learning_rate_schedule, settings.warmup_share
    if kind == "reduce_on_plateau" or (kind == "constant" and not share):
        return settings.learning_rate
    if kind == "one_cycle":
        share = share or _CYCLE_WARMUP
    warmup = round(share * steps)
    return Schedule(kind, settings.learning_rate, steps, warmup, settings.learning_rate_end)
