"""Compile, fit and what follows in a stand-alone Keras script, as lines of Python."""

from __future__ import annotations

from collections.abc import Callable

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.measures import MONITORS
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.training.checkpoints import needed_measures
from zigbang_nlp.model.training.measures import wanted_metrics
from zigbang_nlp.model.training.optimizers import (
    learning_rate_plan,
    make_optimizer,
    optimizer_options,
)

#: Columns of a line.
WIDEST = 100

#: See `optimizers.LazyAdam`.
_LAZY_ADAM = '''\
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
#: See `measures.BestMacroF1`.
_MACRO_F1 = '''\
class MacroF1(keras.metrics.AUC):
    """임계값 200개 가운데 가장 좋은 곳에서 잰, 두 클래스의 F1의 평균"""
    def result(self):
        wrong = self.false_positives + self.false_negatives
        hits = 2 * self.true_positives, 2 * self.true_negatives
        return ops.max(sum(hit / ops.maximum(hit + wrong, 1e-7) for hit in hits) / 2)

'''
#: See `measures.LogitHinge`.
_HINGE = '''\
def hinge(y, p):
    """로짓의 힌지 손실: max(0, 1 - y z), y는 -1 또는 1"""
    p = ops.clip(p, 1e-7, 1 - 1e-7)
    y = 2 * ops.reshape(y, ops.shape(p)) - 1
    return ops.mean(ops.maximum(1 - y * ops.log(p / (1 - p)), 0), axis=-1)

'''
#: See `checkpoints.Checkpoint`.
_SOMETIMES = '''\
class Sometimes(keras.callbacks.ModelCheckpoint):
    """{when} 저장합니다."""
    def on_epoch_end(self, epoch, logs=None):
        if {condition}:
            super().on_epoch_end(epoch, logs)

