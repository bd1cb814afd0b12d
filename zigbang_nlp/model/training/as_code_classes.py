"""Classes that Keras lacks and some settings need, as lines of a stand-alone script."""

from __future__ import annotations

from collections.abc import Callable

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.checkpoint_name import measures_in
from zigbang_nlp.model.training.rare_class import wanted_metrics

#: See `lazy_adam.LazyAdam`.
_LAZY_ADAM = '''
class LazyAdam(keras.optimizers.Adam):
    """임베딩은 배치에 나온 토큰의 벡터만, {factor}배의 학습률로 고치는 Adam"""
    def update_step(self, gradient, variable, learning_rate):
        if not isinstance(gradient, tf.IndexedSlices):
            return super().update_step(gradient, variable, learning_rate)
        i = self._get_variable_index(variable)
        changed = [variable, self._momentums[i].value, self._velocities[i].value]
        before = [tf.identity(values) for values in changed]
        super().update_step(tf.convert_to_tensor(gradient), variable, learning_rate * {factor})
        seen = tf.math.bincount(gradient.indices, minlength=VOCABULARY)[:, None] > 0
        for values, old in zip(changed, before):
            values.assign(tf.where(seen, values, old))  # 배치에 없던 토큰은 그대로 둡니다.
'''
#: See `rare_class.BestMacroF1`.
_MACRO_F1 = '''
class MacroF1(keras.metrics.AUC):
    """임계값 200개 가운데 가장 좋은 곳에서 잰, 두 클래스의 F1의 평균"""
    def result(self):
        wrong = self.false_positives + self.false_negatives
        hits = 2 * self.true_positives, 2 * self.true_negatives
        return ops.max(sum(hit / ops.maximum(hit + wrong, 1e-7) for hit in hits) / 2)
'''
#: See `checkpoints.Checkpoint`.
_SOMETIMES = '''
class Sometimes(keras.callbacks.ModelCheckpoint):
    """{when} 저장합니다."""
    def on_epoch_end(self, epoch, logs=None):
        if {condition}:
            super().on_epoch_end(epoch, logs)
'''


def lazy_adam_lines(settings: TrainSettings) -> list[str]:
    """The optimizer `LazyAdam`, where it is chosen."""
    if settings.optimizer != "lazy_adam":
        return []
    factor = settings.optimizer_parameters.get("embedding_factor", 1.0)
    return [*_LAZY_ADAM.format(factor=factor).splitlines()[1:], ""]


def macro_f1_lines(settings: TrainSettings) -> list[str]:
    """The metric `MacroF1`, where it is wanted."""
    return [*_MACRO_F1.splitlines()[1:], ""] if "macro_f1" in wanted_metrics(settings) else []


def needs_sometimes(settings: TrainSettings) -> bool:
    """Whether checkpoints by name aren't saved after each epoch."""
    by_epochs = settings.checkpoints and not settings.checkpoint_batches
    return by_epochs and (settings.checkpoint_epochs > 1 or settings.validation_freq > 1)


def sometimes_lines(settings: TrainSettings, logged: Callable[[str], str]) -> list[str]:
    """The checkpoint `Sometimes`, where it is needed.

    Args:
        settings: of the training.
        logged: what Keras calls a measure in this network.
    """
    if not needs_sometimes(settings):
        return []
    every = settings.checkpoint_epochs
    conditions = [f"(epoch + 1) % {every} == 0"] if every > 1 else []
    when = [f"{every} 에폭마다"] if every > 1 else []
    needs = set(measures_in(settings.checkpoint_name)) - {"epoch", "batch"}
    if settings.save_best_only:
        needs.add(settings.checkpoint_monitor)
    if settings.validation_freq > 1 and needs:
        names = ", ".join(f'"{logged(name)}"' for name in sorted(needs))
        conditions.append(f"{{{names}}} <= set(logs)")
        when.append("필요한 값이 재어진 에폭에서만")
    text = _SOMETIMES.format(when=", ".join(when), condition=" and ".join(conditions) or "logs")
    return [*text.splitlines()[1:], ""]
