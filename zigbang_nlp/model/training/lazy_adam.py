"""Adam that leaves the embeddings of absent tokens alone."""

from __future__ import annotations

from typing import Any

from zigbang_nlp.model.network.backend import keras, tf


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
