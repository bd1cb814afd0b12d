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
# # 4. 단지, 리뷰, 라벨
#
# 견본의 응답을 저장소에 담고, 무엇이 들어 있는지 보고, 점수를 라벨로 바꿉니다.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from zigbang_nlp.config import Settings
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.records import CATEGORIES
from zigbang_nlp.store import open_store

folder = TemporaryDirectory()
work = Path(folder.name)
columns = ["apartment_id", "review_id", "category", "text", "score"]
with open_store(f"sqlite:///{work / 'reviews.db'}") as store:
    print(run_crawl(Settings(), store).note)
    apartments = pd.DataFrame(
        [(one.apartment_id, one.name) for one in store.apartments()], columns=["id", "name"]
    )
    rows = pd.DataFrame(
        [[getattr(one, name) for name in columns] for one in store.reviews()], columns=columns
    )
rows.head()

# %% [markdown]
# ## 글 하나가 한 줄
#
# 주민 한 사람이 쓴 리뷰에는 많으면 다섯 글(추천점수, 교통여건, 단지관리, 거주환경, 주변환경)이 있고,
# 글마다 점수가 따로 있습니다. 저장소는 글 하나를 한 줄로 둡니다.

# %%
each = rows.groupby(["apartment_id", "review_id"]).size()
print(f"단지 {len(apartments)}곳, 리뷰 {len(each):,}개, 글 {len(rows):,}개")
assert each.max() <= len(CATEGORIES) == 5
assert not rows.duplicated(["apartment_id", "review_id", "category"]).any()
assert set(rows["apartment_id"]) <= set(apartments["id"])
assert set(rows["category"]) <= set(CATEGORIES)

# %% [markdown]
# ## 점수에서 라벨로
#
# 2점까지는 부정, 4점부터는 긍정입니다. 3점은 쓴 사람도 어느 쪽인지 정하지 않은 글이라 가르치는 데
# 쓰지 않습니다. 점수가 없는 글도 마찬가지입니다.

# %%
from zigbang_nlp.text.labels import NEGATIVE, POSITIVE, label_of

rows["label"] = [label_of(None if pd.isna(s) else s, 2, 4) for s in rows["score"]]
assert label_of(2, 2, 4) == NEGATIVE
assert label_of(3, 2, 4) is None
assert label_of(4, 2, 4) == POSITIVE
assert label_of(None, 2, 4) is None
labelled = rows.dropna(subset="label")
print(f"글 {len(rows):,}개 가운데 라벨이 붙은 글은 {len(labelled):,}개")
assert set(labelled["score"]) <= {1, 2, 4, 5}

# %% [markdown]
# ## 점수는 글마다 다릅니다
#
# 리뷰 전체의 점수를 다섯 글에 똑같이 붙이면 어떻게 될까요? 대체로 만족하는 사람의 불만에 긍정
# 라벨이 붙습니다. 항목의 불만 가운데 얼마나 사라지는지 세어 봅니다.

# %%
key = ["apartment_id", "review_id"]
total = labelled[labelled["category"] == "total"][[*key, "label"]]
parts = labelled[labelled["category"] != "total"]
pairs = parts.merge(total, on=key, suffixes=("", "_total"))
complaints = pairs[pairs["label"] == 0]
lost = (complaints["label_total"] == 1).mean()
print(f"항목의 불만 {len(complaints):,}개 가운데 {lost:.1%}가 추천점수로는 긍정이 됩니다.")
assert lost > 0.2

# %% [markdown]
# ## 경계를 옮기면
#
# 3점을 부정에 넣으면 글은 늘지만, 부정의 몫도 달라집니다. 더 큰 쪽의 몫은 아무것도 배우지 않고
# 그쪽만 찍었을 때의 정확도이니, 모델은 늘 이 값과 견줘야 합니다.

# %%
from collections import Counter

from zigbang_nlp.text.labels import class_balance

shares = {}
for negative_max in (1, 2, 3):
    labels = [label_of(score, negative_max, 4) for score in rows["score"].dropna()]
    shares[negative_max] = class_balance(Counter(x for x in labels if x is not None))
    print(f"{negative_max}점까지 부정: {shares[negative_max]}")
assert shares[1]["negative"] < shares[2]["negative"] < shares[3]["negative"]
assert shares[1]["positive"] == shares[2]["positive"] == shares[3]["positive"]

# %%
from IPython.display import Image

from zigbang_nlp.plotting import BLUE, GREY, ORANGE, figure

counts = rows["score"].value_counts().sort_index()
picture = work / "scores.png"
with figure(picture) as (axes,):
    axes.bar(
        counts.index,
        counts.to_numpy(),
        color=[ORANGE if s <= 2 else BLUE if s >= 4 else GREY for s in counts.index],
    )
    axes.set(title="점수별 글 수 (주황 부정, 파랑 긍정)", xlabel="점수", ylabel="글")
Image(picture)
