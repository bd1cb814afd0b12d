"""Data, compile, fit and what follows in a stand-alone Keras script, as lines of Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.measures import MONITORS
from zigbang_nlp.model.architecture import STARS, Architecture
from zigbang_nlp.model.training.optimizers import learning_rate_plan
from zigbang_nlp.model.training.rare_class import wanted_metrics

#: Columns of a line.
WIDEST = 100

_STARS = f'''
def stars_of(name):
    """별점을 1~{STARS}점의 몫으로: 4.5점이면 4점과 5점에 반씩. 별점이 없으면 모두 0입니다."""
    score = pd.to_numeric(pd.read_parquet(DATA / f"{{name}}.parquet")["score"]).to_numpy("float64")
    near = 1 - np.abs(np.clip(score, 1, {STARS})[:, None] - np.arange(1, {STARS + 1}))
    return np.nan_to_num(np.maximum(near, 0)).astype("float32")
'''


def data_lines(
    settings: TrainSettings,
    architecture: Architecture,
    pair: tuple[float, float] | None,
    own_weights: bool,
) -> list[str]:
    """Reading the data set, and its batches.

    Args:
        settings: of the training.
        architecture: says whether stars are learned.
        pair: weights of a negative and a positive text, or None.
        own_weights: whether the data set has a column of weights.
    """
    lines = [
        "def read(name):",
        '    """정수 배열(리뷰 수, 길이)은 디스크에 둔 채로, 라벨은 0(부정)과 1(긍정)로 읽습니다."""',
        '    ids = np.load(DATA / f"{name}.npy", mmap_mode="r")',
        '    return ids, pd.read_parquet(DATA / f"{name}.parquet")["label"].to_numpy("float32")',
        "",
        'x_train, y_train = read("train")',
        'x_val, y_val = read("validation")',
        "lengths = np.maximum((x_train != 0).sum(axis=1), 1)",
    ]
    weighted = pair is not None or own_weights
    if weighted:
        low, high = pair or (1.0, 1.0)
        lines.append(
            f'weights = np.where(y_train == 1, {high!r}, {low!r}).astype("float32")  # 클래스의 무게'
        )
    if own_weights:
        lines.append(
            'weights *= pd.read_parquet(DATA / "train.parquet")["weight"].to_numpy("float32")'
        )
    stars = architecture.stars
    if stars:
        lines += [*_STARS.splitlines(), "", 'stars_train = stars_of("train")']
    lines += ["", "def batches():"]
    lines.append(
        '    """비슷한 길이끼리 묶고, 묶음의 순서를 섞어 끝없이 내보냅니다."""'
        if settings.shuffle
        else '    """데이터의 순서대로 끝없이 내보냅니다."""'
    )
    if settings.shuffle or settings.token_dropout:
        lines.append("    rng = np.random.default_rng(SEED)")
    lines += ["    while True:", *_order(settings)]
    if settings.shuffle:
        lines.append("            rows = np.sort(rows)")
    lines += [
        "            ids = np.array(x_train[rows, : lengths[rows].max()])",
    ]
    if settings.token_dropout:
        lines += [
            f"            lost = (rng.random(ids.shape) < {settings.token_dropout}) & (ids != 0)",
            "            ids[lost] = 1  # 토큰 일부를 모르는 것으로 가립니다.",
        ]
    spec = "number"
    given = "(y_train[rows], stars_train[rows])" if stars else "y_train[rows]"
    if stars:
        spec = f'(number, tf.TensorSpec((None, {STARS}), "float32"))'
    if weighted:
        given += ", (weights[rows], np.ones(len(rows)))" if stars else ", weights[rows]"
        spec += ", (number, number)" if stars else ", number"
    return [
        *lines,
        f"            yield ids, {given}",
        "",
        'number = tf.TensorSpec((None,), "float32")',
        f'signature = (tf.TensorSpec((None, None), "int32"), {spec})',
        "train = tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(4)",
        "",
    ]


def _order(settings: TrainSettings) -> list[str]:
    if not settings.shuffle:
        return [
            "        for start in range(0, len(y_train), BATCH):",
            "            rows = np.arange(start, min(start + BATCH, len(y_train)))",
        ]
    return [
        "        order = rng.permutation(len(y_train))",
        "        pools = [order[i : i + 50 * BATCH] for i in range(0, len(order), 50 * BATCH)]",
        '        order = [pool[np.argsort(lengths[pool], kind="stable")] for pool in pools]',
        "        order = np.concatenate(order)",
        "        groups = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]",
        "        for rows in [groups[i] for i in rng.permutation(len(groups))]:",
    ]


def compile_lines(settings: TrainSettings, architecture: Architecture, per_epoch: int) -> list[str]:
    """Optimizer, loss and metrics."""
    steps = (settings.epochs - settings.initial_epoch) * per_epoch
    before, rate = learning_rate_plan(settings, steps)
    options = {"learning_rate": rate, **{k: repr(v) for k, v in _numbers(settings).items()}}
    told = ", ".join(f"{name}={value}" for name, value in options.items())
    lines = list(before)
    loss = f'"{settings.loss}"'
    if settings.loss == "focal":
        loss = "keras.losses.BinaryFocalCrossentropy(gamma=2.0)"
    if settings.loss == "hinge":
        loss = "hinge"
        lines += [
            "def hinge(y, p):",
            '    """로짓의 힌지 손실: max(0, 1 - y z), y는 -1 또는 1"""',
            "    p = ops.clip(p, 1e-7, 1 - 1e-7)",
            "    y = 2 * ops.reshape(y, ops.shape(p)) - 1",
            "    return ops.mean(ops.maximum(1 - y * ops.log(p / (1 - p)), 0), axis=-1)",
            "",
        ]
    metrics = f"[{', '.join(_metric(name) for name in ('accuracy', *wanted_metrics(settings)))}]"
    lines += [
        "model.compile(",
        f"    optimizer=keras.optimizers.{_CLASSES[settings.optimizer]}({told}),",
    ]
    if architecture.stars:
        lines += [
            f'    loss=[{loss}, "categorical_crossentropy"],',
            f"    loss_weights=[1.0, {settings.stars_weight}],",
            f"    metrics=[{metrics}, []],",
        ]
    else:
        lines += [f"    loss={loss},", f"    metrics={metrics},"]
    return [*lines, ")", ""]


_CLASSES = {
    "adam": "Adam",
    "adamw": "AdamW",
    "nadam": "Nadam",
    "adamax": "Adamax",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "lion": "Lion",
}


def _numbers(settings: TrainSettings) -> dict[str, Any]:
    clipping = {
        "clipnorm": settings.clip_norm,
        "clipvalue": settings.clip_value,
        "global_clipnorm": settings.global_clip_norm,
    }
    return {**settings.optimizer_parameters, **{k: v for k, v in clipping.items() if v}}


def _metric(name: str) -> str:
    return {
        "accuracy": '"accuracy"',
        "auc": 'keras.metrics.AUC(name="auc")',
        "pr_auc": 'keras.metrics.AUC(curve="PR", name="pr_auc")',
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

    lines = [
        "# 가장 좋은 에포크의 가중치를 남깁니다.",
        "best = keras.callbacks.ModelCheckpoint(",
        f'    "best.weights.h5", {_watch(logged(settings.best_by), settings.best_by)},',
        "    save_best_only=True, save_weights_only=True,",
        ")",
        "callbacks = [best]",
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
    stars = architecture.stars
    held = "(x_val, (y_val, np.zeros((len(y_val), 5))))" if stars else "(x_val, y_val)"
    extra = f", initial_epoch={settings.initial_epoch}" if settings.initial_epoch else ""
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
        'texts = pd.read_parquet(DATA / "test.parquet")["text"]',
        "for p, text in list(zip(probability, texts))[:5]:",
        '    print(f"{p:.3f}  {text}")',
    ]


def _watch(logged: str, monitor: str) -> str:
    return f'monitor="{logged}", mode="{MONITORS[monitor]}"'


def _callback(kind: str, arguments: list[str]) -> list[str]:
    one = f"callbacks.append(keras.callbacks.{kind}({', '.join(arguments)}))"
    if len(one) <= WIDEST:
        return [one]
    made = (f"    {part}," for part in arguments)
    return [f"callbacks.append(keras.callbacks.{kind}(", *made, "))"]


def _checkpoint(settings: TrainSettings, logged: Callable[[str], str]) -> list[str]:
    name = settings.checkpoint_name
    for monitor in MONITORS:
        for ending in ("}", ":"):
            name = name.replace("{" + monitor + ending, "{" + logged(monitor) + ending)
    kind = ".weights.h5" if settings.save_weights_only else ".keras"
    freq = settings.checkpoint_batches or "epoch"
    monitor = settings.checkpoint_monitor
    return _callback(
        "ModelCheckpoint",
        [
            f'"checkpoints/{name}{kind}"',
            f"{_watch(logged(monitor), monitor)}, save_freq={freq!r}".replace("'", '"'),
            f"save_best_only={settings.save_best_only}, "
            f"save_weights_only={settings.save_weights_only}",
        ],
    )
