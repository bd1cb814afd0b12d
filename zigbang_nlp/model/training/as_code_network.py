"""The network of a stand-alone Keras script, as lines of Python."""

from __future__ import annotations

from zigbang_nlp.model.architecture import STARS, Architecture
from zigbang_nlp.model.ngrams import FEATURES, LONGEST, MULTIPLIER

_SEQUENTIAL, _FUNCTIONAL = "sequential", "functional"
STYLES = (_SEQUENTIAL, _FUNCTIONAL)

_POOLING = '''\
class MaskedPooling(keras.layers.Layer):
    """채움(0)을 뺀 실제 토큰의 상태만 모아 벡터 하나로 만듭니다."""
    def call(self, x, mask=None):
{body}
    def compute_mask(self, inputs, mask=None):
        return None  # 시간 축이 사라지므로 마스크도 끝납니다.

'''
#: See `layers.NgramFeatures`; Keras finds its weights by the name of the class.
_NGRAMS = '''\
class NgramFeatures(layers.Layer):
    """나란히 놓인 토큰 1~{longest}개마다 정해진 가중치를 더합니다. 학습하지 않습니다."""
    def __init__(self):
        super().__init__(trainable=False)
        self.codes = self.add_weight(shape=(VOCABULARY,), dtype="int32", initializer="zeros")
        self.table = self.add_weight(shape=({buckets}, {features}), initializer="zeros")
    def call(self, ids):
        real = ops.cast(ops.not_equal(ids, 0), "float32")
        codes = ops.cast(ops.take(self.codes, ids, axis=0), "int64")
        rows, total, count = codes % {buckets}, 0.0, 0.0
        for n in range({longest}):
            if n:
                rows = (rows[:, :-1] * {multiplier} + codes[:, n:]) % {buckets}
            here = real[:, n:]  # 마지막 토큰이 채움이 아닌 n-그램만
            total += ops.sum(ops.take(self.table, rows, axis=0) * here[:, :, None], axis=1)
            count += ops.sum(here, axis=1)
        return total / ops.sqrt(ops.maximum(count, 1))[:, None]

'''
_REAL = ["real = ops.cast(mask, x.dtype)[:, :, None]", "count = ops.sum(real, axis=1)"]
_MEAN = "ops.sum(x * real, axis=1) / ops.maximum(count, 1)"
_MAX = "ops.max(x * real - 2 * (1 - real), axis=1) * ops.minimum(count, 1)"
_WHY_2 = "# 상태는 -1과 1 사이이므로 -2는 최댓값이 될 수 없습니다."
#: Pooling -> lines, and what it comes to.
_POOLED = {
    "mean": (_REAL, _MEAN),
    "max": ([*_REAL, _WHY_2], _MAX),
    "max_mean": (
        [*_REAL, f"mean = {_MEAN}", _WHY_2, f"highest = {_MAX}"],
        "ops.concatenate([highest, mean], axis=-1)",
    ),
}


def layer_classes(architecture: Architecture, style: str) -> list[str]:
    """The classes that plain Keras lacks for this network.

    Args:
        architecture: of the network.
        style: one of `STYLES`; a functional network pools without a class.
    """
    if architecture.ngram_buckets:
        numbers = {"features": FEATURES, "longest": LONGEST, "multiplier": MULTIPLIER}
        return _NGRAMS.format(buckets=architecture.ngram_buckets, **numbers).splitlines()
    if architecture.pooling == "last" or style == _FUNCTIONAL:
        return []
    before, pooled = _POOLED[architecture.pooling]
    body = "\n".join(" " * 8 + line for line in [*before, f"return {pooled}"])
    return _POOLING.format(body=body).splitlines()


