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
# # 2. 예의 바른 수집
#
# 수집기가 지킬 것은 세 가지입니다. 무엇을 물을지 먼저 세어 보고, `robots.txt`를 따르고, 천천히
# 묻습니다. 이 권에서는 요청을 하나도 보내지 않습니다.

# %%
import socket


def refuse(*_args: object, **_keywords: object) -> None:
    raise AssertionError("이 권에서는 바깥에 접속하지 않습니다.")


socket.create_connection = refuse
socket.getaddrinfo = refuse

# %% [markdown]
# ## 먼저 세어 보기
#
# `zigbang-nlp crawl --geohash wydm --plan`이 하는 일입니다. 앞 네 글자를 정하면 다섯째 글자가
# 될 수 있는 것은 32가지이므로, 물어볼 칸도 32개입니다.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from zigbang_nlp.config import Settings
from zigbang_nlp.crawl.plan import plan
from zigbang_nlp.geo.cells import from_geohashes
from zigbang_nlp.store import open_store

folder = TemporaryDirectory()
url = f"sqlite:///{Path(folder.name) / 'reviews.db'}"
settings = Settings()
region = from_geohashes(["wydm"])
with open_store(url) as store:
    planned = plan(region, settings.crawl, store, "zigbang")
print(planned)
assert len(region.cells) == 32
assert planned.endswith("Nothing was sent.")

# %% [markdown]
# ## 얼마나 걸리나
#
# 기본 속도는 1초에 한 번이고, 간격은 최대 30%까지 무작위로 늘어납니다. 평균 간격은
# 1 × (1 + 0.3 / 2) = 1.15초이므로, 단지 1,000곳의 정보와 리뷰를 묻는 데 40분 가까이 걸립니다.

# %%
crawl = settings.crawl
interval = (1 + crawl.jitter / 2) / crawl.rate
minutes = 1_000 * 2 * interval / 60
print(f"평균 간격 {interval:.2f}초, 단지 1,000곳에 {minutes:.0f}분")
assert abs(interval - 1.15) < 1e-9
assert 35 < minutes < 40

# %% [markdown]
# ## robots.txt
#
# 사이트는 어디를 물어도 되는지, 얼마나 쉬어야 하는지를 이 파일에 적습니다.

# %%
from zigbang_nlp.crawl.robots import Robots

robots = Robots(
    """User-agent: *
Disallow: /private/
Crawl-delay: 3
""",
    contact="me@example.org",
)
for address in ("https://example.org/danjis/1", "https://example.org/private/1"):
    print(address, "물어도 됩니다" if robots.allows(address) else "묻지 않습니다")
assert robots.allows("https://example.org/danjis/1")
assert not robots.allows("https://example.org/private/1")
assert robots.delay == 3 > interval

# %% [markdown]
# ## 저장해 둔 응답으로 수집하기
#
# 견본의 응답은 사이트와 같은 모양으로 저장되어 있습니다. 한 번 받은 응답을 다시 읽는 데는 접속이
# 필요 없고, 두 번 읽어도 리뷰가 늘지 않습니다.

# %%
from zigbang_nlp.crawl import run_crawl

with open_store(url) as store:
    print(run_crawl(settings, store).note)
    first = store.count_reviews()
    print(run_crawl(settings, store).note)
    assert store.count_reviews() == first > 0
    assert set(store.sources()) == {"sample"}
