"""The training as a stand-alone Keras script, to read, to change and to take away.

It runs without this package: reads the data set on disk, builds, compiles, fits, evaluates and
predicts, with the same order of batches and, for the same seed, the same figures.
From the command line: `zigbang-nlp train --as-code FILE.py`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.checkpoint_name import measures_in
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.files import write_text
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.training.as_code_fit import compile_lines, data_lines, fit_lines
from zigbang_nlp.model.training.as_code_network import STYLES, layer_classes, network_lines
from zigbang_nlp.model.training.fit import class_weights
from zigbang_nlp.model.training.warm_start import initial_network
from zigbang_nlp.text.dataset import DataSet

#: Settings that need this package while training goes on, with the value that doesn't.
_NEEDS_US: dict[str, Any] = {
    "augment_copies": 0,
    "callbacks": (),
    "distribute": "none",
    "with_corrections": False,
    "validation_freq": 1,
}


def write_script(
    dataset: DataSet, settings: TrainSettings, path: Path, style: str | None = None
) -> list[Path]:
    """Write the script, and the weights it starts from where it doesn't start from nothing.

    Args:
        dataset: that it reads.
        settings: of the training.
        path: of the script.
        style: of the network; None = sequential where it has no branches, else functional.

    Returns:
        The files that were written.

    Raises:
        ConfigError: a setting can't be had without this package, or not in this style.
    """
    check(settings)
    network, architecture, base = initial_network(settings, dataset.encoder.vocabulary)
    start = None if base is None else path.with_suffix(".start.weights.h5")
    if style is None:
        branched = architecture.lstm_blocks > 1 or architecture.stars
        style = "functional" if branched else "sequential"
    code = script(dataset, settings, architecture, style, start)
    if start is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        network.save_weights(start)
    write_text(path, code)
    return [path] if start is None else [path, start]


def check(settings: TrainSettings) -> None:
    """Refuse settings that plain Keras can't do.

    Raises:
        ConfigError: names each, and what to set instead.
    """
    wrong = [
        f"{name} = {getattr(settings, name)!r}"
        for name, value in _NEEDS_US.items()
        if getattr(settings, name) != value
    ]
    if settings.checkpoint_epochs > 1:
        wrong.append(f"save_freq = {settings.save_freq!r}")
    if settings.optimizer == "lazy_adam":
        wrong.append("optimizer = 'lazy_adam'")
    watched: set[str] = {settings.monitor, settings.checkpoint_monitor, *settings.metrics}
    watched |= set(measures_in(settings.checkpoint_name))
    if any(name.removeprefix("val_") == "macro_f1" for name in watched):
        wrong.append("macro_f1 as a metric or monitor")
    if settings.stars and settings.regularizer != "none":
        wrong.append("stars together with a regularizer")
    if wrong:
        raise ConfigError(
            f"A script without this package can't do {', '.join(wrong)}.",
            "Leave that out with --as-code, or train with this package.",
        )


def script(
    dataset: DataSet,
    settings: TrainSettings,
    architecture: Architecture,
    style: str,
    start: Path | None = None,
) -> str:
    """The script's text.

    Args:
        dataset: that it reads.
        settings: of the training, checked.
        architecture: of the network.
        style: one of `STYLES`.
        start: weights to start from.

    Raises:
        ConfigError: the network has branches, and the style is sequential.
    """
    assert style in STYLES, style
    branches = [
        f"{name} = {value!r}"
        for name, value, plain in (
            ("lstm_blocks", architecture.lstm_blocks, 1),
            ("stars", architecture.stars, False),
        )
        if value != plain
    ]
    if branches and style == "sequential":
        raise ConfigError(
            f"A Sequential model has no branches, and this network has {', '.join(branches)}.",
            "Use --style functional, or --init scratch without them.",
        )
    training = dataset.split("train")
    pair = class_weights(training, settings)
    per_epoch = settings.steps_per_epoch or math.ceil(len(training.rows) / settings.batch_size)
    lines = [
        '"""한국어 아파트 리뷰를 긍정과 부정으로 나누는 LSTM. Keras만으로 돌아갑니다.',
        "",
        "python 이파일.py                            학습하고, 평가하고, 예측합니다.",
        "python 이파일.py 모델/network.weights.h5    학습 대신 그 가중치를 읽습니다.",
        '"""',
        "",
        "import sys",
        "from pathlib import Path",
        "",
        "import keras",
        "import numpy as np",
        "import pandas as pd",
        "import tensorflow as tf",
        "from keras import layers, ops"
        if _needs_ops(architecture, settings)
        else "from keras import layers",
        "",
        f"DATA = Path({dataset.directory.as_posix()!r})  # 정수로 바뀐 리뷰와 라벨",
        f"VOCABULARY = {architecture.vocabulary_size}  # 0은 채움, 1은 모르는 토큰",
        f"SEED, BATCH, EPOCHS = {settings.seed}, {settings.batch_size}, {settings.epochs}",
        f"STEPS = {per_epoch}  # 한 에포크의 배치 수",
        "",
        "# 같은 씨앗이면 늘 같은 결과가 나옵니다.",
        "keras.utils.set_random_seed(SEED)",
        "tf.config.experimental.enable_op_determinism()",
        "",
        *data_lines(settings, architecture, pair, training.weights is not None),
        *layer_classes(architecture),
        "",
        "# 정수 -> 임베딩 -> LSTM -> 긍정 확률",
        *network_lines(architecture, style),
        *([f"model.load_weights({start.as_posix()!r})  # 이어서 학습할 가중치"] if start else []),
        "if len(sys.argv) > 1:",
        "    model.load_weights(sys.argv[1])",
        "model.summary()",
        "",
        *compile_lines(settings, architecture, per_epoch),
        *fit_lines(settings, architecture),
    ]
    return "\n".join(lines) + "\n"


def _needs_ops(architecture: Architecture, settings: TrainSettings) -> bool:
    scheduled = settings.learning_rate_schedule not in ("constant", "reduce_on_plateau")
    return (
        architecture.pooling != "last"
        or settings.loss == "hinge"
        or scheduled
        or bool(settings.warmup_share)
    )