def network_lines(architecture: Architecture, style: str) -> list[str]:
    """The lines that make `model`.

    Args:
        architecture: of the network.
        style: one of `STYLES`; sequential only for a network without branches.
    """
    head = [
        f"layers.Embedding(VOCABULARY, {architecture.lstm_blocks * architecture.embedding_dim}"
        ", mask_zero=True)"
    ]
    if architecture.spatial_dropout:
        head.append(f"layers.SpatialDropout1D({architecture.spatial_dropout})")
    tail = ["layers.BatchNormalization()"] if architecture.batch_normalization else []
    for units in architecture.dense_units:
        tail += _hidden(architecture, units)
    if architecture.dropout:
        tail.append(f"layers.Dropout({architecture.dropout})")
    output = f'layers.Dense(1, activation="sigmoid", name="probability"{_kernel(architecture)})'
    lines, lstms = _kernel_lines(architecture), _lstms(architecture)
    blocks, pools = architecture.lstm_blocks > 1, architecture.pooling != "last"
    if style == _SEQUENTIAL:
        pooling = ["MaskedPooling()"] if pools else []
        chain = ['keras.Input((None,), dtype="int32")', *head, *lstms, *pooling, *tail, output]
        indented = (f"        {layer}," for layer in chain)
        return [*lines, "model = keras.Sequential(", "    [", *indented, "    ]", ")"]
    lines += ['ids = keras.Input((None,), dtype="int32")', f"x = {head[0]}(ids)"]
    lines += [f"x = {layer}(x)" for layer in head[1:]]
    lines += ["mask = ops.not_equal(ids, 0)"] if blocks or pools else []
    lines += _blocks(architecture, lstms) if blocks else [f"x = {layer}(x)" for layer in lstms]
    if pools:
        before, pooled = _POOLED[architecture.pooling]
        lines += ["# 채움(0)을 뺀 실제 토큰의 상태만 모아 벡터 하나로", *before, f"x = {pooled}"]
    lines += [f"x = {layer}(x)" for layer in tail]
    if architecture.ngram_buckets:
        lines.append("x = layers.Concatenate()([x, NgramFeatures()(ids)])")
    lines.append(f"probability = {output}(x)")
    if not architecture.stars:
        return [*lines, "model = keras.Model(ids, probability)"]
    return [
        *lines,
        "# 둘째 출력은 작성자가 줄 별점 1~5점의 확률입니다.",
        f'stars = layers.Dense({STARS}, activation="softmax", name="stars")(x)',
        "model = keras.Model(ids, [probability, stars])",
    ]


def _blocks(architecture: Architecture, lstms: list[str]) -> list[str]:
    """LSTMs side by side; layers are made in the order in which this package makes them."""
    blocks, dim = architecture.lstm_blocks, architecture.embedding_dim
    return [
        "outputs = []",
        f"for i in range({blocks}):  # 나란한 LSTM마다 임베딩의 한 토막씩 읽습니다.",
        f"    part = x[:, :, {dim} * i : {dim} * (i + 1)]",
        *(f"    part = {layer}(part, mask=mask)" for layer in lstms),
        "    outputs.append(part)",
        "x = layers.Concatenate()(outputs)",
    ]


def _lstms(architecture: Architecture) -> list[str]:
    chain = []
    for i, units in enumerate(architecture.lstm_units, start=1):
        all_states = i < len(architecture.lstm_units) or architecture.pooling != "last"
        options = ", return_sequences=True" if all_states else ""
        if architecture.recurrent_dropout:
            options += f", recurrent_dropout={architecture.recurrent_dropout}"
        lstm = f"layers.LSTM({units}{options}{_kernel(architecture)})"
        chain.append(f"layers.Bidirectional({lstm})" if architecture.bidirectional else lstm)
    return chain


def _hidden(architecture: Architecture, units: int) -> list[str]:
    before = architecture.normalize_before_activation
    activation = f'"{architecture.dense_activation}"'
    stack = [f"layers.Dropout({architecture.dropout})"] if architecture.dropout else []
    between = "" if before else f", activation={activation}"
    stack.append(f"layers.Dense({units}{between}{_kernel(architecture)})")
    if architecture.batch_normalization:
        stack.append("layers.BatchNormalization()")
    return [*stack, f"layers.Activation({activation})"] if before else stack


def _kernel_lines(architecture: Architecture) -> list[str]:
    """What the kernels of LSTM and Dense layers have in common, where it isn't Keras's default."""
    options = []
    if architecture.kernel_initializer != "glorot_uniform":
        options.append(f'kernel_initializer="{architecture.kernel_initializer}"')
    if architecture.l1 or architecture.l2:
        penalty = f"keras.regularizers.L1L2({architecture.l1}, {architecture.l2})"
        options.append(f"kernel_regularizer={penalty}")
    return [f"kernel = dict({', '.join(options)})"] if options else []


def _kernel(architecture: Architecture) -> str:
    return ", **kernel" if _kernel_lines(architecture) else ""
