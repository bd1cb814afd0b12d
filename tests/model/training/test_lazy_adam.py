"""LazyAdam against Keras's Adam, row by row."""

import numpy as np
import pytest

from zigbang_nlp.model.network.backend import keras, tf
from zigbang_nlp.model.training.optimizers import LazyAdam


def rows_gradient(rows: list[int], values: list[float]) -> tf.IndexedSlices:
    return tf.IndexedSlices(tf.constant([[v, -v] for v in values]), tf.constant(rows))


def after(optimizer: keras.optimizers.Optimizer, gradients: list[object]) -> np.ndarray:
    table = keras.Variable(np.ones((4, 2), np.float32))
    for gradient in gradients:
        optimizer.apply([gradient], [table])
    return np.asarray(table.numpy())


def test_rows_that_occur_in_every_step_move_as_by_adam() -> None:
    steps = [rows_gradient([0, 2], [0.5 + i, -0.25 * i - 0.1]) for i in range(5)]
    lazy = after(LazyAdam(learning_rate=0.1), steps)
    dense = after(keras.optimizers.Adam(0.1), [tf.convert_to_tensor(_dense(s)) for s in steps])
    np.testing.assert_allclose(lazy, dense, rtol=1e-5)


def test_absent_rows_stay_where_they_are() -> None:
    optimizer = LazyAdam(learning_rate=0.1)
    once = after(optimizer, [rows_gradient([1], [0.5])])
    assert (once[[0, 2, 3]] == 1).all()
    assert (once[1] != 1).all()
    later = after(
        LazyAdam(learning_rate=0.1), [rows_gradient([1], [0.5]), rows_gradient([3], [0.5])]
    )
    np.testing.assert_array_equal(later[1], once[1])


def test_a_token_that_occurs_twice_takes_one_step_of_both_gradients() -> None:
    twice = after(LazyAdam(learning_rate=0.1), [rows_gradient([1, 1, 2], [0.5, 0.25, 0.1])] * 3)
    once = after(LazyAdam(learning_rate=0.1), [rows_gradient([1, 2], [0.75, 0.1])] * 3)
    np.testing.assert_allclose(twice, once, rtol=1e-6)


def test_the_factor_is_for_rows_only() -> None:
    row = rows_gradient([0], [0.5])
    one, five = (after(LazyAdam(f, learning_rate=0.01), [row]) - 1 for f in (1.0, 5.0))
    np.testing.assert_allclose(five, 5 * one, rtol=1e-4)
    dense = tf.ones((4, 2))
    np.testing.assert_allclose(
        after(LazyAdam(5.0, learning_rate=0.01), [dense]),
        after(keras.optimizers.Adam(0.01), [dense]),
    )


@pytest.mark.parametrize("factor", [1.0, 5.0])
def test_it_survives_its_configuration(factor: float) -> None:
    optimizer = LazyAdam(factor, learning_rate=0.2, beta_1=0.8)
    again = LazyAdam.from_config(optimizer.get_config())
    assert again.embedding_factor == factor
    assert again.get_config() == optimizer.get_config()


def _dense(gradient: tf.IndexedSlices) -> np.ndarray:
    table = np.zeros((4, 2), np.float32)
    np.add.at(table, gradient.indices.numpy(), gradient.values.numpy())
    return table
