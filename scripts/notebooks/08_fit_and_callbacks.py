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
# # 8. 학습: compile, fit, 콜백
#
# 작은 신경망에 적은 글을 오래 가르치면 반드시 외웁니다. 그 모습을 직접 보고, EarlyStopping과
# ModelCheckpoint가 무엇을 하는지 확인합니다.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from IPython.display import Image

from zigbang_nlp.model.network.backend import keras, make_repeatable
from zigbang_nlp.plotting import BLUE, GREY, ORANGE, figure
from zigbang_nlp.resources import resource_dir
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.encoder import pad
from zigbang_nlp.text.labels import label_of
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer
from zigbang_nlp.text.vocabulary import Vocabulary

sample = pd.read_csv(resource_dir("sample") / "plain.tsv", sep="\t", quoting=3)
sample["label"] = [label_of(score, 2, 4) for score in sample["score"]]
sample = sample.dropna(subset="label")
tokenizer = Tokenizer(TokenizerSettings())
token_lists = [tokenizer.tokenize(clean(text)) for text in sample["text"]]
labels = sample["label"].to_numpy(np.float32)
vocabulary = Vocabulary.build(token_lists[:300], min_count=1, max_size=40_000)
ids = pad([vocabulary.encode(tokens) for tokens in token_lists], 30)
x, y = ids[:300], labels[:300]
validation = (ids[300:600], labels[300:600])
print(x.shape, validation[0].shape)
assert len(x) == len(validation[0]) == 300

# %% [markdown]
# ## compile
#
# 손실은 무엇을 줄일지, 최적화기는 어떻게 줄일지, 지표는 무엇을 보여 줄지를 정합니다. 씨앗을 고정하면
# 같은 신경망에서 시작합니다.

# %%


def new_network() -> keras.Model:
    make_repeatable(1)
    network = keras.Sequential(
        [
            keras.layers.Input((30,), dtype="int32"),
            keras.layers.Embedding(len(vocabulary), 8, mask_zero=True),
            keras.layers.LSTM(8),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(
        optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"]
    )
    return network


def fit(callbacks: list[keras.callbacks.Callback], epochs: int = 15) -> tuple[keras.Model, dict]:
    network = new_network()
    history = network.fit(
        x, y, batch_size=60, epochs=epochs, validation_data=validation, verbose=0,
        callbacks=callbacks,
    )  # fmt: skip
    return network, history.history


start = new_network().evaluate(*validation, verbose=0)[0]
print(f"배우기 전 손실 {start:.3f}, 찍을 때의 손실 ln 2 = {np.log(2):.3f}")
assert abs(start - np.log(2)) < 0.05

# %% [markdown]
# ## 끝까지 두면
#
# 학습 손실은 0에 다가가는데, 검증 손실은 어느 에폭에서 바닥을 찍고 다시 오릅니다. 과적합입니다.

# %%
_, whole = fit([])
best = int(np.argmin(whole["val_loss"]))
lowest, final = whole["val_loss"][best], whole["val_loss"][-1]
print(f"학습 손실은 끝에서 {whole['loss'][-1]:.3f}")
print(f"검증 손실은 에폭 {best + 1}에서 {lowest:.3f}, 끝에서 {final:.3f}")
assert len(whole["loss"]) == 15
assert whole["loss"][-1] < 0.1
assert best < 8
assert final > lowest + 0.1

# %% [markdown]
# ## EarlyStopping의 patience
#
# 마지막으로 나아진 뒤 patience번의 에폭이 지나도록 더 나아지지 않으면 멈춥니다. 규칙을 손으로 써서 위의
# 곡선에 대 보면 몇 번째 에폭에서 멈출지 미리 알 수 있습니다.

# %%


def expected_end(losses: list[float], patience: int, min_delta: float = 0.0) -> int:
    lowest, waited = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        waited += 1
        if loss < lowest - min_delta:
            lowest, waited = loss, 0
        elif waited >= patience and epoch > 1:
            return epoch
    return len(losses)


folder = TemporaryDirectory()
kept = Path(folder.name) / "best.keras"
checkpoint = keras.callbacks.ModelCheckpoint(kept, monitor="val_loss", save_best_only=True)
ends = {}
for patience, others in ((1, []), (4, [checkpoint])):
    stopping = keras.callbacks.EarlyStopping(
        "val_loss", patience=patience, restore_best_weights=True
    )
    restored, history = fit([stopping, *others])
    ends[patience] = len(history["loss"])
    print(f"patience {patience}: 에폭 {ends[patience]}에서 멈췄습니다.")
    assert ends[patience] == expected_end(whole["val_loss"], patience)
assert ends[1] < ends[4] < 15

# %%
epochs = np.arange(1, 16)
picture = Path(folder.name) / "curves.png"
with figure(picture) as (axes,):
    axes.plot(epochs, whole["loss"], color=BLUE, label="학습 손실")
    axes.plot(epochs, whole["val_loss"], color=ORANGE, label="검증 손실")
    axes.axvline(best + 1, color=GREY, linestyle="-", label="가장 좋은 에폭")
    axes.axvline(ends[1], color=GREY, linestyle="--", label="patience 1")
    axes.axvline(ends[4], color=GREY, linestyle=":", label="patience 4")
    axes.set(title="외우는 신경망", xlabel="에폭", ylabel="손실")
    axes.legend()
Image(picture)

# %% [markdown]
# ## min_delta
#
# 나아진 폭이 이 값을 넘지 못하면 나아진 것으로 치지 않습니다. 값을 키울수록 작은 개선을 기다려 주지
# 않습니다. 어느 에폭도 넘지 못할 10을 주면, 첫 에폭 뒤로 patience만큼만 더 돌고 멈춥니다.

# %%
for min_delta in (0.0, 0.01, 0.05, 10.0):
    end = expected_end(whole["val_loss"], 2, min_delta)
    print(f"patience 2, min_delta {min_delta}: 에폭 {end}에서 멈춥니다.")
stopping = keras.callbacks.EarlyStopping("val_loss", patience=2, min_delta=10.0)
_, history_delta = fit([stopping])
assert len(history_delta["loss"]) == expected_end(whole["val_loss"], 2, 10.0) == 3

# %% [markdown]
# ## 멈춘 때의 가중치와 가장 좋은 가중치
#
# 멈췄을 때의 신경망은 가장 좋았던 때에서 patience만큼 더 간 것입니다. EarlyStopping의
# `restore_best_weights=True`나 ModelCheckpoint의 `save_best_only=True`를 써야 가장 좋은 에폭의 가중치를
# 얻습니다. 위에서 patience 4로 돌릴 때 둘 다 걸어 두었습니다.

# %%
found = {"마지막": history["val_loss"][-1]}
for name, one in (("되돌림", restored), ("체크포인트", keras.models.load_model(kept))):
    found[name] = one.evaluate(*validation, verbose=0)[0]
print({name: round(loss, 3) for name, loss in found.items()})
assert abs(found["되돌림"] - lowest) < 1e-4
assert abs(found["체크포인트"] - lowest) < 1e-4
assert found["마지막"] > lowest
