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
# # 6. 순위, 포함률, 채우기
#
# 신경망은 글자를 모릅니다. 토큰을 자주 나온 차례대로 줄 세워 번호를 주고, 글의 길이를 맞춥니다.

# %%
from collections import Counter

import numpy as np
import pandas as pd

from zigbang_nlp.resources import resource_dir
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.encoder import pad
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer
from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY, PADDING, Vocabulary

sample = pd.read_csv(resource_dir("sample") / "plain.tsv", sep="\t", quoting=3)
tokenizer = Tokenizer(TokenizerSettings())
token_lists = [tokenizer.tokenize(clean(text)) for text in sample["text"]]
training, held_out = token_lists[:600], token_lists[600:]
counts = Counter(token for tokens in training for token in tokens)
print(counts.most_common(8))

# %% [markdown]
# ## 번호
#
# 0은 채우기, 1은 모르는 토큰의 자리입니다. 가장 흔한 토큰이 2를 받습니다. 순위 r의 번호는 r + 1이고,
# 번호의 개수는 토큰의 개수보다 2가 많습니다.

# %%
vocabulary = Vocabulary.build(training, min_count=2, max_size=40_000)
ranked = [counts[token] for token in vocabulary.tokens]
assert (PADDING, OUT_OF_VOCABULARY) == (0, 1)
assert vocabulary.ids[vocabulary.tokens[0]] == 2
assert ranked == sorted(ranked, reverse=True)
assert len(vocabulary) == len(vocabulary.tokens) + 2
assert vocabulary.encode(["세상에없는말"]) == [OUT_OF_VOCABULARY]
print(f"번호 {len(vocabulary):,}개, 가장 큰 번호 {len(vocabulary) - 1:,}")

# %% [markdown]
# ## 적은 수의 토큰이 글의 대부분을 차지합니다
#
# 자주 나온 100개가 학습용 글의 절반을 넘게 덮습니다. 순위가 낮은 토큰은 많지만 드뭅니다.

# %%
frequencies = np.array([count for _, count in counts.most_common()])
covered = frequencies.cumsum() / frequencies.sum()
for most in (10, 100, 1_000):
    print(f"위 {most:,}개: {covered[most - 1]:.1%}")
assert covered[99] > 0.5
assert (frequencies == 1).mean() > 0.3

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from IPython.display import Image

from zigbang_nlp.plotting import BLUE, figure

folder = TemporaryDirectory()
picture = Path(folder.name) / "ranks.png"
with figure(picture, columns=2) as (left, right):
    left.loglog(np.arange(1, len(frequencies) + 1), frequencies, color=BLUE)
    left.set(title="순위와 횟수", xlabel="순위", ylabel="횟수")
    right.semilogx(np.arange(1, len(covered) + 1), covered, color=BLUE)
    right.set(title="포함률", xlabel="토큰 수", ylabel="학습용 글의 몫")
Image(picture)

# %% [markdown]
# ## 단어장은 학습용 글로만
#
# 처음 보는 글에는 모르는 토큰이 더 많습니다. 검증용 글까지 넣어 단어장을 만들면 이 차이가 가려져
# 실제보다 좋아 보입니다.

# %%


def unknown_share(lists: list[list[str]]) -> float:
    ids = [number for tokens in lists for number in vocabulary.encode(tokens)]
    return ids.count(OUT_OF_VOCABULARY) / len(ids)


print(
    f"모르는 토큰: 학습용 {unknown_share(training):.1%}, 처음 보는 글 {unknown_share(held_out):.1%}"
)
assert unknown_share(training) < unknown_share(held_out)

# %% [markdown]
# ## 길이 정하기와 채우기
#
# 가장 긴 글에 맞추면 대부분이 0으로 찹니다. 글의 95%가 온전히 들어가는 길이로도 충분할 때가 많습니다.

# %%
lengths = np.array([len(tokens) for tokens in training])
length = int(np.quantile(lengths, 0.95, method="inverted_cdf"))
encoded = [vocabulary.encode(tokens) for tokens in training]
short, whole = pad(encoded, length), pad(encoded, int(lengths.max()))
empty = {name: float((ids == PADDING).mean()) for name, ids in (("95%", short), ("100%", whole))}
print(f"길이 {length}와 {lengths.max()}, 0의 몫 {empty}")
assert (lengths <= length).mean() >= 0.95
assert empty["95%"] < empty["100%"]
assert short.shape == (600, length)

# %% [markdown]
# 이 패키지는 오른쪽에 채우고, 긴 글은 앞에서부터 남깁니다.

# %%
print(pad([[5, 6], [7, 8, 9, 10]], 3))
assert pad([[5, 6], [7, 8, 9, 10]], 3).tolist() == [[5, 6, 0], [7, 8, 9]]
