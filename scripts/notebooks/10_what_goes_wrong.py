# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10. 무엇이 잘못되나
#
# 오류 없이 끝났는데 결과가 틀린 경우 다섯 가지를 일부러 만들고 고칩니다.

# %%
import re

import numpy as np
import pandas as pd

from zigbang_nlp.model.evaluation.metrics import binary_metrics
from zigbang_nlp.model.network.backend import keras, make_repeatable, tf
from zigbang_nlp.resources import resource_dir
from zigbang_nlp.text.clean import clean, duplicate_key
from zigbang_nlp.text.encoder import pad
from zigbang_nlp.text.labels import label_of
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer
from zigbang_nlp.text.vocabulary import Vocabulary

tokenizer = Tokenizer(TokenizerSettings())
rows = pd.read_csv(resource_dir("sample") / "plain.tsv", sep="\t", quoting=3)
rows["label"] = [label_of(score, 2, 4) for score in rows["score"]]
rows["key"] = rows["text"].map(duplicate_key)
rows["tokens"] = [tokenizer.tokenize(clean(text)) for text in rows["text"]]
rows = rows.dropna(subset="label").drop_duplicates("key")
train, held_out = rows[:500], rows[500:]
assert not set(train["key"]) & set(held_out["key"])
vocabulary = Vocabulary.build(train["tokens"].tolist(), min_count=1, max_size=40_000)


def encode(part: pd.DataFrame) -> np.ndarray:
    return pad([vocabulary.encode(tokens) for tokens in part["tokens"]], 30)


def truth(part: pd.DataFrame) -> np.ndarray:
    return part["label"].to_numpy(int)


