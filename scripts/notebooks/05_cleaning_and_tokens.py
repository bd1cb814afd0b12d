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
# # 5. 다듬기와 토큰
#
# 같은 말이 여러 모양으로 적히면 모델에는 다른 말이 됩니다. 먼저 모양을 맞추고, 그다음에 나눕니다.

# %%
from zigbang_nlp.text.clean import clean

raw = "역이 가깝고<br/>조용해요&nbsp;&quot;강추&quot;   최고!!!!! ㅋㅋㅋㅋㅋ\u200b"
print(clean(raw))
assert clean(raw) == '역이 가깝고 조용해요 "강추" 최고!! ㅋㅋ'

# %% [markdown]
# 다듬은 글을 또 다듬어도 그대로입니다. 숫자는 건드리지 않습니다. 1000과 100은 다른 수이기 때문입니다.

# %%
assert clean(clean(raw)) == clean(raw)
assert clean("관리비 1000원") == "관리비 1000원"
assert clean("ㅋㅋㅋㅋ") == clean("ㅋㅋㅋㅋㅋㅋㅋㅋ") == "ㅋㅋ"

# %% [markdown]
# ## 눈에는 같은 글자
#
# '역'은 한 글자로도, 자모 셋으로도 적을 수 있습니다. 다른 운영체제에서 온 파일에 흔합니다.
# NFC로 모으지 않으면 같은 낱말이 둘로 갈립니다.

# %%
import unicodedata

apart = unicodedata.normalize("NFD", "역세권")
print(len("역세권"), len(apart))
assert apart != "역세권"
assert (len("역세권"), len(apart)) == (3, 8)
assert clean(apart) == "역세권"

# %% [markdown]
# ## 무엇이 왜 바뀌었나

# %%
from zigbang_nlp.trace.cleaning import REASONS, changes

found = changes(raw, 2_000)
for change in found:
    print(change)
assert {"tag", "entity", "repeat"} <= REASONS.keys()
assert len(found) >= 4

# %% [markdown]
# ## 형태소로 나누기
#
# 띄어쓰기로만 나누면 '주차가', '주차는', '주차도'가 모두 다른 낱말입니다. 형태소로 나누면 세 글이
# '주차'를 함께 갖습니다.

# %%
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer

tokenizer = Tokenizer(TokenizerSettings("mecab"))
texts = ["주차가 힘들어요", "주차는 괜찮아요", "주차도 문제예요"]
by_space = [set(text.split()) for text in texts]
by_morpheme = [set(tokenizer.tokenize(text)) for text in texts]
print(by_morpheme)
assert not set.intersection(*by_space)
assert "주차" in set.intersection(*by_morpheme)

# %%
from zigbang_nlp.text.parts_of_speech import tag_names, tagged

for token in tagged("주차할 데가 없어요", TokenizerSettings("mecab")):
    print(token.form, token.tag, tag_names(token.tag))
assert token.form == "어요"

# %% [markdown]
# ## 낱말 수가 얼마나 주나
#
# 견본의 글에서 서로 다른 낱말의 수를 세어 봅니다. 한 번만 나온 낱말은 배울 수 없으니, 그 몫이 작을수록
# 좋습니다.

# %%
from collections import Counter

import pandas as pd

from zigbang_nlp.resources import resource_dir

sample = pd.read_csv(resource_dir("sample") / "plain.tsv", sep="\t", quoting=3)
cleaned = [clean(text) for text in sample["text"]]
words = Counter(word for text in cleaned for word in text.split())
tokens = Counter(token for text in cleaned for token in tokenizer.tokenize(text))
once = {
    name: sum(count == 1 for count in counts.values()) / len(counts)
    for name, counts in (("띄어쓰기", words), ("형태소", tokens))
}
print(f"서로 다른 낱말 {len(words):,}개, 형태소 {len(tokens):,}개")
print({name: f"한 번만 나온 것 {share:.0%}" for name, share in once.items()})
assert len(tokens) < len(words)
assert once["형태소"] < once["띄어쓰기"]
