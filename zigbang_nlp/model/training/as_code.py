"""The training as a stand-alone Keras script, to read, to change and to take away.

It runs without this package: reads the data set on disk, builds, compiles, fits, evaluates and
predicts, with the same order of batches and, for the same seed, the same figures.
From the command line: `zigbang-nlp train --as-code FILE.py`.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.files import write_text
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.training.as_code_data import Beside, data_lines
from zigbang_nlp.model.training.as_code_fit import compile_lines, fit_lines
from zigbang_nlp.model.training.as_code_network import STYLES, layer_classes, network_lines
from zigbang_nlp.model.training.augmented import augmented
from zigbang_nlp.model.training.fit import class_weights
from zigbang_nlp.model.training.relabel import relabelled
from zigbang_nlp.model.training.warm_start import initial_network
from zigbang_nlp.text.dataset import DataSet, Split

#: Settings that need this package while training goes on, unless they are at their defaults.
_NEEDS_US = ("distribute", "with_corrections")
#: Without validation the callbacks have nothing to go by, and warn in each such epoch.
_QUIET = (
    "# 검증하지 않는 에폭에는 콜백이 볼 값이 없습니다.",
    'warnings.filterwarnings("ignore", "(?s).*available")',
    "",
)


def write_script(
    dataset: DataSet, settings: TrainSettings, path: Path, style: str | None = None
) -> list[Path]:
    """Write the script, and beside it what it reads.

    That are weights to start from, the labels that the start changed, and the ids of noisy copies.

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
    style = style or ("functional" if _branches(architecture) else "sequential")
    noisy = path.with_suffix(".train.npy") if settings.augment_copies else None
    training = dataset.split("train")
    learned = relabelled(training, base) if base is not None and settings.trust_start else training
    labels = None if learned is training else path.with_suffix(".labels.npy")
    files = Beside(start, labels, noisy)
    code = script(dataset, learned, settings, architecture, style, files)
    path.parent.mkdir(parents=True, exist_ok=True)
    if start is not None:
        network.save_weights(start)
    if labels is not None:
        np.save(labels, learned.labels)
    if noisy is not None:
        with (
            tempfile.TemporaryDirectory(dir=path.parent) as place,
            augmented(training, dataset.encoder, settings, Path(place)) as part,
        ):
            np.save(noisy, part.ids)
    write_text(path, code)
    return [path, *(more for more in files if more is not None)]


def check(settings: TrainSettings) -> None:
    """Refuse settings that plain Keras can't do.

    Raises:
        ConfigError: names each, and what to set instead.
    """
    wrong = [
        f"{name} = {getattr(settings, name)!r}"
        for name in _NEEDS_US
        if getattr(settings, name) != TrainSettings.model_fields[name].default
    ]
    if settings.stars and settings.regularizer != "none":
        wrong.append("stars together with a regularizer")
    if wrong:
        raise ConfigError(
            f"A script without this package can't do {', '.join(wrong)}.",
            "Leave that out with --as-code, or train with this package.",
        )


def script(
    dataset: DataSet,
    training: Split,
    settings: TrainSettings,
    architecture: Architecture,
    style: str,
    files: Beside,
) -> str:
    """The script's text.

    Args:
        dataset: that it reads.
        training: what is learned from.
        settings: of the training, checked.
        architecture: of the network.
        style: one of `STYLES`.
        files: what lies beside the script.

    Raises:
        ConfigError: the network has branches, and the style is sequential.
    """
    assert style in STYLES, style
    branches = _branches(architecture)
    if branches and style == "sequential":
        raise ConfigError(
            f"A Sequential model has no branches, and this network has {', '.join(branches)}.",
            "Use --style functional, or --init scratch without them.",
        )
    pair = class_weights(training, settings)
    count = len(training.rows) * (settings.augment_copies + 1)
    per_epoch = settings.steps_per_epoch or math.ceil(count / settings.batch_size)
    quiet = settings.validation_freq > 1
    classes, network = layer_classes(architecture, style), network_lines(architecture, style)
    compiled = compile_lines(settings, architecture, per_epoch)
    needs_ops = any("ops." in line for line in [*classes, *network, *compiled])
    lines = [
        '"""한국어 아파트 리뷰를 긍정과 부정으로 나누는 LSTM. Keras만으로 돌아갑니다.',
        "",
        "python 이파일.py                            학습하고, 평가하고, 예측합니다.",
        "python 이파일.py 모델/network.weights.h5    학습 대신 그 가중치를 읽습니다.",
        '"""',
        "",
        "import sys",
        *(["import warnings"] if quiet else []),
        "from pathlib import Path",
        "",
        "import keras",
        "import numpy as np",
        "import pandas as pd",
        "import tensorflow as tf",
        f"from keras import layers{', ops' if needs_ops else ''}",
        *(f"from {path.replace(':', ' import ')}" for path in settings.callbacks),
        "",
        f"DATA = Path({dataset.directory.as_posix()!r})  # 정수로 바뀐 리뷰와 라벨",
        f"VOCABULARY = {architecture.vocabulary_size}  # 0은 채움, 1은 모르는 토큰",
        "SEED, BATCH, EPOCHS, STEPS = "
        f"{settings.seed}, {settings.batch_size}, {settings.epochs}, {per_epoch}"
        "  # STEPS: 에폭마다의 배치 수",
        "",
        "keras.utils.set_random_seed(SEED)  # 같은 씨앗이면 늘 같은 결과가 나옵니다.",
        "tf.config.experimental.enable_op_determinism()",
        "",
        *data_lines(settings, architecture, pair, training.weights is not None, files),
        *classes,
        "# 정수 -> 임베딩 -> LSTM -> 긍정 확률",
        *network,
        *_weights_lines(files.start),
        "model.summary()",
        "",
        *(_QUIET if quiet else []),
        *compiled,
        *fit_lines(settings, architecture),
    ]
    return "\n".join(lines) + "\n"


def _branches(architecture: Architecture) -> list[str]:
    """What makes a network more than one layer after the other, as `name = value`."""
    plain = {"lstm_blocks": 1, "stars": False, "ngram_buckets": 0}
    values = {name: getattr(architecture, name) for name in plain}
    return [f"{name} = {value!r}" for name, value in values.items() if value != plain[name]]


def _weights_lines(start: Path | None) -> list[str]:
    """Weights that the caller names, else those to go on with, else new ones."""
    if start is None:
        return ["if len(sys.argv) > 1:", "    model.load_weights(sys.argv[1])"]
    return [
        "# 이어서 학습할 가중치, 또는 명령에 적은 가중치",
        f"model.load_weights(sys.argv[1] if len(sys.argv) > 1 else {start.as_posix()!r})",
    ]
