"""Optimizers, learning rates and clipping, each seen at work on a variable."""

from typing import Any

import numpy as np
import pytest

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.optimizer import OPTIMIZER_PARAMETERS
from zigbang_nlp.model.network.backend import keras, tf
from zigbang_nlp.model.training.optimizers import Schedule, make_optimizer


def step_of(gradients: list[list[float]], **settings: Any) -> list[np.ndarray]:
    """What one step of SGD with learning rate 1 takes from variables that start at 0."""
    chosen = TrainSettings(optimizer="sgd", learning_rate=1.0, **settings)
    variables = [keras.Variable(np.zeros(len(g))) for g in gradients]
    make_optimizer(chosen, 10).apply([tf.constant(g) for g in gradients], variables)
    return [-v.numpy() for v in variables]


def rates(steps: int = 100, **settings: Any) -> np.ndarray:
    chosen = TrainSettings(learning_rate=0.5, **settings)
    rate = make_optimizer(chosen, steps)._learning_rate
    return np.array([float(rate(i)) for i in range(steps + 1)])


@pytest.mark.parametrize("name", OPTIMIZER_PARAMETERS)
def test_every_optimizer_finds_the_way_down(name: str) -> None:
    optimizer = make_optimizer(TrainSettings(optimizer=name, learning_rate=0.1), 10)
    variable = keras.Variable(np.array([3.0, -2.0]))
    for _ in range(5):
        optimizer.apply([2 * tf.convert_to_tensor(variable)], [variable])
    assert (np.abs(variable.numpy()) < [3.0, 2.0]).all()


def test_parameters_reach_the_optimizer() -> None:
    parameters = {"momentum": 0.9, "nesterov": True}
    optimizer = make_optimizer(TrainSettings(optimizer="sgd", optimizer_parameters=parameters), 10)
    assert (optimizer.momentum, optimizer.nesterov) == (0.9, True)
    for name in ("adam", "adamw", "rmsprop"):
        decay = TrainSettings(optimizer=name, optimizer_parameters={"weight_decay": 0.25})
        assert make_optimizer(decay, 10).weight_decay == 0.25


def test_a_gradient_is_clipped_as_asked() -> None:
    gradients = [[3.0, 4.0], [0.0, 12.0]]
    plain, norm, value, together = (
        step_of(gradients),
        step_of(gradients, clip_norm=1),
        step_of(gradients, clip_value=3.5),
        step_of(gradients, global_clip_norm=6.5),
    )
    np.testing.assert_allclose(np.stack(plain), gradients)
    np.testing.assert_allclose(np.stack(norm), [[0.6, 0.8], [0.0, 1.0]], rtol=1e-5)
    np.testing.assert_allclose(np.stack(value), [[3.0, 3.5], [0.0, 3.5]], rtol=1e-5)
    np.testing.assert_allclose(np.stack(together), [[1.5, 2.0], [0.0, 6.0]], rtol=1e-5)


def test_without_schedule_the_rate_is_one_number() -> None:
    optimizer = make_optimizer(TrainSettings(learning_rate=0.5), 10)
    assert float(optimizer.learning_rate) == 0.5


@pytest.mark.parametrize("kind", ["cosine", "exponential", "one_cycle"])
def test_a_schedule_ends_where_it_is_told(kind: str) -> None:
    by_step = rates(learning_rate_schedule=kind, learning_rate_end=0.1, warmup_share=0.2)
    assert by_step.max() == pytest.approx(0.5)
    assert by_step[20] == pytest.approx(0.5)
    assert by_step[-1] == pytest.approx(0.05, rel=1e-4)
    assert (np.diff(by_step[:20]) > 0).all()
    assert (np.diff(by_step[20:]) < 0).all()


def test_schedules_differ_in_their_middle() -> None:
    middle = {
        kind: rates(learning_rate_schedule=kind, learning_rate_end=0.01)[50] / 0.5
        for kind in ("cosine", "exponential", "one_cycle")
    }
    assert middle["cosine"] == pytest.approx(0.505)
    assert middle["exponential"] == pytest.approx(0.1)
    assert middle["one_cycle"] > middle["cosine"]  # it rises for 30% first


def test_warmup_alone_rises_and_stays() -> None:
    by_step = rates(warmup_share=0.1)
    np.testing.assert_allclose(by_step[:10], 0.05 * np.arange(1, 11), rtol=1e-5)
    np.testing.assert_allclose(by_step[10:], 0.5)


def test_a_schedule_survives_its_configuration() -> None:
    schedule = Schedule("cosine", 0.5, 100, 10, 0.1)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(schedule))
    assert vars(again) == vars(schedule)
