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
# # 7. 층
#
# Dense, Embedding, LSTM이 배우는 수가 몇 개인지 손으로 세고, Keras의 `summary()`와 견줍니다.

# %%
import numpy as np

from zigbang_nlp.model.network.backend import keras, make_repeatable

make_repeatable(0)

# %% [markdown]
# ## Dense
#
# 입력마다 가중치 하나, 출력마다 편향 하나입니다. 입력이 n개, 출력이 m개면 n × m + m개입니다.
# 계산은 x · W + b 한 줄입니다.

# %%
dense = keras.layers.Dense(3)
x = np.array([[1.0, 2.0, 3.0, 4.0]], np.float32)
out = np.asarray(dense(x))
kernel, bias = dense.get_weights()
assert dense.count_params() == 4 * 3 + 3 == 15
assert np.allclose(out, x @ kernel + bias, atol=1e-5)

# %% [markdown]
# ## Embedding
#
# 번호마다 벡터 하나인 표입니다. 곱셈은 없고, 번호에 해당하는 줄을 꺼낼 뿐입니다.
# 번호가 v개, 벡터가 d차원이면 v × d개입니다.

# %%
embedding = keras.layers.Embedding(50, 6)
ids = np.array([[7, 7, 2, 0]])
vectors = np.asarray(embedding(ids))
assert embedding.count_params() == 50 * 6 == 300
assert vectors.shape == (1, 4, 6)
assert np.array_equal(vectors[0], embedding.get_weights()[0][ids[0]])

# %% [markdown]
# ## LSTM
#
# 게이트 셋(입력, 망각, 출력)과 새 후보, 모두 네 벌입니다. 한 벌은 입력 d개와 이전 상태 u개를 받아
# u개를 내므로 (d + u) × u + u개이고, 전체는 4 × ((d + u) × u + u)개입니다. 글의 길이는 식에
# 없습니다. 같은 가중치를 토큰마다 다시 쓰기 때문입니다.

# %%


def lstm_parameters(inputs: int, units: int) -> int:
    return 4 * ((inputs + units) * units + units)


for length in (4, 40):
    lstm = keras.layers.LSTM(8)
    lstm(np.zeros((1, length, 6), np.float32))
    print(f"길이 {length}: {lstm.count_params()}개")
    assert lstm.count_params() == lstm_parameters(6, 8) == 480

# %% [markdown]
# LSTM을 손으로 돌려 봅니다. Keras의 순서는 입력, 망각, 후보, 출력입니다.

# %%
lstm = keras.layers.LSTM(8)
from_keras = np.asarray(lstm(vectors))[0]
w, r, b = lstm.get_weights()


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


state, cell = np.zeros(8), np.zeros(8)
for vector in vectors[0]:
    enter, forget, offered, leave = np.split(vector @ w + state @ r + b, 4)
    cell = sigmoid(forget) * cell + sigmoid(enter) * np.tanh(offered)
    state = sigmoid(leave) * np.tanh(cell)
print(np.abs(state - from_keras).max())
assert np.allclose(state, from_keras, atol=1e-5)

# %% [markdown]
# ## 셋을 쌓으면
#
# 교과서의 신경망 Embedding(v, 100) → LSTM(128) → Dense(1)을 그대로 만들어 봅니다. 번호가 5,000개만
# 되어도 배우는 수의 대부분은 Embedding에 있습니다.

# %%
network = keras.Sequential(
    [
        keras.layers.Input((None,), dtype="int32"),
        keras.layers.Embedding(5_000, 100),
        keras.layers.LSTM(128),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
lines: list[str] = []
network.summary(print_fn=lambda text, **_: lines.append(text))
summary = "\n".join(lines)
print(summary)
by_hand = [5_000 * 100, lstm_parameters(100, 128), 128 * 1 + 1]
print(by_hand, sum(by_hand))
assert [layer.count_params() for layer in network.layers] == by_hand
assert f"{sum(by_hand):,}" in summary
assert by_hand[0] / sum(by_hand) > 0.8
