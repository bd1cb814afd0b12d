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
# # 1. 환경
#
# 강의는 짧은 노트북 열 권입니다. 각 권은 10분이면 읽고 돌릴 수 있고, 바깥으로는 아무것도 보내지 않습니다.
# 본문에서 하는 말은 모두 바로 아래 칸에서 계산하고 `assert`로 확인합니다. 값을 바꿔 보다가
# `assert`가 걸리면 그 문장이 더는 맞지 않는다는 뜻입니다.

# %%
import sys
from importlib.metadata import version

names = ["zigbang-nlp", "keras", "tensorflow", "scikit-learn", "pandas", "mecab-python3"]
print("Python", sys.version.split()[0])
for name in names:
    print(f"{name:15}", version(name))
assert (3, 11) <= sys.version_info[:2] <= (3, 13)
assert int(version("keras").split(".")[0]) == 3

# %% [markdown]
# 견본은 패키지에 들어 있습니다. 지어낸 단지에 대해 언어 모델 하나가 이 프로젝트를 위해 쓴 글이라,
# 실제 주민의 글은 하나도 없습니다.

# %%
import pandas as pd

from zigbang_nlp.resources import resource_dir

sample = pd.read_csv(resource_dir("sample") / "plain.tsv", sep="\t", quoting=3)
assert {"split", "score", "category", "text"} <= set(sample.columns)
sample[["score", "category", "text"]].head()

# %% [markdown]
# 들어 있는 모델로 글 두 개를 판정해 봅니다. 여기까지 되면 준비는 끝났습니다.

# %%
from zigbang_nlp import Classifier

classifier = Classifier.load()
good, bad = classifier.predict(["역이 가깝고 조용해서 좋아요", "주차할 데가 없어서 매일 힘들어요"])
print(f"{good.text}: {good.label}, 긍정 확률 {good.probability:.3f}")
print(f"{bad.text}: {bad.label}, 긍정 확률 {bad.probability:.3f}")
assert (good.label, bad.label) == ("positive", "negative")

# %% [markdown]
# 그림에는 한글이 그대로 나와야 합니다. `zigbang_nlp.plotting`이 글꼴을 정해 줍니다.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from IPython.display import Image

from zigbang_nlp.plotting import BLUE, ORANGE, figure

folder = TemporaryDirectory()
picture = Path(folder.name) / "hangul.png"
with figure(picture) as (axes,):
    axes.barh(["주차 불만", "역세권"], [bad.probability, good.probability], color=[ORANGE, BLUE])
    axes.set(title="긍정 확률", xlim=(0, 1))
Image(picture)
