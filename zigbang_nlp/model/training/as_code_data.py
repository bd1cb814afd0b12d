"""The data of a stand-alone Keras script and its batches, as lines of Python."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.architecture import STARS, Architecture

_STARS = f"""
# 별점을 1~{STARS}점의 몫으로: 4.5점이면 4점과 5점에 반씩. 별점이 없으면 모두 0입니다.
score = pd.to_numeric(pd.read_parquet(DATA / "train.parquet")["score"]).to_numpy("float64")
stars_train = 1 - np.abs(np.clip(score, 1, {STARS})[:, None] - np.arange(1, {STARS + 1}))
stars_train = np.nan_to_num(np.maximum(stars_train, 0)).astype("float32")
"""


class Beside(NamedTuple):
    """Files that lie beside a script; None = it needs none.

    Attributes:
        start: weights to start from.
        labels: of the training texts, some of which the start reads otherwise than scores say.
        noisy: ids of the training texts and their noisy copies.
    """

    start: Path | None = None
    labels: Path | None = None
    noisy: Path | None = None


def data_lines(
    settings: TrainSettings,
    architecture: Architecture,
    pair: tuple[float, float] | None,
    own_weights: bool,
    files: Beside,
) -> list[str]:
    """Reading the data set, and its batches.

    Args:
        settings: of the training.
        architecture: says whether stars are learned.
        pair: weights of a negative and a positive text, or None.
        own_weights: whether the data set has a column of weights.
        files: what lies beside the script.
    """
    noisy = files.noisy
    times = settings.augment_copies + 1
    lines = [
        "def read(name):",
        '    """정수 배열(리뷰 수, 길이)은 디스크에 둔 채로, 라벨은 0(부정)과 1(긍정)로 읽습니다."""',
        '    ids = np.load(DATA / f"{name}.npy", mmap_mode="r")',
        '    return ids, pd.read_parquet(DATA / f"{name}.parquet")["label"].to_numpy("float32")',
        "",
        'x_train, y_train = read("train")',
    ]
    if files.labels is not None:
        lines += [
            "# 점수와 달리 읽힌다고 시작 모델이 확신한 글은 그 판정을 라벨로 씁니다.",
            f"y_train = np.load({files.labels.as_posix()!r})",
        ]
    if noisy is not None:
        lines += [
            "# 띄어쓰기와 오타를 일부러 섞은 사본이 뒤에 이어집니다.",
            f'x_train = np.load({noisy.as_posix()!r}, mmap_mode="r")',
            f"y_train = np.tile(y_train, {times})",
        ]
    lines += [
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
        lines.append('own = pd.read_parquet(DATA / "train.parquet")["weight"].to_numpy("float32")')
        lines.append("weights *= " + (f"np.tile(own, {times})" if noisy else "own"))
    stars = architecture.stars
    if stars:
        lines += _STARS.splitlines()
        lines += [f"stars_train = np.tile(stars_train, ({times}, 1))"] if noisy else []
    lines += ["", "def batches():"]
    lines.append(
        '    """비슷한 길이끼리 묶고, 묶음의 순서를 섞어 끝없이 내보냅니다."""'
        if settings.shuffle
        else '    """데이터의 순서대로 끝없이 내보냅니다."""'
    )
    if settings.shuffle or settings.token_dropout:
        lines.append("    rng = np.random.default_rng(SEED)")
    lines += ["    while True:", *_order(settings)]
    lines.append("            ids = np.array(x_train[rows, : lengths[rows].max()])")
    if settings.token_dropout:
        lines += [
            "            # 토큰 일부를 모르는 것으로 가립니다.",
            f"            ids[(rng.random(ids.shape) < {settings.token_dropout}) & (ids != 0)] = 1",
        ]
    if stars:
        spec = f'(number, tf.TensorSpec((None, {STARS}), "float32"))'
        spec += ", (number, number)" if weighted else ""
        targets = "(y_train[rows], stars_train[rows])"
        targets += ", (weights[rows], np.ones(len(rows)))" if weighted else ""
    else:
        spec = "number, number" if weighted else "number"
        targets = "y_train[rows], weights[rows]" if weighted else "y_train[rows]"
    return [
        *lines,
        f"            yield ids, {targets}",
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
        "        order = np.concatenate("
        '[pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])',
        "        groups = [np.sort(order[i : i + BATCH]) for i in range(0, len(order), BATCH)]",
        "        for rows in [groups[i] for i in rng.permutation(len(groups))]:",
    ]