def network(ids: int = len(vocabulary), mask: bool = True) -> keras.Model:
    make_repeatable(1)
    made = keras.Sequential(
        [
            keras.layers.Input((None,), dtype="int32"),
            keras.layers.Embedding(ids, 8, mask_zero=mask),
            keras.layers.LSTM(8),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    made.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    return made


def taught(part: pd.DataFrame, epochs: int, **options: object) -> keras.Model:
    made = network()
    made.fit(encode(part), truth(part), batch_size=60, epochs=epochs, verbose=0, **options)
    return made


def judged(made: keras.Model, part: pd.DataFrame) -> np.ndarray:
    return np.asarray(made(encode(part)))[:, 0]


# %% [markdown]
# ## 하나, 모두 한 부류
#
# 긍정 220개에 부정 50개만 섞으면 정확도는 80%가 넘습니다. 그런데 부정은 하나도 찾지 못합니다.
# 정확도만 봐서는 알 수 없습니다.

# %%
positive, negative = train[train["label"] == 1], train[train["label"] == 0]
skewed = pd.concat([positive[:220], negative[:50]])
lazy = taught(skewed, 3)
on_itself = binary_metrics(truth(skewed), judged(lazy, skewed), 0.5)
print({name: round(on_itself[name], 3) for name in ("accuracy", "recall", "specificity")})
assert on_itself["accuracy"] > 0.8
assert on_itself["specificity"] == 0
assert np.isclose(on_itself["accuracy"], on_itself["larger_class_share"])

# %% [markdown]
# **고치기.** 드문 쪽에 가중치를 더 주어 두 부류의 몫을 같게 합니다. 그리고 정확도 대신 특이도나 균형
# 정확도를 봅니다. 처음 보는 글에서 견주면, 에폭 수가 같은데도 이제는 부정을 찾아냅니다.

# %%
counts = skewed["label"].value_counts()
weights = {int(name): len(skewed) / (2 * count) for name, count in counts.items()}
fair = taught(skewed, 3, class_weight=weights)
before, after = (
    binary_metrics(truth(held_out), judged(made, held_out), 0.5) for made in (lazy, fair)
)
for name, found in (("그대로", before), ("가중치", after)):
    print(name, {k: round(found[k], 3) for k in ("specificity", "balanced_accuracy")})
assert np.isclose(weights[0] * counts[0], weights[1] * counts[1])
assert before["specificity"] == 0
assert after["specificity"] > 0.2
assert after["balanced_accuracy"] > before["balanced_accuracy"] + 0.05

# %% [markdown]
# ## 둘, 섞여 든 사본
#
# 검증용 글에 학습용 글의 사본이 섞이면 점수가 부풀어 오릅니다. 배운 문제를 시험에 그대로 낸 셈입니다.
# 느낌표 하나만 달라도 글자 그대로 견줘서는 사본이 보이지 않습니다.
#
# **고치기.** 띄어쓰기와 문장 부호를 뺀 `duplicate_key`로 견줘 걸러 냅니다.

# %%
learned = taught(train, 4)
copies = train[:300].assign(text=train["text"][:300] + "!")
copies["tokens"] = [tokenizer.tokenize(clean(text)) for text in copies["text"]]
leaky = pd.concat([held_out, copies])
mended = leaky[~leaky["text"].map(duplicate_key).isin(train["key"])]


def accuracy(part: pd.DataFrame) -> float:
    return float(((judged(learned, part) >= 0.5) == truth(part)).mean())


print(f"사본이 섞인 검증 {accuracy(leaky):.3f}, 사본을 뺀 검증 {accuracy(mended):.3f}")
assert not set(copies["text"]) & set(train["text"])
assert len(mended) == len(held_out)
assert accuracy(leaky) > accuracy(mended) + 0.05

# %% [markdown]
# ## 셋, 왼쪽 채우기와 오른쪽 채우기
#
# 마스크 없이 오른쪽에 0을 채우면 LSTM은 글을 다 읽고 나서 0까지 읽습니다. 왼쪽에 채우면 글보다 먼저
# 읽습니다. 같은 글인데 채운 쪽에 따라 답이 달라집니다.
#
# **고치기.** `mask_zero=True`로 0을 건너뛰게 하면 어느 쪽에 얼마나 채우든 답이 같습니다.

# %%
ids = vocabulary.encode(tokenizer.tokenize("주차할 데가 없어요"))
zeros = [0] * 40
arranged = {"없음": ids, "오른쪽": ids + zeros, "왼쪽": zeros + ids}
unmasked = network(mask=False)
unmasked.set_weights(learned.get_weights())
answers = {
    name: {where: float(made(np.array([numbers]))[0, 0]) for where, numbers in arranged.items()}
    for name, made in (("마스크 없이", unmasked), ("마스크를 써서", learned))
}
print(pd.DataFrame(answers).round(4))
assert abs(answers["마스크 없이"]["오른쪽"] - answers["마스크 없이"]["없음"]) > 0.01
assert abs(answers["마스크 없이"]["오른쪽"] - answers["마스크 없이"]["왼쪽"]) > 0.001
assert np.ptp(list(answers["마스크를 써서"].values())) < 1e-5

# %% [markdown]
# ## 넷, 번호 하나 차이
#
# Embedding에는 가장 큰 번호보다 하나 많은 줄이 있어야 합니다. 채우기(0)와 모르는 토큰(1)을 세지 않으면
# 가장 드문 토큰 둘의 자리가 모자랍니다. 드문 토큰이라 한참 뒤에야 드러납니다.
#
# **고치기.** 줄 수를 토큰의 수가 아니라 `len(vocabulary)`로 정합니다.

# %%
rarest = np.array([[len(vocabulary) - 1]], np.int32)
failed = False
try:
    network(ids=len(vocabulary.tokens))(rarest)
except tf.errors.InvalidArgumentError as error:
    failed = True
    print(re.findall(r"indices.*?\)", str(error)))
assert failed
assert network(ids=len(vocabulary))(rarest).shape == (1, 1)

# %% [markdown]
# 번호가 하나씩 밀리면 오류도 나지 않은 채 모든 토큰이 이웃의 벡터를 읽습니다.
#
# **고치기.** 번호를 토큰으로 되돌려 원래 글과 견줘 봅니다.

# %%
tokens = train["tokens"].iloc[0]
ids = vocabulary.encode(tokens)
shifted = vocabulary.decode([number + 1 for number in ids])
print(tokens, shifted, sep="\n")
assert vocabulary.decode(ids) == tokens
assert all(a != b for a, b in zip(shifted, tokens, strict=True))

# %% [markdown]
# ## 다섯, 너무 작은 검증용 글
#
# 같은 모델이라도 글 20개로 재면 어떤 글을 뽑았느냐에 따라 점수가 크게 흔들립니다. 흔들리는 폭은
# √(p(1 − p) / n)에 가깝습니다.
#
# **고치기.** 글을 아홉 배로 늘리면 흔들리는 폭이 3분의 1로 줍니다. 늘릴 수 없다면 점수를 구간과 함께
# 적습니다.

# %%
correct = (judged(learned, held_out) >= 0.5) == truth(held_out)
p, random, spread = correct.mean(), np.random.default_rng(0), {}
for n in (20, 180):
    scores = np.array([random.choice(correct, n).mean() for _ in range(2_000)])
    spread[n] = scores.std()
    low, high = np.quantile(scores, (0.025, 0.975))
    print(f"글 {n}개: 백 번에 아흔다섯 번은 {low:.2f}에서 {high:.2f} 사이")
    assert np.isclose(spread[n], np.sqrt(p * (1 - p) / n), rtol=0.1)
assert 2.6 < spread[20] / spread[180] < 3.4
