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
# # 9. 평가
#
# 정확도 하나로는 모델이 쓸 만한지 알 수 없습니다. 함께 들어 있는 모델을, 학습에 쓰지 않은 글로
# 재 봅니다.

# %%
import numpy as np
import pandas as pd

from zigbang_nlp import Classifier
from zigbang_nlp.resources import resource_dir
from zigbang_nlp.text.labels import label_of

sample = pd.read_csv(resource_dir("sample") / "plain.tsv", sep="\t", quoting=3)
sample["label"] = [label_of(score, 2, 4) for score in sample["score"]]
sample = sample.dropna(subset="label")
sample["probability"] = Classifier.load().probabilities(sample["text"].tolist())
choosing = sample[sample["split"] == "validation"]
testing = sample[sample["split"] == "test"]
labels, probabilities = testing["label"].to_numpy(int), testing["probability"].to_numpy()
print(f"임계값을 고를 글 {len(choosing)}개, 시험할 글 {len(testing)}개")
assert set(labels) == {0, 1}

# %% [markdown]
# ## 더 큰 쪽의 몫
#
# 글을 읽지도 않고 많은 쪽만 찍어도 이만큼은 맞힙니다. 이 값이 출발선입니다.

# %%
share = max(labels.mean(), 1 - labels.mean())
accuracy = ((probabilities >= 0.5) == labels).mean()
print(f"더 큰 쪽의 몫 {share:.3f}, 정확도 {accuracy:.3f}")
assert accuracy > share + 0.1

# %% [markdown]
# ## 혼동 행렬의 네 칸
#
# 민감도는 긍정 글 가운데 긍정이라고 한 몫, 특이도는 부정 글 가운데 부정이라고 한 몫입니다. 불만을
# 찾는 일이라면 특이도가 곧 "찾아낸 불만의 몫"입니다.

# %%
from zigbang_nlp.model.evaluation.metrics import binary_metrics, confusion

tn, fp, fn, tp = confusion(labels, probabilities, 0.5)
sensitivity, specificity = tp / (tp + fn), tn / (tn + fp)
print(f"TN {tn}, FP {fp}, FN {fn}, TP {tp}")
print(f"민감도 {sensitivity:.3f}, 특이도 {specificity:.3f}")
measured = binary_metrics(labels, probabilities, 0.5)
assert tn + fp + fn + tp == len(labels)
assert np.isclose(measured["recall"], sensitivity)
assert np.isclose(measured["specificity"], specificity)
assert np.isclose(measured["accuracy"], accuracy)

# %% [markdown]
# ## 임계값을 움직이면
#
# 임계값을 올리면 민감도는 떨어지거나 그대로이고, 특이도는 오르거나 그대로입니다. 임계값만 옮겨서 둘을
# 함께 올릴 수는 없습니다.

# %%
cuts = np.linspace(0.05, 0.95, 19)
both = []
for cut in cuts:
    tn, fp, fn, tp = confusion(labels, probabilities, cut)
    both.append((tp / (tp + fn), tn / (tn + fp)))
    if round(cut * 100) % 15 == 5:
        print(f"임계값 {cut:.2f}: 민감도 {both[-1][0]:.3f}, 특이도 {both[-1][1]:.3f}")
sensitivities, specificities = np.transpose(both)
assert (np.diff(sensitivities) <= 0).all()
assert (np.diff(specificities) >= 0).all()

# %% [markdown]
# ## ROC와 정밀도-재현율
#
# ROC 곡선 아래의 넓이는 긍정 글 하나와 부정 글 하나를 무작위로 뽑았을 때 긍정 글의 점수가 더 높을
# 확률입니다. 짝을 모두 세어 확인합니다(비기면 절반).

# %%
up, down = probabilities[labels == 1], probabilities[labels == 0]
won = (up[:, None] > down).mean() + (up[:, None] == down).mean() / 2
print(f"짝을 세어 {won:.4f}, 곡선의 넓이 {measured['roc_auc']:.4f}")
assert np.isclose(won, measured["roc_auc"])

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from IPython.display import Image
from sklearn.metrics import precision_recall_curve, roc_curve

from zigbang_nlp.plotting import BLUE, GREY, ORANGE, figure

folder = TemporaryDirectory()
picture = Path(folder.name) / "curves.png"
false_rate, true_rate, _ = roc_curve(labels, probabilities)
precision, recall, _ = precision_recall_curve(labels, probabilities)
with figure(picture, columns=3) as (left, middle, right):
    left.plot(false_rate, true_rate, color=BLUE)
    left.plot([0, 1], [0, 1], color=GREY, linestyle=":")
    left.set(title="ROC", xlabel="1 - 특이도", ylabel="민감도")
    middle.plot(recall, precision, color=BLUE)
    middle.axhline(labels.mean(), color=GREY, linestyle=":")
    middle.set(title="정밀도-재현율", xlabel="재현율", ylabel="정밀도")
    right.plot(cuts, sensitivities, color=BLUE, label="민감도")
    right.plot(cuts, specificities, color=ORANGE, label="특이도")
    right.set(title="임계값을 움직이면", xlabel="임계값")
    right.legend()
Image(picture)

# %% [markdown]
# ## 임계값은 시험용 글로 고르지 않습니다
#
# 두 부류를 찾아내는 몫의 평균(균형 정확도)이 가장 높은 임계값은 검증용 글에서 고르고, 시험용 글에서는
# 재기만 합니다. 고른 바로 그 글에서 재면 실제보다 좋아 보입니다. 글을 40개씩 300번 뽑아, 고른 글에서
# 잰 값과 따로 뽑은 글에서 잰 값을 견줍니다.

# %%
from zigbang_nlp.model.evaluation.thresholds import choose_threshold

threshold = choose_threshold(
    choosing["label"].to_numpy(int), choosing["probability"].to_numpy(), "balanced"
)
print(f"검증용 글에서 고른 임계값 {threshold:.3f}")
assert binary_metrics(labels, probabilities, threshold)["balanced_accuracy"] > 0.9

random, gaps = np.random.default_rng(0), []
for _ in range(300):
    drawn = random.permutation(len(labels))
    here, elsewhere = drawn[:40], drawn[40:80]
    cut = choose_threshold(labels[here], probabilities[here], "balanced")
    gaps.append(
        [
            binary_metrics(labels[part], probabilities[part], cut)["balanced_accuracy"]
            for part in (here, elsewhere)
        ]
    )
peeked, honest = np.mean(gaps, axis=0)
print(f"고른 글에서 {peeked:.4f}, 다른 글에서 {honest:.4f}")
assert peeked > honest