'''


def compile_lines(settings: TrainSettings, architecture: Architecture, per_epoch: int) -> list[str]:
    """Optimizer, loss and metrics."""
    steps = (settings.epochs - settings.initial_epoch) * per_epoch
    lines, rate = learning_rate_plan(settings, steps)
    options = {"learning_rate": rate}
    options |= {name: repr(value) for name, value in optimizer_options(settings).items()}
    # The factor of the embedding is written into the class.
    factor = options.pop("embedding_factor", "1.0")
    arguments = ", ".join(f"{name}={value}" for name, value in options.items())
    optimizer = type(make_optimizer(settings, steps)).__name__
    if optimizer == "LazyAdam":
        lines += _LAZY_ADAM.format(factor=factor).splitlines()
    else:
        optimizer = f"keras.optimizers.{optimizer}"
    names = ("accuracy", *wanted_metrics(settings))
    if "macro_f1" in names:
        lines += _MACRO_F1.splitlines()
    loss = f'"{settings.loss}"'
    if settings.loss == "focal":
        loss = "keras.losses.BinaryFocalCrossentropy(gamma=2.0)"
    if settings.loss == "hinge":
        loss = "hinge"
        lines += _HINGE.splitlines()
    metrics = f"[{', '.join(map(_metric, names))}]"
    if len(metrics) > WIDEST - 20:
        metrics = "".join(["[", *(f"\n        {_metric(name)}," for name in names), "\n    ]"])
    if "CUTS" in metrics:
        cuts = "CUTS = list(1 / (1 + np.exp(-np.linspace(-16, 16, 199))))"
        lines.append(f"{cuts}  # 로그 오즈로 고르게 놓은 임계값")
    lines += ["model.compile(", f"    optimizer={optimizer}({arguments}),"]
    if architecture.stars:
        lines += [
            f'    loss=[{loss}, "categorical_crossentropy"], '
            f"loss_weights=[1.0, {settings.stars_weight}],",
            f"    metrics=[{metrics}, []],",
        ]
    else:
        lines += [f"    loss={loss},", f"    metrics={metrics},"]
    return [*lines, ")", ""]


def _metric(name: str) -> str:
    return {
        "accuracy": '"accuracy"',
        "auc": 'keras.metrics.AUC(thresholds=CUTS, name="auc")',
        "macro_f1": 'MacroF1(thresholds=CUTS, name="macro_f1")',
        "pr_auc": 'keras.metrics.AUC(curve="PR", thresholds=CUTS, name="pr_auc")',
        "precision": 'keras.metrics.Precision(name="precision")',
        "recall": 'keras.metrics.Recall(name="recall")',
        "mse": 'keras.metrics.MeanSquaredError(name="mse")',
        "mae": 'keras.metrics.MeanAbsoluteError(name="mae")',
    }[name]


def fit_lines(settings: TrainSettings, architecture: Architecture) -> list[str]:
    """Callbacks, fit, evaluation and predictions."""

    def logged(monitor: str) -> str:
        """What Keras calls it where there are two outputs."""
        side = "val_" if monitor.startswith("val_") else ""
        rest = monitor.removeprefix("val_")
        return f"{side}probability_{rest}" if architecture.stars else monitor

    best = f"{_watch(logged(settings.best_by), settings.best_by)}, save_best_only=True"
    lines = [
        *_sometimes(settings, logged),
        "# 가장 좋은 에폭의 가중치를 남깁니다.",
        f"best = dict({best}, save_weights_only=True)",
        'callbacks = [keras.callbacks.ModelCheckpoint("best.weights.h5", **best)]',
    ]
    watched = _watch(logged(settings.monitor), settings.monitor)
    watched += f", min_delta={settings.min_delta}" if settings.min_delta else ""
    if settings.early_stopping:
        more = f", patience={settings.patience}"
        more += f", start_from_epoch={settings.start_from_epoch}" * bool(settings.start_from_epoch)
        more += f", baseline={settings.baseline}" if settings.baseline != "none" else ""
        lines.append(f"# {settings.patience}번 안에 나아지지 않으면 학습을 멈춥니다.")
        lines += _callback("EarlyStopping", [watched + more])
    if settings.learning_rate_schedule == "reduce_on_plateau":
        least = settings.learning_rate * settings.learning_rate_end
        rest = f"factor={settings.plateau_factor}, patience={settings.plateau_patience}"
        lines.append("# 나아지지 않으면 학습률을 낮춥니다.")
        lines += _callback("ReduceLROnPlateau", [watched, f"{rest}, min_lr={least!r}"])
    if settings.checkpoints:
        lines += _checkpoint(settings, logged)
    if settings.tensorboard:
        lines += _callback("TensorBoard", ['"tensorboard", write_graph=False'])
    for path in settings.callbacks:
        lines.append(f"callbacks.append({path.partition(':')[2]}())")
    stars = architecture.stars
    held = "(x_val, (y_val, np.zeros((len(y_val), 5))))" if stars else "(x_val, y_val)"
    extra = f", initial_epoch={settings.initial_epoch}" if settings.initial_epoch else ""
    if settings.validation_freq > 1:
        extra += f", validation_freq={settings.validation_freq}"
    first = "[0]" if stars else ""
    lines += [
        "",
        "if len(sys.argv) == 1:",
        "    history = model.fit(",
        f"        train, steps_per_epoch=STEPS, epochs=EPOCHS{extra}, shuffle=False,",
        f"        validation_data={held},",
        f"        validation_batch_size=1024, callbacks=callbacks, verbose={settings.verbose},",
        "    )",
    ]
    if settings.restore_best_weights:
        lines.append('    model.load_weights("best.weights.h5")')
    return [
        *lines,
        "",
        "# 평가: 학습에도 모델 고르기에도 쓰지 않은 리뷰로",
        'x_test, y_test = read("test")',
        f"probability = model.predict(x_test, batch_size=1024, verbose=0){first}[:, 0]",
        'print(f"시험 정확도 {np.mean((probability >= 0.5) == y_test):.4f}, "',
        '      f"많은 쪽의 비율 {max(y_test.mean(), 1 - y_test.mean()):.4f}")',
        "",
        "# 예측: 긍정 확률과 리뷰",
        'for p, text in zip(probability[:5], pd.read_parquet(DATA / "test.parquet")["text"]):',
        '    print(f"{p:.3f}  {text}")',
    ]


def _watch(logged: str, monitor: str) -> str:
    return f'monitor="{logged}", mode="{MONITORS[monitor]}"'


def _callback(kind: str, arguments: list[str]) -> list[str]:
    made_by = kind if kind == "Sometimes" else f"keras.callbacks.{kind}"
    one = f"callbacks.append({made_by}({', '.join(arguments)}))"
    if len(one) <= WIDEST:
        return [one]
    indented = (f"    {part}," for part in arguments)
    return [f"callbacks.append({made_by}(", *indented, "))"]


def _checkpoint(settings: TrainSettings, logged: Callable[[str], str]) -> list[str]:
    name = settings.checkpoint_name
    for monitor in MONITORS:
        for ending in ("}", ":"):
            name = name.replace("{" + monitor + ending, "{" + logged(monitor) + ending)
    kind = ".weights.h5" if settings.save_weights_only else ".keras"
    freq = settings.checkpoint_batches or "epoch"
    monitor = settings.checkpoint_monitor
    return _callback(
        "Sometimes" if _needs_sometimes(settings) else "ModelCheckpoint",
        [
            f'"checkpoints/{name}{kind}"',
            f"{_watch(logged(monitor), monitor)}, save_freq={freq!r}".replace("'", '"'),
            f"save_best_only={settings.save_best_only}, "
            f"save_weights_only={settings.save_weights_only}",
        ],
    )


def _needs_sometimes(settings: TrainSettings) -> bool:
    """Whether checkpoints by name aren't saved after each epoch."""
    by_epochs = settings.checkpoints and not settings.checkpoint_batches
    return by_epochs and (settings.checkpoint_epochs > 1 or settings.validation_freq > 1)


def _sometimes(settings: TrainSettings, logged: Callable[[str], str]) -> list[str]:
    """The checkpoint `Sometimes`, where it is needed."""
    if not _needs_sometimes(settings):
        return []
    every = settings.checkpoint_epochs
    conditions = [f"(epoch + 1) % {every} == 0"] if every > 1 else []
    when = [f"{every} 에폭마다"] if every > 1 else []
    needs = needed_measures(settings)
    if settings.validation_freq > 1 and needs:
        names = ", ".join(f'"{logged(name)}"' for name in sorted(needs))
        conditions.append(f"{{{names}}} <= set(logs)")
        when.append("필요한 값이 재어진 에폭에서만")
    text = _SOMETIMES.format(when=", ".join(when), condition=" and ".join(conditions) or "logs")
    return text.splitlines()
